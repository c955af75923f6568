import { lstatSync, readdirSync, statSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { CaptionError, fileError } from '../files/CaptionError';
import { errno } from '../../base/errno';
import { CaptionNames } from './CaptionNames';
import { captionPathOf, isImageName } from '../files/imageFiles';
import { compareNaturally, sortNames } from '../../base/naturalOrder';
import { isTemporaryName } from '../files/temporaryNames';
import { realPathSync } from '../../base/realPath';

/** An image of a dataset; paths are relative to its folder and have `/` on every system. */
export interface ScannedImage {
  path: string;
  captionPath: string;
}

/** Something in the folder that looks like an image or a sub-folder but cannot be used. */
export interface ScanProblem {
  path: string;
  reason: string;
}

/** The images of one folder. */
export interface FolderListing {
  /** in natural order */
  images: ListedImage[];
  /** reached through a link: such folders come last, regardless of natural order */
  linked: boolean;
}

export interface ListedImage {
  /** relative to the dataset, with `/` */
  path: string;
  /** whether a file may exist at the path of its caption: there is one by that name, or by one that differs in case */
  hasCaption: boolean;
}

/** What a scan finds besides images. */
export interface ScanRest {
  /** in natural order */
  problems: ScanProblem[];
  /** links to folders that are part of the dataset, and where they lead: absolute paths */
  linkedFolders: { path: string; real: string }[];
  /** temporary files of this program; old ones are leftovers of a process that died while saving */
  temporaryFiles: string[];
}

/**
 * Finds the images below a folder, folder by folder in natural order. Hidden folders are skipped. Links to folders are
 * followed, but every real folder is visited only once, so a cycle of links ends and no caption file appears under two
 * names. Synchronous, for use in a worker thread: that is several times as fast as asynchronous calls.
 * @param folder absolute path
 * @param captionExtension with its dot, such as `.txt`
 * @throws CaptionError when the folder itself cannot be read
 */
export function* scanDataset(folder: string, captionExtension: string): Generator<FolderListing, ScanRest, void> {
  const rest: ScanRest = { problems: [], linkedFolders: [], temporaryFiles: [] };
  const visited = new Set<string>();
  // Real folders first: a linked folder is shown under its link only if it is not part of the dataset anyway.
  const folders: NextFolder[] = [{ relative: '', linked: false }];
  const linkedFolders: string[] = [];
  for (;;) {
    const next = folders.pop() ?? shiftLinked(linkedFolders);
    if (next === undefined) break;
    const { relative, linked } = next;
    let entries: Dirent[];
    try {
      const real = realPathSync(path.join(folder, relative));
      if (visited.has(real)) continue;
      visited.add(real);
      entries = readdirSync(real, { withFileTypes: true });
      if (next.isLink === true) rest.linkedFolders.push({ path: relative, real });
    } catch (thrown) {
      if (relative === '') throw folderError(thrown, folder);
      rest.problems.push({ path: relative, reason: fileError(thrown, folder, 'read').message });
      continue;
    }
    const prefix = relative === '' ? '' : `${relative}/`;
    const found = sortEntries(entries, folder, prefix, captionExtension, rest);
    if (found.images.length > 0) {
      const images = sortNames(found.images).map((name) => {
        return { path: prefix + name, hasCaption: found.captions.mayHave(captionPathOf(name, captionExtension)) };
      });
      yield { images, linked };
    }
    for (const name of sortNames(found.folders).reverse()) folders.push({ relative: prefix + name, linked });
    for (const name of sortNames(found.linkedFolders)) linkedFolders.push(prefix + name);
  }
  rest.problems.sort((a, b) => compareNaturally(a.path, b.path));
  return rest;
}

interface NextFolder {
  relative: string;
  /** whether it is reached through a link */
  linked: boolean;
  /** whether it is a link itself */
  isLink?: boolean;
}

interface FolderNames {
  images: string[];
  captions: CaptionNames;
  folders: string[];
  linkedFolders: string[];
}

/** Classifies the names of one folder's entries, and adds problems and temporary files to the last parameter. */
function sortEntries(
  entries: readonly Dirent[],
  folder: string,
  prefix: string,
  captionExtension: string,
  { problems, temporaryFiles }: ScanRest,
): FolderNames {
  const found: FolderNames = {
    images: [],
    captions: new CaptionNames(captionExtension),
    folders: [],
    linkedFolders: [],
  };
  for (const entry of entries) {
    const { name } = entry;
    const entryPath = prefix + name;
    if (isLostName(name, path.join(folder, entryPath))) {
      const isWanted = isImageName(name) || (entry.isDirectory() && !name.startsWith('.'));
      if (isWanted) problems.push({ path: entryPath, reason: l10n.t('Its name is not UTF-8. Rename it.') });
      continue;
    }
    const kind = entry.isSymbolicLink() ? linkKind(path.join(folder, entryPath)) : entryKind(entry);
    if (kind === 'folder') {
      if (name.startsWith('.')) continue;
      (entry.isSymbolicLink() ? found.linkedFolders : found.folders).push(name);
      if (isImageName(name)) problems.push({ path: entryPath, reason: l10n.t('A folder, not an image.') });
    } else if (isImageName(name)) {
      // A broken link stays in the list: the user must see that this image is missing.
      if (kind === 'other') problems.push({ path: entryPath, reason: l10n.t('Not a regular file.') });
      else found.images.push(name);
    } else if (kind !== 'other' && found.captions.add(name)) {
      continue;
    } else if (isTemporaryName(name)) {
      temporaryFiles.push(entryPath);
    }
  }
  return found;
}

/**
 * Whether a name was lost when it was decoded: it has the sign for bytes that are not UTF-8 (as those of zips from
 * Japanese or Chinese Windows), and nothing is found by it.
 */
function isLostName(name: string, absolute: string): boolean {
  return name.includes('\ufffd') && lstatSync(absolute, { throwIfNoEntry: false }) === undefined;
}

function shiftLinked(linkedFolders: string[]): NextFolder | undefined {
  const relative = linkedFolders.shift();
  return relative === undefined ? undefined : { relative, linked: true, isLink: true };
}

type Kind = 'file' | 'folder' | 'broken' | 'other';

function entryKind(entry: Dirent): Kind {
  return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other';
}

function linkKind(absolute: string): Kind {
  try {
    const target = statSync(absolute);
    return target.isDirectory() ? 'folder' : target.isFile() ? 'file' : 'other';
  } catch {
    return 'broken';
  }
}

function folderError(thrown: unknown, folder: string): CaptionError {
  switch (errno(thrown)) {
    case 'ENOENT':
      return new CaptionError('FOLDER_MISSING', l10n.t('The folder does not exist.'), folder, thrown);
    case 'ENOTDIR':
      return new CaptionError('FILE_ERROR', l10n.t('This is a file, not a folder.'), folder, thrown);
    default:
      return fileError(thrown, folder, 'read');
  }
}
