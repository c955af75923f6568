import { realPath } from '../../base/realPath';
import type { Dataset } from '../../dataset/Dataset';
import { isRetried } from '../../jobs/imageOutcomes';
import { findJob } from '../flags/jobFlags';
import type { CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';

/**
 * The images that failed or were flagged in the job that `--retry-of` names, by their paths relative to the dataset;
 * undefined without that flag.
 * @throws UsageError if the job is of another folder; JobError
 */
export async function imagesToRetry(input: CommandInput, dataset: Dataset): Promise<ReadonlySet<string> | undefined> {
  const given = input.text('retry-of');
  if (given === undefined) return undefined;
  const job = await findJob(input, given);
  const { root } = await job.readManifest();
  const isSame =
    root === dataset.folder || (await realPath(root).catch(() => root)) === (await realPath(dataset.folder));
  if (!isSame) throw new UsageError(`Job ${job.id} is of ${root}, not of ${dataset.folder}.`);
  const images = await job.readImages();
  const again = new Set<string>();
  for (const [index, { outcome }] of await job.readJournal()) {
    const image = images[index];
    if (image !== undefined && isRetried(outcome)) again.add(image.path);
  }
  return again;
}
