import { readdir, realpath, stat } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import path from 'node:path';
import { CaptionError, errno, fileError } from './CaptionError';
import { captionPathOf, isImageName } from './imageFiles';
import { compareNaturally } from './naturalOrder';
import { isTemporaryName } from './writeFileSafely';

/** An image of a dataset; paths are relative to its folder and have `/` on every system. */
export interface ScannedImage {
  path: string;
  captionPath: string;
}

/** Something in the folder that looks like an image or a sub-folder and cannot be used. */
export interface ScanProblem {
  path: string;
  reason: string;
}

export interface ScanResult {
  /** in natural order */
  images: ScannedImage[];
  /** caption files that are there, whether or not an image belongs to them */
  captionPaths: Set<string>;
  problems: ScanProblem[];
  /** temporary files of this program; one that is old was left by a process that died while it saved */
  temporaryFiles: string[];
}

export interface ScanOptions {
  /** with its dot, such as `.txt` */
  captionExtension: string;
  signal?: AbortSignal;
  /** called after each folder with the number of images found so far */
  onProgress?: (images: number) => void;
}

/**
 * Finds the images below a folder. Hidden folders are skipped. Links to folders are followed, but every real folder is
 * visited once, so a circle of links ends and no caption file appears under two names.
 * @param folder absolute path
 * @throws CaptionError when the folder itself cannot be read; the signal's reason when aborted
 */
export async function scanDataset(folder: string, options: ScanOptions): Promise<ScanResult> {
  const result: ScanResult = { images: [], captionPaths: new Set(), problems: [], temporaryFiles: [] };
  const visited = new Set<string>();
  // Real folders first: a linked one is shown under its link only if it is not part of the dataset anyway.
  const folders = [''];
  const linkedFolders: string[] = [];
  for (;;) {
    options.signal?.throwIfAborted();
    const relative = folders.pop() ?? linkedFolders.shift();
    if (relative === undefined) break;
    let entries: Dirent[];
    try {
      const real = await realpath(path.join(folder, relative));
      if (visited.has(real)) continue;
      visited.add(real);
      entries = await readdir(real, { withFileTypes: true });
    } catch (thrown) {
      if (relative === '') throw folderError(thrown, folder);
      result.problems.push({ path: relative, reason: fileError(thrown, folder, 'read').message });
      continue;
    }
    for (const entry of entries) {
      const entryPath = relative === '' ? entry.name : `${relative}/${entry.name}`;
      const kind = entry.isSymbolicLink() ? await linkKind(path.join(folder, entryPath)) : entryKind(entry);
      if (kind === 'folder') {
        if (entry.name.startsWith('.')) continue;
        (entry.isSymbolicLink() ? linkedFolders : folders).push(entryPath);
        if (isImageName(entry.name)) result.problems.push({ path: entryPath, reason: 'A folder, not an image.' });
      } else if (isImageName(entry.name)) {
        // A broken link stays in the list: the user must see that this image is not there.
        if (kind === 'other') result.problems.push({ path: entryPath, reason: 'Not a regular file.' });
        else {
          const captionPath = captionPathOf(entryPath, options.captionExtension);
          result.images.push({ path: entryPath, captionPath });
        }
      } else if (entry.name.endsWith(options.captionExtension) && kind !== 'other') {
        result.captionPaths.add(entryPath);
      } else if (isTemporaryName(entry.name)) {
        result.temporaryFiles.push(entryPath);
      }
    }
    options.onProgress?.(result.images.length);
  }
  result.images.sort((a, b) => compareNaturally(a.path, b.path));
  result.problems.sort((a, b) => compareNaturally(a.path, b.path));
  return result;
}

type Kind = 'file' | 'folder' | 'broken' | 'other';

function entryKind(entry: Dirent): Kind {
  return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other';
}

async function linkKind(absolute: string): Promise<Kind> {
  try {
    const target = await stat(absolute);
    return target.isDirectory() ? 'folder' : target.isFile() ? 'file' : 'other';
  } catch {
    return 'broken';
  }
}

function folderError(thrown: unknown, folder: string): CaptionError {
  switch (errno(thrown)) {
    case 'ENOENT':
      return new CaptionError('FOLDER_MISSING', 'The folder does not exist.', folder, thrown);
    case 'ENOTDIR':
      return new CaptionError('FILE_ERROR', 'This is a file, not a folder.', folder, thrown);
    default:
      return fileError(thrown, folder, 'read');
  }
}
