import type { CaptionChange } from '../../dataset/captions/Caption';
import { contentHash } from '../../dataset/captions/captionHash';
import type { Dataset } from '../../dataset/Dataset';
import { inSlices } from '../../base/inSlices';
import type { ImageRecord } from './journalEntries';
import type { JobImage } from '../jobTypes';

/**
 * What a job wrote into the captions of an open dataset, as changes that make up one undoable edit. Captions that were
 * changed since are left out.
 * @param dataset has read the files since the job wrote them
 * @param recorded indexes of the images that earlier calls returned; the new ones are added
 */
export async function jobChanges(
  dataset: Dataset,
  images: readonly JobImage[],
  records: ReadonlyMap<number, ImageRecord>,
  recorded: Set<number>,
): Promise<CaptionChange[]> {
  const changes: CaptionChange[] = [];
  await inSlices(records, ([index, { intent }]) => {
    const image = images[index];
    if (intent === undefined || image === undefined || recorded.has(index)) return;
    const caption = dataset.image(image.path)?.caption;
    if (caption === undefined || contentHash(caption.onDisk) !== intent.written) return;
    recorded.add(index);
    // A job writes no file that is not UTF-8, so that decoding loses no byte.
    const before = intent.previous === null ? null : Buffer.from(intent.previous).toString();
    const after = caption.onDisk?.raw ?? null;
    if (before !== after) changes.push({ caption, before, after });
  });
  return changes;
}
