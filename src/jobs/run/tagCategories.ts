import * as l10n from '@vscode/l10n';
import { placeholdersOf } from '../../captioner/prompt/fillPrompt';
import { readTagList } from '../../dataset/tagIndex/readTagList';
import { inSlices } from '../../base/inSlices';
import { errorMessage } from '../../protocol/channel/wireError';
import { eachTag } from '../../tags/captionGrammar';
import { comparableTag } from '../../tags/comparableTag';
import { firstLine } from '../../tags/tagLine';
import type { JobCaptioner } from '../jobTypes';

/** Danbooru's numbers of categories, and 7 of e621 for meta. */
const categoryNumbers: Readonly<Record<string, string>> = {
  0: 'general',
  1: 'artist',
  3: 'copyright',
  4: 'character',
  5: 'meta',
  7: 'meta',
  9: 'rating',
};

/** Where the categories of tags come from. */
export interface CategorySource {
  /**
   * absolute paths of lists of tags, the most important first: asked for only where the prompt of a captioner names a
   * category
   */
  files: () => Promise<readonly string[]>;
  /** called with a sentence about a list that cannot be read, or if there is none */
  onNote: (note: string) => void;
  signal: AbortSignal;
}

/** The categories of tags that a prompt names, such as `character`; empty if it names none. */
function categoriesIn({ system, prompt }: { system: string; prompt: string }): string[] {
  return placeholdersOf(`${system}\n${prompt}`).flatMap((name) =>
    name.startsWith('tags:') ? [name.slice('tags:'.length)] : [],
  );
}

/**
 * The tags of some captions that are of the categories that the prompt of a captioner names. Where lists differ, the
 * first that has a tag with a category says which.
 * @returns nothing if the prompt names no category
 * @throws the signal's reason
 */
export async function categoriesOfTags(
  words: { system: string; prompt: string },
  captions: Iterable<{ text: string }>,
  { files, onNote, signal }: CategorySource,
): Promise<Pick<JobCaptioner, 'categories'>> {
  const asked = new Map(categoriesIn(words).map((category) => [category, new Set<string>()]));
  if (asked.size === 0) return {};
  const tags = new Set<string>();
  await inSlices(captions, ({ text }) => {
    eachTag(firstLine(text), (tag) => tags.add(comparableTag(tag)));
  });
  const known = new Map<string, string>();
  let read = 0;
  for (const file of new Set(await files())) {
    signal.throwIfAborted();
    let withCategory = 0;
    try {
      await readTagList(file, signal, (tag, category) => {
        withCategory++;
        const plain = comparableTag(tag);
        if (tags.has(plain) && !known.has(plain)) known.set(plain, categoryNumbers[category] ?? category.toLowerCase());
      });
      if (withCategory > 0) read++;
    } catch (thrown) {
      signal.throwIfAborted();
      onNote(errorMessage(thrown));
    }
  }
  if (read === 0) onNote(noList());
  for (const [tag, category] of known) asked.get(category)?.add(tag);
  return { categories: Object.fromEntries(Array.from(asked, ([category, found]) => [category, [...found]])) };
}

/** What is said where no list of tags says what categories tags have. */
function noList(): string {
  return l10n.t(
    'No list of tags with categories is on this machine, so it is not known which tags are characters and the like: download a tagger, or name a list (setting datasetCaptions.tagList, --tag-list FILE on the command line).',
  );
}
