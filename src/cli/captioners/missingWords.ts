import type { Dataset } from '../../dataset/Dataset';
import type { JobTarget } from '../../jobs/captionJob';
import type { JobFolder } from '../../jobs/folder/JobFolder';
import { isRetried } from '../../jobs/imageOutcomes';
import type { TextsOfJob } from '../../jobs/run/CaptionTexts';
import { missingForPrompt } from '../../jobs/run/missingForPrompt';
import type { CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';

/** So many images are named for which a placeholder has nothing. */
const namedImages = 5;

/**
 * The images that a captioner can be asked about. Where a placeholder of the prompt has nothing for some, they are
 * named: with `--skip-missing` they are left out, without it nothing is begun.
 * @param unfinished a job that is resumed: images that it has done are not checked, as their captions have changed
 * @throws UsageError; JobError; the signal's reason
 */
export async function withoutMissing(
  input: CommandInput,
  dataset: Dataset,
  planned: readonly JobTarget[],
  job: TextsOfJob,
  unfinished: JobFolder | undefined,
): Promise<readonly JobTarget[]> {
  const targets = await targetsLeft(planned, unfinished);
  const missing = await missingForPrompt(job, targets, input.signal, (note) => {
    input.output.note(note);
  });
  if (missing.size === 0) return targets;
  const lacking = new Set([...missing.values()].flat());
  const lines = Array.from(missing, ([placeholder, images]) => {
    const named = images.slice(0, namedImages).map(({ path }) => dataset.absolute(path));
    const more = images.length - named.length;
    const rest = more > 0 ? ` and ${more} more` : '';
    return `There is nothing for ${placeholder} in ${images.length} of ${targets.length} images: ${named.join(', ')}${rest}.`;
  });
  if (input.isSet('skip-missing')) {
    for (const line of lines) input.output.note(line);
    input.output.note(`${lacking.size} of ${targets.length} images are left out.`);
    return targets.filter((target) => !lacking.has(target));
  }
  const ofCategory = [...missing.keys()].some((placeholder) => placeholder.startsWith('{tags:'));
  const lists = ofCategory
    ? ' Which category a tag has is in the lists of taggers on this machine and in those of --tag-list FILE; the images named have no tag of it.'
    : '';
  throw new UsageError(
    `${lines.join(' ')}${lists} Give them tags or captions first, change the prompt, or add --skip-missing.`,
  );
}

/** The targets that a resumed job has not done yet. */
async function targetsLeft(
  planned: readonly JobTarget[],
  unfinished: JobFolder | undefined,
): Promise<readonly JobTarget[]> {
  if (unfinished === undefined) return planned;
  const images = await unfinished.readImages();
  const done = new Set<string>();
  for (const [index, { outcome }] of await unfinished.readJournal()) {
    const image = images[index];
    if (image !== undefined && outcome !== undefined && !isRetried(outcome)) done.add(image.path);
  }
  return planned.filter(({ path }) => !done.has(path));
}
