import { link, open, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { CaptionError, fileError } from './CaptionError';
import { errno } from '../../base/errno';
import { newTemporaryName } from './temporaryNames';
import { realPath } from '../../base/realPath';

/** What the file system of a folder supports, for files that must never be half-written. */
export interface FolderCapabilities {
  /** hard links work: they give a finished new file its name atomically and never replace another file */
  hardLinks: boolean;
  /** a rename replaces an existing file atomically: assumed if it works at all, except on known object stores */
  atomicRename: boolean;
  /** a file can be flushed to the disk */
  flush: boolean;
  /** such as `ext4` or `fuse.s3fs`; empty if unknown */
  fileSystem: string;
}

/**
 * Names of file systems that keep their files in an object store. These rename a file by copying it and deleting the
 * original (sources: the README of s3fs, the lists of unsupported operations of blobfuse and gcsfuse, the manual of
 * rclone mount). In the list of mounts, the name appears as the type or as the source of a mount.
 */
const objectStores = /\b(s3fs|blobfuse2?|gcsfuse|goofys|geesefs|mountpoint-s3|rclone|ossfs|obsfs|cosfs)\b/;

/** Errors that make every write fail. Any other error means only that the file system lacks a feature. */
const stopping: ReadonlySet<string> = new Set(['DISK_FULL', 'READ_ONLY', 'DISK_ERROR', 'NO_PERMISSION']);

/**
 * Probes what the file system of a folder supports, with temporary files, which are removed afterwards.
 * @param folder absolute
 * @param mounts the list of mounts in the format of `/proc/self/mountinfo`; by default that file is read
 * @throws CaptionError if nothing can be written there: full, read-only, not permitted, gone, or the disk does not
 *   respond
 */
export async function probeFolder(folder: string, mounts?: string): Promise<FolderCapabilities> {
  const [file, other] = [newTemporaryName(), newTemporaryName()].map((name) => path.join(folder, name)) as [
    string,
    string,
  ];
  try {
    const flush = await writeProbe(file, 'first');
    const hardLinks = await isAble(async () => {
      await link(file, other);
      return (await readFile(other, 'utf8')) === 'first';
    });
    await unlink(other).catch(() => undefined);
    await writeProbe(other, 'second');
    const replaces = await isAble(async () => {
      await rename(other, file);
      return (await readFile(file, 'utf8')) === 'second';
    });
    const { type, source } = mountOf(
      await realPath(folder),
      mounts ?? (await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')),
    );
    const atomicRename = replaces && !objectStores.test(`${type} ${source}`);
    return { hardLinks, atomicRename, flush, fileSystem: type };
  } catch (thrown) {
    throw fileError(thrown, folder, 'save');
  } finally {
    for (const left of [file, other]) await unlink(left).catch(() => undefined);
  }
}

/** What the file system of a folder supports, in one sentence for the log. */
export function describeFolder(folder: string, capabilities: FolderCapabilities): string {
  const { hardLinks, atomicRename, flush, fileSystem } = capabilities;
  const able = (what: string, is: boolean): string => `${what}: ${is ? 'yes' : 'no'}`;
  const where = fileSystem === '' ? folder : `${folder} (${fileSystem})`;
  const abilities = [able('Hard links', hardLinks), able('atomic rename', atomicRename), able('flush', flush)];
  return `Captions are written to ${where}. ${abilities.join(', ')}.`;
}

/**
 * A warning for the user before captions are written to a folder; undefined if the folder supports all that matters.
 */
export function folderWarning({ hardLinks, atomicRename }: FolderCapabilities): string | undefined {
  if (!atomicRename) {
    return l10n.t(
      'The file system copies files to rename them, as those over object stores do: a caption may be seen half-written while it is saved. Let no other program write captions there meanwhile.',
    );
  }
  if (!hardLinks) {
    return l10n.t(
      'The file system has no hard links: a new caption is written under its own name at once, and may be cut off if the machine fails in that moment.',
    );
  }
  return undefined;
}

/** Creates a file with the text. @returns whether the file could be flushed */
async function writeProbe(file: string, text: string): Promise<boolean> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    return await isAble(async () => {
      await handle.sync();
      return true;
    });
  } finally {
    await handle.close();
  }
}

/**
 * Whether an operation works; false if the file system does not support it.
 * @throws the errors that make every write fail
 */
async function isAble(attempt: () => Promise<boolean>): Promise<boolean> {
  try {
    return await attempt();
  } catch (thrown) {
    // File systems without hard links report "not permitted", although creating a file was just permitted.
    if (errno(thrown) === 'EPERM' || errno(thrown) === 'EACCES') return false;
    const error = fileError(thrown, '', 'save');
    if (error instanceof CaptionError && stopping.has(error.code)) throw thrown;
    return false;
  }
}

/**
 * The mount that a folder is on: the one with the longest mount point that contains the folder. If two mounts have the
 * same mount point, it is the later one.
 */
function mountOf(folder: string, mounts: string): { type: string; source: string } {
  let best = { point: '', type: '', source: '' };
  for (const line of mounts.split('\n')) {
    // proc(5): id parent major:minor root MOUNT_POINT options optional... - TYPE SOURCE superoptions
    const [before = '', after = ''] = line.split(' - ');
    const point = (before.split(' ')[4] ?? '').replaceAll(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const [type = '', source = ''] = after.split(' ');
    const contains = point === '/' || folder === point || folder.startsWith(`${point}/`);
    if (point !== '' && contains && point.length >= best.point.length) best = { point, type, source };
  }
  return best;
}
