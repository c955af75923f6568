import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { folderOf } from '../dataset/files/datasetPath';
import { captionPathOf } from '../dataset/files/imageFiles';
import { removeLeftover } from '../dataset/files/leftovers';
import { isTemporaryName } from '../dataset/files/temporaryNames';
import type { JobManifest } from '../jobs/jobTypes';
import type { ImageList } from './ImageList';
import type { JournalTail } from './JournalTail';

/** What the audit of a job found. */
export interface Audit {
  /** number of images without an outcome; they have to be captioned again */
  missing: number;
  /** number of captions that were written and do not exist any more: somebody deleted them, and they stay deleted */
  gone: number;
}

/**
 * Compares the journals with the files on the disk. This, not the queue, proves that a job is complete. Also removes
 * the temporary files of workers that were killed during a write.
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
    // Images are sorted by path, so that each folder is read about once.
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
