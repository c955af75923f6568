import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * The folder of the jobs, which is made: one that does not exist cannot be watched. Keeps the extension's folder above
 * it from other users, whoever made it: unsaved captions, pictures and jobs are in it, of images that others may not be
 * allowed to see. Problems of the disk are left to those who write there.
 * @param storage the extension's folder, absolute
 */
export async function jobsFolderIn(storage: string): Promise<string> {
  const folder = path.join(storage, 'jobs');
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
  await chmod(storage, 0o700).catch(() => undefined);
  return folder;
}
