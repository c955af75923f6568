import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { folderOf } from '../dataset/files/datasetPath';
import { captionPathOf } from '../dataset/files/imageFiles';
import { removeLeftover } from '../dataset/files/leftovers';
import { isTemporaryName } from '../dataset/files/writeFileSafely';
import type { JobManifest } from '../jobs/jobTypes';
import type { ImageList } from './ImageList';
import type { JournalTail } from './JournalTail';

/** What a look at the journals and at the disk says of a job whose shards are done. */
export interface Audit {
  /** how many images have no outcome; they are done again */
  missing: number;
  /** how many captions were written and are gone since: somebody deleted them, and they stay so */
  gone: number;
}

/**
 * Compares what the journals say with what is on the disk. This, not the queue, proves that a job is complete. Removes what
 * workers left behind that were killed while they wrote.
 * @throws the signal's reason
 */
export async function auditJob(
  { root, captionExtension }: JobManifest,
  images: ImageList,
  tail: JournalTail,
  signal: AbortSignal,
): Promise<Audit> {
  const audit: Audit = { missing: 0, gone: 0 };
  let folder: string | undefined;
  let names = new Set<string>();
  const seen = new Set<string>();
  for (let index = 0; index < images.length; index++) {
    if (tail.isOpen(index)) audit.missing++;
    const image = images.path(index);
    // Images are in the order of their names, so each folder is read once.
    if (folderOf(image) !== folder) {
      signal.throwIfAborted();
      folder = folderOf(image);
      names = new Set(await readdir(path.join(root, folder)).catch(() => []));
      if (!seen.has(folder)) await sweep(path.join(root, folder), names);
      seen.add(folder);
    }
    const caption = captionPathOf(image, captionExtension).slice(folder === '' ? 0 : folder.length + 1);
    if (tail.outcome(index) === 'written' && !names.has(caption)) audit.gone++;
  }
  return audit;
}

async function sweep(folder: string, names: Iterable<string>): Promise<void> {
  for (const name of names) if (isTemporaryName(name)) await removeLeftover(path.join(folder, name));
}
