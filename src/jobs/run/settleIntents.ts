import path from 'node:path';
import { captionHash } from '../../dataset/captions/captionHash';
import { readIfThere } from '../../dataset/captions/captionFile';
import { captionPathOf } from '../../dataset/files/imageFiles';
import type { WriteIntent } from '../folder/journalEntries';
import type { JobManifest } from '../jobTypes';

/** An image whose caption was being written when a process died: it has an intent in a journal and no outcome. */
export interface UnsettledImage {
  /** as the journal counts */
  index: number;
  /** relative to the dataset */
  path: string;
  /** what was about to be written; several where several workers had the image */
  intents: readonly WriteIntent[];
}

/**
 * Finds out what became of the captions that were being written when a process died: a file that holds what was to be
 * written is done. The others are as they were, or were changed by somebody else, which the next run finds out.
 * @param onWritten called with each image whose file holds what an intent says, one after the other; records that
 */
export async function settleIntents(
  { root, captionExtension }: Pick<JobManifest, 'root' | 'captionExtension'>,
  images: Iterable<UnsettledImage>,
  onWritten: (index: number, intent: WriteIntent) => Promise<void>,
): Promise<void> {
  for (const { index, path: image, intents } of images) {
    const file = path.join(root, captionPathOf(image, captionExtension));
    const bytes = await readIfThere(file).catch(() => undefined);
    if (bytes === undefined) continue;
    const hash = captionHash(bytes);
    const intent = intents.find(({ written }) => written === hash);
    if (intent !== undefined) await onWritten(index, intent);
  }
}
