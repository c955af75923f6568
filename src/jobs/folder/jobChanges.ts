import pMap from 'p-map';
import type { Caption, CaptionChange } from '../../dataset/captions/Caption';
import { contentHash } from '../../dataset/captions/captionHash';
import type { Dataset } from '../../dataset/Dataset';
import { inSlices } from '../../base/inSlices';
import type { ImageRecord, JournalPlace } from './journalEntries';
import { PreviousContents } from './PreviousContents';
import type { JobImage } from '../jobTypes';

/** Maximum number of reads of the journal in flight. */
const maxReadsInFlight = 64;

/**
 * What a job wrote into the captions of an open dataset, as changes that make up one undoable edit. Captions that were
 * changed since are left out.
 * @param dataset has read the files since the job wrote them
 * @param recorded indexes of the images that earlier calls returned; the new ones are added
 * @throws JobError JOB_UNREADABLE; errors of the file system
 */
export async function jobChanges(
  dataset: Dataset,
  images: readonly JobImage[],
  records: ReadonlyMap<number, ImageRecord>,
  recorded: Set<number>,
): Promise<CaptionChange[]> {
  const written: { caption: Caption; previous: JournalPlace | null; after: string | null }[] = [];
  await inSlices(records, ([index, { intent }]) => {
    const image = images[index];
    if (intent === undefined || image === undefined || recorded.has(index)) return;
    const caption = dataset.image(image.path)?.caption;
    if (caption === undefined || contentHash(caption.onDisk) !== intent.written) return;
    recorded.add(index);
    written.push({ caption, previous: intent.previous, after: caption.onDisk?.raw ?? null });
  });
  const changes = await PreviousContents.use((contents) =>
    pMap(
      written,
      async ({ caption, previous, after }): Promise<CaptionChange> => {
        // A job writes no file that is not UTF-8, so that decoding loses no byte.
        const before = previous === null ? null : (await contents.read(previous)).toString();
        return { caption, before, after };
      },
      { concurrency: maxReadsInFlight },
    ),
  );
  return changes.filter(({ before, after }) => before !== after);
}
