import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { errorMessage } from '../../protocol/channel/wireError';

/** Name of the subfolder of the user's folder: everything in it belongs to the cache and may be deleted. */
export const cacheName = 'dataset-captions-thumbnails';

/** Where thumbnails are kept. */
export interface CacheFolder {
  folder: string;
  /** why the folder that the user chose cannot be used, as a clause of a sentence */
  problem?: string;
}

/**
 * The cache's folder: a subfolder of the one that the user chose if that is writable, else the usual one.
 * @param chosen absolute path, or empty for the usual place
 * @param usual absolute path
 */
export async function chooseCacheFolder(chosen: string, usual: string): Promise<CacheFolder> {
  if (chosen === '') return { folder: usual };
  const folder = path.join(chosen, cacheName);
  if (!path.isAbsolute(chosen)) return { folder: usual, problem: l10n.t('it is not an absolute path') };
  try {
    await mkdir(folder, { recursive: true });
    const probe = path.join(folder, `.${randomUUID()}.probe`);
    await writeFile(probe, '');
    await rm(probe, { force: true });
    return { folder };
  } catch (thrown) {
    return { folder: usual, problem: errorMessage(thrown) };
  }
}
