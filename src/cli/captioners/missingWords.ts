import type { Dataset } from '../../dataset/Dataset';
import type { JobTarget } from '../../jobs/captionJob';
import type { TextsOfJob } from '../../jobs/run/CaptionTexts';
import { missingForPrompt } from '../../jobs/run/missingForPrompt';
import type { CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';

/** So many images are named for which a placeholder has nothing. */
const namedImages = 5;

/**
 * The images that a captioner can be asked about. Where a placeholder of the prompt has nothing for some, they are named:
 * with `--skip-missing` they are left out, without it nothing is begun.
 * @throws UsageError; the signal's reason
 */
export async function withoutMissing(
  input: CommandInput,
  dataset: Dataset,
  targets: readonly JobTarget[],
  job: TextsOfJob,
): Promise<readonly JobTarget[]> {
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
  throw new UsageError(`${lines.join(' ')} Give them tags or captions first, change the prompt, or add --skip-missing.`);
}
