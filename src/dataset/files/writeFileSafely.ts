import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { CaptionConflictError, CaptionError, fileError } from './CaptionError';
import { errno } from '../../base/errno';
import { identityText, isAlive, parseIdentity, thisProcess, type ProcessIdentity } from '../../base/processIdentity';

/** The maker's identity, then what tells its files apart. */
const temporaryName = /^\.dataset-captions-(.+)-[0-9a-f]{8}\.tmp$/;
/** Names of version 0.1.0: the process id, 16 bits of a hash of the host name, and a random number. */
const oldTemporaryName = /^\.dataset-captions-\d+-[0-9a-f]{12}\.tmp$/;
/** What any other call would run into as well; where there are no hard links, systems answer all kinds of things. */
const notForLackOfLinks: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'ESTALE', 'ETIMEDOUT']);
/** What file systems answer that do not know a call. */
const unknownCall: ReadonlySet<string> = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/** Whether a file name is one that {@link writeFileSafely} gives to its temporary files. */
export function isTemporaryName(name: string): boolean {
  return oldTemporaryName.test(name) || makerOf(name) !== undefined;
}

/** A new name for a temporary file, by which it is known as one when the process that made it is gone. */
export function newTemporaryName(): string {
  return `.dataset-captions-${identityText(thisProcess())}-${randomBytes(4).toString('hex')}.tmp`;
}

/**
 * Whether a temporary file's name says that a process made it which is known to be dead. Names of version 0.1.0 never
 * do: they do not tell containers with one host name apart.
 */
export function isOfDeadProcess(name: string): boolean {
  const maker = makerOf(name);
  return maker !== undefined && isAlive(maker) === 'dead';
}

function makerOf(name: string): ProcessIdentity | undefined {
  return parseIdentity(temporaryName.exec(name)?.[1] ?? '');
}

/**
 * Replaces, creates or deletes a small file so that at every moment, also after a crash or on a full disk, it holds
 * either the old or the new content, whole. A file that is not as expected is left alone. Symbolic links are written
 * through; mode and, where allowed, owner are kept.
 *
 * The new content goes to a temporary file in the same folder, is flushed to the disk, then renamed (a new file is
 * linked, so that it never replaces one that appeared meanwhile). Written by hand because the packages for this were
 * measured to truncate on a full disk. Synchronous, for threads: that is several times as fast as with promises.
 *
 * @param file absolute path
 * @param content the new content; null deletes the file
 * @param expected what the file holds now as far as the caller knows; null when it should not exist
 * @throws CaptionConflictError when the file holds something else; CaptionError with the reason when writing fails
 */
export function writeFileSafely(file: string, content: Uint8Array | null, expected: Uint8Array | null): void {
  try {
    const target = resolveLink(file);
    const current = readNow(target);
    if (sameBytes(current, content)) return;
    if (!sameBytes(current, expected)) throw new CaptionConflictError(file, current);
    // A rename replaces and an unlink removes a write-protected file without asking.
    if (current !== null) accessSync(target, constants.W_OK);
    if (content === null) unlinkSync(target);
    else replace(file, target, content, expected);
  } catch (thrown) {
    throw fileError(thrown, file, content === null ? 'delete' : 'save');
  }
}

