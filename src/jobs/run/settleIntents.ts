import path from 'node:path';
import { captionHash } from '../../dataset/captions/captionHash';
import { readIfThere } from '../../dataset/captions/captionFile';
import { captionPathOf } from '../../dataset/files/imageFiles';
import { finishSavesIn } from '../../dataset/files/leftovers';
import type { WriteIntent } from '../folder/journalEntries';
import type { JobManifest } from '../jobTypes';

/**
 * An image that has a write intent in the journal and no outcome: its caption was being written when a process died.
 */
export interface UnsettledImage {
  /** in the list of the job's images */
  index: number;
  /** relative to the dataset */
  path: string;
  /** what was about to be written; several if several workers had the image */
  intents: readonly WriteIntent[];
}

/**
 * Finds out which captions were written completely before a process died: those whose files hold the text of an intent.
 * A write in place that was cut off is completed first.
 * The other files are as they were, or somebody else changed them; the next run finds out which.
 * @param onWritten called with the images that were written, one after the other; has to record their outcomes
 */
export async function settleIntents(
  { root, captionExtension }: Pick<JobManifest, 'root' | 'captionExtension'>,
  images: Iterable<UnsettledImage>,
  onWritten: (index: number, intent: WriteIntent) => Promise<void>,
): Promise<void> {
  const looked = new Set<string>();
  for (const { index, path: image, intents } of images) {
    const file = path.join(root, captionPathOf(image, captionExtension));
    const folder = path.dirname(file);
    // A file that was being written in place may be half-written: it would count as changed by somebody else.
    if (!looked.has(folder)) await finishSavesIn(folder);
    looked.add(folder);
    const bytes = await readIfThere(file).catch(() => undefined);
    if (bytes === undefined) continue;
    const hash = captionHash(bytes);
    const intent = intents.find(({ written }) => written === hash);
    if (intent !== undefined) await onWritten(index, intent);
  }
}
