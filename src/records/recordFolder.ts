import { createHash, randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { errno } from '../base/errno';
import { datasetPathOf, folderOf } from '../dataset/files/datasetPath';
import { dataHome } from '../base/machine/dataHome';
import { isFolderOfAnother } from '../base/machine/ownership';
import { realPathSync } from '../base/realPath';
import type { RecordPlace } from '../tags/writeMode';

/** A place at which records are written. */
export type WrittenPlace = Exclude<RecordPlace, 'off'>;

/** The folder in a dataset's root that has its records. It is hidden, so scans and trainers ignore it. */
const folderNames = ['.dataset-captions', 'records'] as const;
/** Below the user's data folder, where both the editor and the command line find it. */
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
    // If the folder is gone, its links cannot be resolved any more: use the path as it is.
  }
  const name = path
    .basename(real)
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .slice(0, 40);
  const hash = createHash('sha256').update(real).digest('hex').slice(0, 16);
  return path.join(folder, ...storageNames, `${name}-${hash}`);
}

/** The folders to create before the first record, the outermost first; that of the dataset has to exist. */
export function recordFoldersOf(root: string): string[] {
  return folderNames.map((_, index) => path.join(root, ...folderNames.slice(0, index + 1)));
}

/** A new name for a file of records: names sort by the time when they were made. */
export function newRecordName(now: Date): string {
  return `${now.toISOString().replace(/[-:.Z]/g, '')}-${randomBytes(4).toString('hex')}.jsonl`;
}

/** Where the records of a dataset are; in the dataset if it has none, or has some in both places. */
export function placeOfRecords(root: string): WrittenPlace {
  return !existsSync(recordFolderOf(root)) && storedFolderOf(root) !== undefined ? 'storage' : 'dataset';
}

/**
 * Whether there are records of a dataset, in it or in the user's own folder; also those of the folders in it that have
 * captions.
 * @param captions relative to the root
 */
export function hasRecords(root: string, captions: Iterable<string> = []): boolean {
  if (existsSync(recordFolderOf(root)) || storedFolderOf(root) !== undefined) return true;
  return foldersOfCaptions(captions).some((folder) => hasRecords(path.join(root, folder)));
}

/** All folders in a dataset that have captions, and their parents. @param captions relative to its root */
export function foldersOfCaptions(captions: Iterable<string>): string[] {
  const folders = new Set<string>();
  for (const caption of captions) {
    for (let folder = folderOf(caption); folder !== '' && !folders.has(folder); folder = folderOf(folder))
      folders.add(folder);
  }
  return [...folders];
}

/** So many folders of a dataset are looked into for records at most. */
const mostFolders = 10_000;

/**
 * The folders in a dataset that have records of their own, wherever they lie: all images may have left one.
 * @returns relative to the root, with `/`; what cannot be listed is left out
 */
export async function foldersWithRecords(root: string): Promise<string[]> {
  const found: string[] = [];
  const waiting = [''];
  for (let looked = 0, folder = waiting.pop(); folder !== undefined && looked < mostFolders; looked++) {
    const prefix = folder === '' ? '' : `${folder}/`;
    for (const entry of await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => [])) {
      if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
      const inner = `${prefix}${entry.name}`;
      waiting.push(inner);
      if (hasRecords(path.join(root, inner))) found.push(inner);
    }
    folder = waiting.pop();
  }
  return found;
}

/** A file of records, and how the captions that it names are called in the dataset that reads it. */
export interface RecordSource {
  /** absolute */
  file: string;
  /**
   * prefix to add: the folder in the dataset that the records are of, with `/` at its end; empty for the dataset
   * itself
   */
  added: string;
  /**
   * prefix to cut off: if the records are of a parent folder, the path of the dataset in it, with `/` at its end; else
   * empty
   */
  cut: string;
}

/** The path of a caption in the dataset that reads the record; undefined if the caption is outside of it. */
export function captionIn({ added, cut }: Pick<RecordSource, 'added' | 'cut'>, caption: string): string | undefined {
  if (cut === '') return `${added}${caption}`;
  return caption.startsWith(cut) ? caption.slice(cut.length) : undefined;
}

/**
 * All files that say something of the captions of a dataset: its own; those of folders in it, which somebody opened as
 * a dataset; and those of folders around it, if they are this user's.
 * @param root absolute
 * @param folders in the dataset that may have records, see {@link foldersOfCaptions}
 * @throws errors of the disk if the folder of its own records cannot be listed
 */
export async function recordSources(root: string, folders: Iterable<string> = []): Promise<RecordSource[]> {
  const sources = (await recordFiles(root)).map((file) => ({ file, added: '', cut: '' }));
  for (let above = path.dirname(root); above !== root; above = path.dirname(above)) {
    const cut = `${datasetPathOf(above, root)}/`;
    for (const file of await ownFiles(above)) sources.push({ file, added: '', cut });
    if (above === path.dirname(above)) break;
  }
  for (const folder of folders) {
    const below = path.join(root, folder);
    // Without these records, captions there count as written by hand.
    const files = hasRecords(below) ? await recordFiles(below).catch(() => []) : [];
    for (const file of files) sources.push({ file, added: `${folder}/`, cut: '' });
  }
  return sources;
}

async function ownFiles(root: string): Promise<string[]> {
  const folders = [isOwnRecordFolder(root) ? recordFolderOf(root) : undefined, storedFolderOf(root)];
  const files: string[] = [];
  // What cannot be read there counts as written by hand.
  for (const folder of folders) if (folder !== undefined) files.push(...(await filesIn(folder).catch(() => [])));
  return files;
}

function isOwnRecordFolder(root: string): boolean {
  const records = recordFolderOf(root);
  return isFolder(records) && !isFolderOfAnother(records);
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
  const entries = await readdir(folder, { withFileTypes: true }).catch((thrown: unknown) => {
    if (errno(thrown) === 'ENOENT' || errno(thrown) === 'ENOTDIR') return [];
    throw thrown;
  });
  const files: string[] = [];
  for (const entry of entries) {
    if (!recordName.test(entry.name)) continue;
    const file = path.join(folder, entry.name);
    // Whoever reads a pipe waits for ever.
    const isFile = entry.isFile() || (await stat(file).catch(() => undefined))?.isFile() === true;
    if (isFile) files.push(file);
  }
  return files.sort();
}

/** The user's own folder with records of a dataset; undefined if there is none, or another user made it. */
function storedFolderOf(root: string): string | undefined {
  const stored = recordStorageOf(root);
  return stored !== undefined && isFolder(stored) && !isFolderOfAnother(stored) ? stored : undefined;
}

/**
 * The folder whose records apply to a folder: the nearest one, itself or above, that has records, so that a single
 * image or a part of a dataset uses those of the whole; else the folder itself. A folder above is used only if it is
 * this user's: others could read the records there.
 */
export function recordRootOf(folder: string): string {
  for (let root = folder; ; root = path.dirname(root)) {
    if (root === folder ? isFolder(recordFolderOf(root)) : isOwnRecordFolder(root)) return root;
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
