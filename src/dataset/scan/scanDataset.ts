import { lstatSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { CaptionError, fileError } from '../files/CaptionError';
import { errno } from '../../base/errno';
import { CaptionNames } from './CaptionNames';
import { identityOf } from './captionFiles';
import { foldName } from './foldName';
import { captionPathOf, isImageName } from '../files/imageFiles';
import { isLeftOutFolder } from './leftOutFolders';
import { compareNaturally, sortNames } from '../../base/naturalOrder';
import { isTemporaryName } from '../files/temporaryNames';
import { realPathSync } from '../../base/realPath';
import { readEntries, type FolderEntry } from './folderEntries';
import { OtherPictures, type OtherPictureCounts } from './otherPictures';

/** An image of a dataset; paths are relative to its folder and have `/` on every system. */
export interface ScannedImage {
  path: string;
  captionPath: string;
}

/** Something in the folder that looks like an image or a sub-folder but cannot be used. */
export interface ScanProblem {
  /** relative to the dataset; bytes that are no UTF-8 are shown as `\x82` */
  path: string;
  reason: string;
  /** whether it is an image, for which there can be no caption; else it is none, such as a folder */
  isImage: boolean;
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
  /** whether there is a file at the path of its caption, which may be broken */
  hasCaption: boolean;
  /**
   * the identity of its caption's file, if that is not the path of the caption itself: it is a link, is in a linked
   * folder, or is found by several names
   */
  captionFile?: string;
  /**
   * the name of a file that differs from that of the caption in case or in the composition of letters only. If there is
   * a caption, this file is it; else the file system tells the two apart.
   */
  lookalike?: string;
}

/** What a scan finds besides images. */
export interface ScanRest {
  /** in natural order */
  problems: ScanProblem[];
  /** links to folders that are part of the dataset, and where they lead: absolute paths */
  linkedFolders: { path: string; real: string }[];
  /** temporary files of this program; old ones are leftovers of a process that died while saving */
  temporaryFiles: string[];
  otherPictures: OtherPictureCounts;
}

/** What is collected while folders are read. */
interface Collected {
  /** by path: a folder may look like an image and be unreadable, too, but is named once */
  problems: Map<string, ScanProblem>;
  linkedFolders: ScanRest['linkedFolders'];
  temporaryFiles: string[];
  others: OtherPictures;
}

/**
 * Finds the images below a folder, folder by folder in natural order. Hidden files and folders are skipped, and those
 * folders that systems make for themselves (`isLeftOutFolder`). Links to folders are followed, but every real folder is
 * visited only once, so a cycle of links ends and no caption file appears under two names. Synchronous, for use in a
 * worker thread: that is several times as fast as asynchronous calls.
 * @param folder absolute path
 * @param captionExtension with its dot, such as `.txt`
 * @throws CaptionError when the folder itself cannot be read
 */
export function* scanDataset(folder: string, captionExtension: string): Generator<FolderListing, ScanRest, void> {
  const rest: Collected = { problems: new Map(), linkedFolders: [], temporaryFiles: [], others: new OtherPictures() };
  const visited = new Set<string>();
  let root = folder;
  // Real folders first: a linked folder is shown under its link only if it is not part of the dataset anyway.
  const folders: NextFolder[] = [{ relative: '', linked: false }];
  const linkedFolders: string[] = [];
  for (;;) {
    const next = folders.pop() ?? shiftLinked(linkedFolders);
    if (next === undefined) break;
    const { relative, linked } = next;
    let entries: FolderEntry[];
    let real: string;
    try {
      real = realFolder(path.join(folder, relative));
      if (visited.has(real)) continue;
      visited.add(real);
      entries = readEntries(path.join(folder, relative));
      if (next.isLink === true) rest.linkedFolders.push({ path: relative, real });
    } catch (thrown) {
      if (relative === '') throw folderError(thrown, folder);
      rest.problems.set(relative, { path: relative, reason: folderProblem(thrown, folder), isImage: false });
      continue;
    }
    if (relative === '') root = real;
    const found = sortEntries(entries, folder, relative, captionExtension, rest);
    if (found.images.length > 0) {
      const names = sortNames(found.images);
      const from = linked ? real : undefined;
      const finder = new CaptionFinder(names, captionExtension, found.captions, folder, relative, root, from);
      yield { images: finder.list(), linked };
    }
    const prefix = prefixOf(relative);
    for (const name of sortNames(found.folders).reverse()) folders.push({ relative: prefix + name, linked });
    for (const name of sortNames(found.linkedFolders)) linkedFolders.push(prefix + name);
  }
  const problems = [...rest.problems.values()].sort((a, b) => compareNaturally(a.path, b.path));
  const { linkedFolders: links, temporaryFiles, others } = rest;
  return { problems, linkedFolders: links, temporaryFiles, otherPictures: others.counts };
}

/** Finds the captions of the images of one folder. */
class CaptionFinder {
  private listed: ReadonlySet<string> | undefined;
  private owned: ReadonlySet<string> | undefined;
  /** the caption that the first image without a file would get, by its folded name */
  private readonly firstNames = new Map<string, { caption: string; image: string }>();
  private ignoresCase: boolean | undefined;

  constructor(
    /** names in natural order */
    private readonly images: readonly string[],
    private readonly captionExtension: string,
    private readonly names: CaptionNames,
    private readonly folder: string,
    /** of the folder with the images, to the dataset */
    private readonly relative: string,
    /** the real path of the dataset */
    private readonly root: string,
    /** the real path of the folder with the images, if it is reached through a link */
    private readonly linkedFrom: string | undefined,
  ) {}

  list(): ListedImage[] {
    const prefix = prefixOf(this.relative);
    return this.images.map((image) => {
      const caption = captionPathOf(image, this.captionExtension);
      const found = this.names.find(caption, (name) => this.isOwned(name));
      if (found === caption && this.linkedFrom === undefined && !this.names.isLink(caption)) {
        return { path: prefix + image, hasCaption: true };
      }
      const isOther = found !== undefined && found !== caption;
      // Whether the file system finds a file by a name that differs from its own, only it can say.
      const hasCaption = isOther ? exists(this.absolute(caption)) : found !== undefined;
      const listed: ListedImage = { path: prefix + image, hasCaption };
      if (isOther && (hasCaption || !this.isOwned(found))) listed.lookalike = found;
      const name = hasCaption ? found : this.twinOf(image, caption);
      const file = this.fileOf(name ?? caption, caption);
      if (file !== undefined) listed.captionFile = file;
      return listed;
    });
  }

  /** Whether a file is the caption of another image by its very name. */
  private isOwned(caption: string): boolean {
    this.owned ??= new Set(this.images.map((image) => captionPathOf(image, this.captionExtension)));
    return this.owned.has(caption);
  }

  /** The identity of a caption's file; undefined if that is the path of the caption. */
  private fileOf(name: string, caption: string): string | undefined {
    if (this.names.isLink(name)) return identityOf(this.absolute(name), this.root);
    if (this.linkedFrom !== undefined) return identityOf(path.join(this.linkedFrom, name), this.root, true);
    return name === caption ? undefined : prefixOf(this.relative) + name;
  }

  /**
   * For an image whose caption has no file yet: the caption of an earlier such image, if the file system does not tell
   * the two names apart, so that both would write one file.
   */
  private twinOf(image: string, caption: string): string | undefined {
    if (this.images.length === 1 || !this.mayFold(image)) return undefined;
    const key = foldName(caption);
    const first = this.firstNames.get(key);
    if (first === undefined) {
      this.firstNames.set(key, { caption, image });
      return undefined;
    }
    if (first.caption === caption) return undefined;
    // The file of the first image, by the letters of this one.
    const spelled = captionPathOf(image, path.extname(first.image));
    return this.isSameFile(spelled) ? first.caption : undefined;
  }

  /**
   * Whether a name may be one of several that the file system takes for one. Whether it tells capitals apart is tried
   * once for each folder; how accents are composed matters for few names, each of which is tried.
   */
  private mayFold(image: string): boolean {
    if (/[\u0080-\uffff]/.test(image)) return true;
    this.ignoresCase ??= this.isSameFile(inOtherCase(image));
    return this.ignoresCase;
  }

  /** Whether a name that differs from that of a listed image in case and composition only finds this image. */
  private isSameFile(name: string): boolean {
    if (!exists(this.absolute(name))) return false;
    this.listed ??= new Set(this.images);
    return !this.listed.has(name);
  }

  private absolute(name: string): string {
    return path.join(this.folder, this.relative, name);
  }
}

/** A name with capitals for small letters and the other way round; that of an image has some. */
function inOtherCase(name: string): string {
  return name.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
}

/** Whether there is a file; false if it cannot be inspected, as in a folder that may be listed but not entered. */
function exists(absolute: string): boolean {
  try {
    return lstatSync(absolute, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** The real path of a folder. Bytes that are not UTF-8 are kept apart, so that no two folders have the same. */
function realFolder(absolute: string): string {
  const real = realPathSync(absolute);
  return real.includes('\ufffd') ? realpathSync.native(absolute, 'buffer').toString('latin1') : real;
}

function prefixOf(relative: string): string {
  return relative === '' ? '' : `${relative}/`;
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

/** Classifies the names of one folder's entries, and adds what else is there to the last parameter. */
function sortEntries(
  entries: readonly FolderEntry[],
  folder: string,
  relative: string,
  captionExtension: string,
  rest: Collected,
): FolderNames {
  const prefix = prefixOf(relative);
  const found: FolderNames = {
    images: [],
    captions: new CaptionNames(captionExtension),
    folders: [],
    linkedFolders: [],
  };
  for (const entry of entries) {
    const { name } = entry;
    const entryPath = prefix + name;
    const problem = (reason: string, isImage: boolean): void => {
      rest.problems.set(entryPath, { path: entryPath, reason, isImage });
    };
    if (entry.isLost === true) {
      const isFolder = entry.isDirectory();
      if (!isFolder && !isImageName(name)) rest.others.add(name);
      if (isFolder ? isLeftOutFolder(name) : !isImageName(name)) continue;
      const reason = l10n.t('Its name is not UTF-8. Rename it.');
      problem(reason, !isFolder);
      continue;
    }
    const isLink = entry.isSymbolicLink();
    const kind = isLink ? linkKind(path.join(folder, entryPath)) : entryKind(entry);
    // Also what is no file: an image whose caption is a folder or a pipe has one that cannot be read, not none.
    const isCaption = !isImageName(name) && found.captions.add(name, isLink);
    if (kind === 'folder') {
      if (isLeftOutFolder(name)) continue;
      (isLink ? found.linkedFolders : found.folders).push(name);
      if (isImageName(name)) problem(l10n.t('A folder, not an image.'), false);
    } else if (isImageName(name)) {
      // A broken link stays in the list: the user must see that this image is missing.
      if (kind !== 'other') found.images.push(name);
      else problem(l10n.t('Not a regular file.'), false);
    } else if (!isCaption) {
      if (isTemporaryName(name)) rest.temporaryFiles.push(entryPath);
      else if (kind !== 'other') rest.others.add(name);
    }
  }
  return found;
}

function shiftLinked(linkedFolders: string[]): NextFolder | undefined {
  const relative = linkedFolders.shift();
  return relative === undefined ? undefined : { relative, linked: true, isLink: true };
}

type Kind = 'file' | 'folder' | 'broken' | 'other';

function entryKind(entry: FolderEntry): Kind {
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

/** Why a folder of the dataset cannot be read. */
function folderProblem(thrown: unknown, folder: string): string {
  const code = errno(thrown);
  return code === 'EACCES' || code === 'EPERM'
    ? l10n.t('No permission to read this folder: what is in it is left out.')
    : fileError(thrown, folder, 'read').message;
}

function folderError(thrown: unknown, folder: string): CaptionError {
  switch (errno(thrown)) {
    case 'ENOENT': {
      // U+FFFD: the path came from a command line that is not UTF-8.
      const message = folder.includes('\ufffd')
        ? l10n.t('The folder does not exist, or its name is not UTF-8: then rename it.')
        : l10n.t('The folder does not exist.');
      return new CaptionError('FOLDER_MISSING', message, folder, thrown);
    }
    case 'ENOTDIR':
      return new CaptionError('FILE_ERROR', l10n.t('This is a file, not a folder.'), folder, thrown);
    default:
      return fileError(thrown, folder, 'read');
  }
}
