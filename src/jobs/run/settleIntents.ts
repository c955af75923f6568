import path from 'node:path';
import { captionHash } from '../../dataset/captions/captionHash';
import { readIfThere } from '../../dataset/captions/captionFile';
import { captionPathOf } from '../../dataset/files/imageFiles';
import type { JobJournal } from '../folder/JobJournal';
import type { ImageRecord } from '../folder/journalEntries';
import type { JobImage, JobManifest } from '../jobTypes';

/**
 * Finds out what became of the images whose captions were being written when a process died: a file that holds what was to
 * be written is done. The others are as they were, or somebody else's, which the next run finds out.
 */
export async function settleIntents(
  { root, captionExtension }: JobManifest,
  images: readonly JobImage[],
  records: ReadonlyMap<number, ImageRecord>,
  journal: JobJournal,
): Promise<void> {
  for (const [index, record] of records) {
    const image = images[index];
    if (record.outcome !== undefined || record.intent === undefined || image === undefined) continue;
    const file = path.join(root, captionPathOf(image.path, captionExtension));
    const bytes = await readIfThere(file).catch(() => undefined);
    if (bytes === undefined || captionHash(bytes) !== record.intent.written) continue;
    record.outcome = 'written';
    record.milliseconds = 0;
    await journal.append(['o', index, 'written', 0]);
  }
}
