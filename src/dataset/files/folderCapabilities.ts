import { link, open, readFile, realpath, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { CaptionError, fileError } from './CaptionError';
import { errno } from '../../base/errno';
import { newTemporaryName } from './writeFileSafely';

/** What the file system of a folder can do for files that must never be half-written. */
export interface FolderCapabilities {
  /** a new file can get its name in one step, and never in place of another one */
  hardLinks: boolean;
  /** a file is replaced in one step, as far as can be told */
  atomicRename: boolean;
  /** the system can be asked to put a file on the disk */
  flush: boolean;
  /** such as `ext4` or `fuse.s3fs`; empty where the system does not say */
  fileSystem: string;
}

/**
 * File systems over object stores rename by copying and deleting (s3fs' README, blobfuse's and gcsfuse's lists of what
 * they do not support, rclone mount's manual). Each calls itself so in the list of mounts, as type or as source.
 */
const objectStores = /\b(s3fs|blobfuse2?|gcsfuse|goofys|geesefs|mountpoint-s3|rclone|ossfs|obsfs|cosfs)\b/;

/** What stops every write, unlike what a file system just does not have. */
const stopping: ReadonlySet<string> = new Set(['DISK_FULL', 'READ_ONLY', 'DISK_ERROR', 'NO_PERMISSION']);

/**
 * Finds out what a folder can do, with temporary files of its own, which it removes.
 * @param folder absolute
 * @param mounts the text of the system's list of mounts, as `/proc/self/mountinfo` has it; read where it is not given
 * @throws CaptionError where nothing can be written there: full, read-only, not permitted, gone, or the disk does not
 *   answer
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
      await realpath(folder),
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

/** What a folder can do, in one sentence for the log. */
export function describeFolder(folder: string, capabilities: FolderCapabilities): string {
  const { hardLinks, atomicRename, flush, fileSystem } = capabilities;
  const able = (what: string, is: boolean): string => `${what}: ${is ? 'yes' : 'no'}`;
  const where = fileSystem === '' ? folder : `${folder} (${fileSystem})`;
  const abilities = [able('Hard links', hardLinks), able('atomic rename', atomicRename), able('flush', flush)];
  return `Captions are written to ${where}. ${abilities.join(', ')}.`;
}

/** What somebody should know who writes to such a folder; undefined where it can do everything that matters. */
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

/** @returns whether the file could be flushed */
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

/** Whether something can be done; false where the file system does not know it. @throws what would stop every write */
async function isAble(attempt: () => Promise<boolean>): Promise<boolean> {
  try {
    return await attempt();
  } catch (thrown) {
    // Systems without links say "not permitted"; the file before this was permitted.
    if (errno(thrown) === 'EPERM' || errno(thrown) === 'EACCES') return false;
    const error = fileError(thrown, '', 'save');
    if (error instanceof CaptionError && stopping.has(error.code)) throw thrown;
    return false;
  }
}

/** The mount that a folder is on: of those that contain it the longest, of equal ones the last. */
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
