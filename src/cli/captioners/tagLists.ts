import path from 'node:path';
import { captionerHash } from '../../jobs/captionerHash';
import type { JobTarget } from '../../jobs/captionJob';
import type { JobCaptioner } from '../../jobs/jobTypes';
import { categoriesOfTags } from '../../jobs/run/tagCategories';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import { modelFolders } from '../flags/modelFolders';
import type { CommandInput } from '../shared/Command';

/** The flag for lists of tags that say which of them are characters and the like. */
export const tagListFlag = { 'tag-list': { type: 'string', multiple: true } } as const;
export const tagListHelp = [
  '--tag-list FILE          CSV with tags and their categories (danbooru.csv, selected_tags.csv) for {tags:character} and',
  '                         the like in a prompt; several times. The lists of taggers on this machine are read, too',
];

/**
 * The captioner of a new job, with the categories of the tags where its prompt names some.
 * @param withTagger runs work with a process that finds models
 * @throws the signal's reason
 */
export async function jobCaptioner(
  input: CommandInput,
  profile: CaptionerProfile,
  targets: readonly JobTarget[],
  withTagger: <T>(work: (tagger: TaggerProcess) => Promise<T>) => Promise<T>,
): Promise<JobCaptioner> {
  const { signal } = input;
  const files = async (): Promise<string[]> => {
    const { models } = await withTagger((tagger) =>
      tagger.request('listModels', { folders: modelFolders(input) }, signal),
    );
    const own = input.texts('tag-list').map((file) => path.resolve(file));
    return [...own, ...models.flatMap(({ found }) => (found === undefined ? [] : [found.tags]))];
  };
  const captions = targets.map(({ caption }) => caption);
  const categories = await categoriesOfTags(profile, captions, {
    files,
    signal,
    onNote: (note) => {
      input.output.note(note);
    },
  });
  return { profile, hash: captionerHash(profile), ...categories };
}
