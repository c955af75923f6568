import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { ForeignFolderError, makeOwnFolder } from '../../base/machine/ownFolder';
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
 * Nobody else can enter it: the pictures show what may be in a private folder.
 * @param chosen absolute path, or empty for the usual place
 * @param usual absolute path
 */
export async function chooseCacheFolder(chosen: string, usual: string): Promise<CacheFolder> {
  if (chosen === '') return { folder: usual };
  const folder = path.join(chosen, cacheName);
  if (!path.isAbsolute(chosen)) return { folder: usual, problem: l10n.t('it is not an absolute path') };
  try {
    await makeOwnFolder(folder);
    const probe = path.join(folder, `.${randomUUID()}.probe`);
    await writeFile(probe, '');
    await rm(probe, { force: true });
    return { folder };
  } catch (thrown) {
    const problem = thrown instanceof ForeignFolderError ? l10n.t('it belongs to another user') : errorMessage(thrown);
    return { folder: usual, problem };
  }
}
