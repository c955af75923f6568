import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { errno } from '../../base/errno';
import { makeOwnFolder } from '../../base/machine/ownFolder';
import { isFolderOfAnother } from '../../base/machine/ownership';
import { placeOfRecords, recordStorageOf } from '../../records/recordFolder';
import type { RecordPlace } from '../../tags/writeMode';
import { SnapshotError } from './SnapshotError';

const folderNames = ['.dataset-captions', 'snapshots'] as const;

/** The names of the files of a folder of snapshots. */
export const fileName = {
  snapshot: /^\d{8}T\d{9}-[0-9a-f]{8}\.snapshot$/,
  /** contents of captions, which snapshots name by their hashes */
  pack: /^\d{8}T\d{9}-[0-9a-f]{8}\.pack$/,
  /** marks a pack for deletion, as no snapshot needed it */
  doomed: /^\d{8}T\d{9}-[0-9a-f]{8}\.pack\.doomed$/,
  /** a file that is being written, or that a process left behind when it died */
  temporary: /\.tmp$/,
} as const;

/** A new name, by which files sort by the time when they were made. */
export function newId(now: number): string {
  return `${new Date(now).toISOString().replace(/[-:.Z]/g, '')}-${randomBytes(4).toString('hex')}`;
}

/**
 * The folder of the snapshots of a dataset, absolute; it need not exist. They are in the dataset, or with its records
 * in the user's own folder, see {@link placeSnapshots}.
 * @param root of the dataset's records, see `recordRootOf`
 */
export function snapshotFolderOf(root: string): string {
  return foldersOf(root).at(-1) ?? root;
}

/**
 * Puts new snapshots where the setting wants records, unless the dataset has snapshots already.
 * @throws errors of the disk
 */
export async function placeSnapshots(root: string, place: RecordPlace | undefined): Promise<void> {
  const stored = place === 'storage' ? recordStorageOf(root) : undefined;
  if (stored === undefined) return;
  await makeOwnFolder(path.dirname(stored));
  await makeOwnFolder(stored);
}

/** The folders to create for the first snapshot, the outermost first. */
function foldersOf(root: string): string[] {
  const inDataset = folderNames.map((_, index) => path.join(root, ...folderNames.slice(0, index + 1)));
  const stored = recordStorageOf(root);
  const isStored = stored !== undefined && !existsSync(inDataset.at(-1) ?? '') && placeOfRecords(root) === 'storage';
  return isStored ? [path.join(stored, folderNames[1])] : inDataset;
}

/**
 * Makes the folder of the snapshots of a dataset, with the permissions of new files there.
 * @throws SnapshotError SNAPSHOT_UNSAFE; errors of the disk
 */
export async function makeSnapshotFolder(root: string): Promise<string> {
  const folders = foldersOf(root);
  for (const folder of folders) {
    await mkdir(folder).catch((thrown: unknown) => {
      if (errno(thrown) !== 'EEXIST') throw thrown;
    });
  }
  await refuseUnsafe(root);
  return snapshotFolderOf(root);
}

/**
 * The names of the files of a folder of snapshots, sorted; none if there is no folder.
 * @throws SnapshotError SNAPSHOT_UNSAFE; errors of the disk
 */
export async function snapshotNames(root: string): Promise<string[]> {
  await refuseUnsafe(root);
  try {
    return (await readdir(snapshotFolderOf(root))).sort();
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT' || errno(thrown) === 'ENOTDIR') return [];
    throw thrown;
  }
}

/** A link could lead anywhere: writing or pruning there could destroy files of somebody else. */
async function refuseUnsafe(root: string): Promise<void> {
  for (const folder of foldersOf(root)) {
    const info = await lstat(folder).catch(() => undefined);
    if (info?.isSymbolicLink() === true) {
      const message = l10n.t(
        'The folder of the snapshots is a link, which is not followed. Put a folder in its place.',
      );
      throw new SnapshotError('SNAPSHOT_UNSAFE', message, folder);
    }
  }
  const folder = snapshotFolderOf(root);
  if (!isFolderOfAnother(folder)) return;
  const message = l10n.t('The folder of the snapshots belongs to another user, so it is not used.');
  throw new SnapshotError('SNAPSHOT_UNSAFE', message, folder);
}
