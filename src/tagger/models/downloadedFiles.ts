import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { ModelFolders } from '../../protocol/tagging/modelListing';
import { onDisk } from '../download/diskErrors';
import { DownloadError } from '../download/DownloadError';
import { lockPath } from '../download/downloadFile';
import { FileLock } from '../../base/machine/FileLock';
import { partialPaths } from '../download/PartialFile';
import { modelFileName, tagsFileName, type CatalogueModel } from './catalogue';

/** The folder that a model is downloaded into. */
export function downloadedFolder(folders: ModelFolders, { id }: CatalogueModel): string {
  return path.join(path.resolve(folders.downloadFolder), id);
}

/** How many bytes an unfinished download of a model has. */
export async function partialBytesOf(folders: ModelFolders, model: CatalogueModel): Promise<number> {
  return sizeOf(partialPaths(path.join(downloadedFolder(folders, model), modelFileName)).bytes);
}

/**
 * Deletes what the download of a model left: its files, parts of them, and its folder if nothing else is in it.
 * @returns the bytes that are free now; 0 where there was nothing
 * @throws DownloadError IN_USE while a process downloads it; NOT_OURS where the folder is a link; NO_PERMISSION
 */
export async function deleteDownload(folders: ModelFolders, model: CatalogueModel): Promise<number> {
  const folder = downloadedFolder(folders, model);
  const stats = await lstat(folder).catch(() => undefined);
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) {
    const message = l10n.t('This is a link, so the model may belong to another program. Remove the link yourself.');
    throw new DownloadError('NOT_OURS', folder, message);
  }
  return onDisk(folder, async () => {
    const lock = await FileLock.tryAcquire(lockPath(path.join(folder, modelFileName)));
    if (lock === undefined) {
      const message = l10n.t('The model is being downloaded right now. Cancel the download first.');
      throw new DownloadError('IN_USE', folder, message);
    }
    let freed = 0;
    try {
      for (const name of await readdir(folder)) {
        const isOurs = name.startsWith(modelFileName) || name.startsWith(tagsFileName);
        if (!isOurs || name === `${modelFileName}.lock`) continue;
        freed += await sizeOf(path.join(folder, name));
        await rm(path.join(folder, name));
      }
    } finally {
      await lock.release();
    }
    // Files of the user may be in it: then it stays.
    await rmdir(folder).catch(() => undefined);
    return freed;
  });
}

async function sizeOf(file: string): Promise<number> {
  const stats = await lstat(file).catch(() => undefined);
  return stats?.isFile() === true ? stats.size : 0;
}
