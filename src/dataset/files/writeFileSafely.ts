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

/** Names of temporary files: the identity of the process that made the file, and a random number. */
const temporaryName = /^\.dataset-captions-(.+)-[0-9a-f]{8}\.tmp$/;
/** Names of version 0.1.0: the process id, 16 bits of a hash of the host name, and a random number. */
const oldTemporaryName = /^\.dataset-captions-\d+-[0-9a-f]{12}\.tmp$/;
/**
 * Errors of `link` that any other call would meet as well; any other error may mean that there are no hard links,
 * because systems report that in many ways.
 */
const notForLackOfLinks: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EIO',
  'ESTALE',
  'ETIMEDOUT',
]);
/** How often a write is tried if another program removes its temporary file. */
const triesPerWrite = 3;
/** The errors with which file systems report that they do not support a call. */
const unknownCall: ReadonlySet<string> = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/** Whether a file name is one that {@link writeFileSafely} gives to its temporary files. */
export function isTemporaryName(name: string): boolean {
  return oldTemporaryName.test(name) || makerOf(name) !== undefined;
}

/**
 * A new, unique name for a temporary file, which identifies the process so that the file can be recognised as a
 * leftover once the process is gone.
 */
export function newTemporaryName(): string {
  return `.dataset-captions-${identityText(thisProcess())}-${randomBytes(4).toString('hex')}.tmp`;
}

/**
 * Whether a temporary file, judging by its name and disk, was made by a process that is known to be dead. Always false
 * for names of version 0.1.0: they do not distinguish containers with the same host name.
 * @param modified when the file was written last, in milliseconds since 1970
 */
export function isOfDeadProcess(file: string, modified?: number): boolean {
  const maker = makerOf(path.basename(file));
  return maker !== undefined && isAlive(maker, modified, file) === 'dead';
}

function makerOf(name: string): ProcessIdentity | undefined {
  return parseIdentity(temporaryName.exec(name)?.[1] ?? '');
}

/**
 * Replaces, creates or deletes a small file so that at every moment, also after a crash or on a full disk, it holds
 * either the old or the new content, whole. A file whose content is not as expected is not changed. Symbolic links are
 * written through; mode and, where allowed, owner are kept.
 *
 * The new content goes to a temporary file in the same folder, is flushed to the disk, then renamed (a new file is
 * linked, so that it never replaces one that appeared meanwhile). Written by hand because the packages for this were
 * measured to truncate on a full disk. Synchronous, for use in worker threads: that is several times as fast as
 * asynchronous calls.
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
    // Check the permission: a rename replaces and an unlink removes even a write-protected file.
    if (current !== null) accessSync(target, constants.W_OK);
    if (content === null) removeFile(target);
    else replaceInTries(file, target, content, expected);
  } catch (thrown) {
    throw fileError(thrown, file, content === null ? 'delete' : 'save');
  }
}

/**
 * Flushes a folder, so that renames and new names in it survive a power cut. Does nothing on systems that cannot do it.
 */
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

/** Deletes a file, unless another program just did. */
function removeFile(target: string): void {
  try {
    unlinkSync(target);
  } catch (thrown) {
    if (!isGoneFrom(path.dirname(target), thrown)) throw thrown;
  }
}

/**
 * Replaces or creates a file. Another program may remove the temporary file: one that cleans up, or one that cannot
 * know that this process lives, because it runs in another container.
 */
function replaceInTries(file: string, target: string, content: Uint8Array, expected: Uint8Array | null): void {
  for (let tries = 1; ; tries++) {
    try {
      replace(file, target, content, expected);
      return;
    } catch (thrown) {
      if (!isGoneFrom(path.dirname(target), thrown)) throw thrown;
      if (tries < triesPerWrite) continue;
      const message = l10n.t('Another program removed the new file before it had its name. Nothing was changed.');
      throw new CaptionError('DISK_ERROR', message, file, thrown);
    }
  }
}

/** Whether an error says that a file is missing, in a folder that is there. */
function isGoneFrom(folder: string, thrown: unknown): boolean {
  return errno(thrown) === 'ENOENT' && statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}

function replace(file: string, target: string, content: Uint8Array, expected: Uint8Array | null): void {
  const before = expected === null ? undefined : statSync(target, { throwIfNoEntry: false });
  if (expected !== null && before === undefined) throw new CaptionConflictError(file, null);
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
  // The new file must never have wider permissions than the old one, not even for a moment.
  const handle = openSync(temporary, 'wx', before === undefined ? 0o666 : before.mode & 0o666);
  try {
    writeAll(handle, content);
    if (before !== undefined) keepOwnerAndMode(handle, before);
    flush(handle);
  } finally {
    closeSync(handle);
  }
}

/** Writes all of the content: one call may write only a part of it. */
function writeAll(handle: number, content: Uint8Array): void {
  for (let at = 0; at < content.length;) {
    const count = writeSync(handle, content, at, content.length - at, at);
    // Never seen on any file system, but the loop would never end.
    if (count === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    at += count;
  }
}

function flush(handle: number): void {
  try {
    fsyncSync(handle);
  } catch (thrown) {
    // Some mounted file systems do not support flushing; nothing more can be done there.
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
      // Only root may change the owner.
    }
  }
  // After chown, because that clears special bits. It also undoes the umask that open() applied. Only if the mode
  // differs, because some mounted file systems refuse every chmod.
  const { mode } = chowned ? fstatSync(handle) : made;
  if (process.platform !== 'win32' && mode !== before.mode) fchmodSync(handle, before.mode & 0o7777);
}

/** Gives the new file its final name, unless that name is taken by now. */
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
 * For file systems without hard links (FAT, file systems over object stores): creates the file under its final name,
 * fails if it exists, and reads it back afterwards. A rename could replace a file that another program created
 * meanwhile.
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

/** The error for anything but a regular file: reading a pipe, for example, would wait forever. */
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
    // The file was never created.
  }
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return Buffer.compare(a, b) === 0;
}
