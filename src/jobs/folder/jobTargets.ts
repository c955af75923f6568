import { stat } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import type { Caption } from '../../dataset/captions/Caption';
import type { JobTarget } from '../captionJob';
import { CaptionError } from '../../dataset/files/CaptionError';
import { captionHash, contentHash } from '../../dataset/captions/captionHash';
import { Dataset } from '../../dataset/Dataset';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import type { FileWriter } from '../../dataset/files/FileWriter';
import { captionPathOf } from '../../dataset/files/imageFiles';
import { inSlices } from '../../base/inSlices';
import type { ImageRecord } from './journalEntries';
import type { JobImage, JobManifest } from '../jobTypes';

/** Up to this many images are read one by one; for more, scanning the whole folder in threads is faster. */
const maxSingleReads = 500;

/** What is left to do of a job. */
export interface JobWork {
  dataset: Dataset;
  targets: JobTarget[];
  /** images that cannot be captioned any more; `index` is the position in the list of images */
  settled: { index: number; outcome: 'kept' | 'failed'; reason: string }[];
}

/**
 * The images of a new job with the hashes of their captions as they were planned, by which the job sees later which
 * captions were edited since, also those that were edited between the plan and now, such as while the user was asked.
 */
export async function jobImages(targets: readonly JobTarget[]): Promise<JobImage[]> {
  const images: JobImage[] = [];
  await inSlices(targets, ({ path: image, caption, expected }) => {
    const planned = caption.raw === expected ? contentHash(caption.onDisk) : captionHash(expected);
    images.push({ path: image, expected: planned });
  });
  return images;
}

/**
 * The targets whose captions do not belong to a job. Compared by captions and not by images: of several images that
 * share a caption, another one may be the first now.
 */
export function targetsBesides(
  targets: readonly JobTarget[],
  dataset: Dataset,
  images: readonly JobImage[] = [],
): JobTarget[] {
  const taken = new Set(images.flatMap(({ path: image }) => dataset.image(image)?.caption ?? []));
  return targets.filter(({ caption }) => !taken.has(caption));
}

/**
 * Reads the captions of the images that have no outcome yet, and finds those that cannot be captioned any more.
 * @param images all of the job, or those of one shard
 * @param records what is known of `images`, by their positions
 * @param writer writes the captions of the dataset that is returned
 * @param listedOnly read only the captions of these images, however many there are, and never scan the whole folder
 * @throws CaptionError FOLDER_MISSING; the signal's reason
 */
export async function readJobWork(
  manifest: Pick<JobManifest, 'root' | 'captionExtension' | 'mode' | 'write'>,
  images: readonly JobImage[],
  records: ReadonlyMap<number, ImageRecord>,
  writer: FileWriter,
  signal: AbortSignal,
  listedOnly = false,
): Promise<JobWork> {
  const open = Array.from(images.entries()).filter(([index]) => records.get(index)?.outcome === undefined);
  // A scan of the whole folder also removes temporary files of processes that were killed.
  const whole = !listedOnly && (records.size > 0 || open.length > maxSingleReads);
  const dataset = await readDataset(manifest, open, whole, writer, signal);
  const work: JobWork = { dataset, targets: [], settled: [] };
  const keepsEdits = manifest.mode === 'empty' || manifest.write.mode !== 'replace';
  const taken = new Map<Caption, string>();
  const problems = new Map(dataset.problems.map((problem) => [problem.path, problem.reason]));
  for (const [index, { path: image, expected }] of open) {
    const found = dataset.image(image);
    if (found === undefined) {
      work.settled.push({ index, outcome: 'failed', reason: problems.get(image) ?? l10n.t('The image is gone.') });
    } else if (!keepsEdits && contentHash(found.caption.onDisk) !== expected && !isUnreadable(found)) {
      work.settled.push({
        index,
        outcome: 'kept',
        reason: l10n.t('The caption was edited meanwhile; the edit was kept.'),
      });
    } else if (manifest.mode === 'empty' && !found.caption.isEmpty && !isUnreadable(found)) {
      work.settled.push({ index, outcome: 'kept', reason: l10n.t('Somebody wrote a caption meanwhile; it was kept.') });
    } else if (taken.has(found.caption)) {
      const reason = l10n.t('Its caption file is that of {0}, too; it was kept.', taken.get(found.caption) ?? '');
      work.settled.push({ index, outcome: 'kept', reason });
    } else {
      taken.set(found.caption, image);
      work.targets.push({ path: image, caption: found.caption, expected: found.caption.raw, planned: expected });
    }
  }
  return work;
}

async function readDataset(
  { root, captionExtension }: Pick<JobManifest, 'root' | 'captionExtension'>,
  open: readonly [number, JobImage][],
  whole: boolean,
  writer: FileWriter,
  signal: AbortSignal,
): Promise<Dataset> {
  const options = { captionExtension, emptiedCaption: 'delete' } as const;
  const folder = await stat(root).catch(() => undefined);
  // Otherwise every single image would fail.
  if (folder?.isDirectory() !== true) throw new CaptionError('FOLDER_MISSING', l10n.t('The folder is gone.'), root);
  if (whole) {
    const dataset = new Dataset(root, options, writer);
    await dataset.load({ signal });
    return dataset;
  }
  const scanned = open.map(([, image]) => ({
    path: image.path,
    captionPath: captionPathOf(image.path, captionExtension),
  }));
  return Dataset.ofImages(root, scanned, options, writer);
}

function isUnreadable({ caption }: DatasetImage): boolean {
  return caption.unreadable !== undefined;
}