/** Makes renames and new names in a folder last over a power cut. Not every system can; then nothing happens. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows and some network file systems refuse; the content itself was flushed.
  }
}

function replace(file: string, target: string, content: Uint8Array, expected: Uint8Array | null): void {
  const before = expected === null ? undefined : statSync(target);
  const temporary = path.join(path.dirname(target), newTemporaryName());
  let renamed = false;
  try {
    writeFlushed(temporary, content, before);
    if (expected === null) {
      linkNew(file, temporary, target, content);
    } else {
      const current = readNow(target);
      if (!sameBytes(current, expected)) throw new CaptionConflictError(file, current);
      renameSync(temporary, target);
      renamed = true;
    }
  } finally {
    if (!renamed) removeQuietly(temporary);
  }
}

function writeFlushed(temporary: string, content: Uint8Array, before: Stats | undefined): void {
  // Never more open than the old file, not even for a moment.
  const handle = openSync(temporary, 'wx', before === undefined ? 0o666 : before.mode & 0o666);
  try {
    writeAll(handle, content);
    if (before !== undefined) keepOwnerAndMode(handle, before);
    flush(handle);
  } finally {
    closeSync(handle);
  }
}

/** The system may take a part only. */
function writeAll(handle: number, content: Uint8Array): void {
  for (let at = 0; at < content.length;) {
    const count = writeSync(handle, content, at, content.length - at, at);
    // Not seen on any file system, but it would never end.
    if (count === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    at += count;
  }
}

function flush(handle: number): void {
  try {
    fsyncSync(handle);
  } catch (thrown) {
    // Some mounted file systems do not know it; what was written there is as safe as it gets.
    if (!unknownCall.has(errno(thrown) ?? '')) throw thrown;
  }
}

function keepOwnerAndMode(handle: number, before: Stats): void {
  const made = fstatSync(handle);
  const chowned = made.uid !== before.uid || made.gid !== before.gid;
  if (chowned) {
    try {
      fchownSync(handle, before.uid, before.gid);
    } catch {
      // Only root may give files away.
    }
  }
  // After chown, which clears special bits; without the umask that open() applied. Only where it differs: some
  // mounted file systems refuse every chmod.
  const { mode } = chowned ? fstatSync(handle) : made;
  if (process.platform !== 'win32' && mode !== before.mode) fchmodSync(handle, before.mode & 0o7777);
}

/** Gives the content its final name unless that name is taken by now. */
function linkNew(file: string, temporary: string, target: string, content: Uint8Array): void {
  try {
    linkSync(temporary, target);
  } catch (thrown) {
    if (errno(thrown) === 'EEXIST') throw new CaptionConflictError(file, readNow(target));
    if (notForLackOfLinks.has(errno(thrown) ?? '')) throw thrown;
    writeNew(file, target, content);
  }
}

/**
 * Where there are no hard links (FAT, file systems over object stores): a file that nobody else made, read back when it
 * is written. A rename could take the place of one that another program made meanwhile.
 */
function writeNew(file: string, target: string, content: Uint8Array): void {
  let handle: number;
  try {
    handle = openSync(target, 'wx', 0o666);
  } catch (thrown) {
    if (errno(thrown) === 'EEXIST') throw new CaptionConflictError(file, readNow(target));
    throw thrown;
  }
  let complete = false;
  try {
    try {
      writeAll(handle, content);
      flush(handle);
    } finally {
      closeSync(handle);
    }
    complete = sameBytes(readNow(target), content);
    if (!complete) throw new CaptionError('DISK_ERROR', l10n.t('The file does not hold what was written to it.'), file);
  } finally {
    if (!complete) removeQuietly(target);
  }
}

function resolveLink(file: string): string {
  const info = lstatSync(file, { throwIfNoEntry: false });
  if (info?.isSymbolicLink() !== true) return file;
  try {
    return realpathSync(file);
  } catch (thrown) {
    throw new CaptionError(
      'CAPTION_LINK_BROKEN',
      l10n.t('The caption is a link to a file that does not exist.'),
      file,
      thrown,
    );
  }
}

/**
 * The bytes of a file, null when there is none.
 * @throws the error of the system; CaptionError for anything but a file
 */
function readNow(file: string): Uint8Array | null {
  const info = statSync(file, { throwIfNoEntry: false });
  if (info === undefined) return null;
  if (!info.isFile()) throw notAFile(file);
  try {
    return readFileSync(file);
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

/** Reading a pipe would wait for ever. */
export function notAFile(file: string): CaptionError {
  return new CaptionError(
    'FILE_ERROR',
    l10n.t('A folder, or something else that is no file, has the name of the caption file.'),
    file,
  );
}

function removeQuietly(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It was never made.
  }
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return Buffer.compare(a, b) === 0;
}
