import { createHash, randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { errno } from '../base/errno';
import { dataHome } from '../base/machine/dataHome';
import { isFolderOfAnother } from '../base/machine/ownership';
import { realPathSync } from '../base/realPath';
import type { RecordPlace } from '../tags/writeMode';

/** A place at which records are written. */
export type WrittenPlace = Exclude<RecordPlace, 'off'>;

/** The folder in a dataset's root in which its records lie. It is hidden: scans and trainers leave it out. */
const folderNames = ['.dataset-captions', 'records'] as const;
/** In the folder for the data of the user's programs, which every program of ours finds by itself. */
const storageNames = ['dataset-captions', 'records'] as const;
const recordName = /^\d{8}T\d{9}-[0-9a-f]{8}\.jsonl$/;

/** The folder of the records in a dataset, absolute; it need not exist. */
export function recordFolderOf(root: string): string {
  return path.join(root, ...folderNames);
}

/**
 * The folder of the records of a dataset outside it, in the user's own folder on this machine, by the path behind all
 * links; it need not exist. Undefined where the user has no such folder.
 */
export function recordStorageOf(root: string): string | undefined {
  const { folder } = dataHome();
  if (folder === undefined) return undefined;
  let real = path.resolve(root);
  try {
    real = realPathSync(root);
  } catch {
    // A folder that is gone had the name by which it is asked for, as far as is known.
  }
  const name = path
    .basename(real)
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .slice(0, 40);
  const hash = createHash('sha256').update(real).digest('hex').slice(0, 16);
  return path.join(folder, ...storageNames, `${name}-${hash}`);
}

/** The folders that have to be made before the first record, from the outer one on; the dataset's own has to exist. */
export function recordFoldersOf(root: string): string[] {
  return folderNames.map((_, index) => path.join(root, ...folderNames.slice(0, index + 1)));
}

/** A new name for a file of records: names sort by the time when they were made. */
export function newRecordName(now: Date): string {
  return `${now.toISOString().replace(/[-:.Z]/g, '')}-${randomBytes(4).toString('hex')}.jsonl`;
}

/** Where the records of a dataset are; where it has none, and where it has some in both places, in the dataset. */
export function placeOfRecords(root: string): WrittenPlace {
  return !existsSync(recordFolderOf(root)) && storedFolderOf(root) !== undefined ? 'storage' : 'dataset';
}

/** Whether there are records of a dataset, in it or in the user's own folder. */
export function hasRecords(root: string): boolean {
  return existsSync(recordFolderOf(root)) || storedFolderOf(root) !== undefined;
}

/**
 * The files of records of a dataset, absolute, oldest first: those in it and those in the user's own folder, wherever
 * the setting wants new ones. None if there is no folder. @throws errors of the disk
 */
export async function recordFiles(root: string): Promise<string[]> {
  const stored = storedFolderOf(root);
  const files = await filesIn(recordFolderOf(root));
  if (stored === undefined) return files;
  return [...files, ...(await filesIn(stored))].sort((a, b) => (path.basename(a) < path.basename(b) ? -1 : 1));
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((thrown: unknown) => {
    if (errno(thrown) === 'ENOENT' || errno(thrown) === 'ENOTDIR') return [];
    throw thrown;
  });
  return names
    .filter((name) => recordName.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

/** The user's own folder with records of a dataset; undefined if there is none, or another user made it. */
function storedFolderOf(root: string): string | undefined {
  const stored = recordStorageOf(root);
  return stored !== undefined && isFolder(stored) && !isFolderOfAnother(stored) ? stored : undefined;
}

/**
 * The folder beside whose images the records of a folder lie: the nearest one around it that has records, so that one
 * image or a folder of a dataset has those of the whole; else the folder itself. What lies above is taken only if it is
 * this user's: others could read there what is written.
 */
export function recordRootOf(folder: string): string {
  for (let root = folder; ; root = path.dirname(root)) {
    const records = recordFolderOf(root);
    if (isFolder(records) && (root === folder || !isFolderOfAnother(records))) return root;
    if (storedFolderOf(root) !== undefined) return root;
    if (root === path.dirname(root)) return folder;
  }
}

function isFolder(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // A folder above may be closed to this user.
    return false;
  }
}
