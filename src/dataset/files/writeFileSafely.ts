import {
  accessSync,
  closeSync,
  constants,
  linkSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  type Stats,
} from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { CaptionConflictError, CaptionError, fileError } from './CaptionError';
import { errno } from '../../base/errno';
import { AccessLists } from './accessLists';
import { brokenLink, flush, readNow, removeQuietly, sameBytes, writeAll } from './fileBytes';
import { giveAccessOf } from './giveAccessOf';
import { patiently } from './patiently';
import { newTemporaryName } from './temporaryNames';
import { writeInPlace } from './writeInPlace';

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
const accessLists = new AccessLists();

/** These files are about to be written: what all of them need to know of their folders is asked once. */
export function announceWrites(files: readonly string[]): void {
  accessLists.announce(files);
}

/**
 * Replaces, creates or deletes a small file so that at every moment, also after a crash or on a full disk, it holds
 * either the old or the new content, whole. A file whose content is not as expected is not changed; one that holds the
 * wanted content already, or by the time that something stands in the way, is a success. Symbolic links are written
 * through; owner, group, mode and access list are kept.
 *
 * The new content goes to a temporary file in the same folder, is flushed to the disk, then renamed (a new file is
 * linked, so that it never replaces one that appeared meanwhile). Written by hand because the packages for this were
 * measured to truncate on a full disk. A file whose owner, group or access list another file cannot be given is written
 * in place instead, see {@link writeInPlace}. Synchronous, for use in worker threads: that is several times as fast as
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
    if (current !== null) refuseProtected(file, target);
    if (content === null) removeFile(target);
    else {
      inTries(file, target, () => {
        if (expected === null) create(file, target, content);
        else replace(file, target, content, expected);
      });
    }
  } catch (thrown) {
    if (isInTheWay(thrown) && holds(file, content)) return;
    throw fileError(thrown, file, content === null ? 'delete' : 'save');
  }
}

/**
 * Whether an error may be about a file that this call itself made or removed: a network file system that lost the first
 * answer asks its server again and passes on that answer (link(2), BUGS). Or another program made the same change.
 */
function isInTheWay(thrown: unknown): boolean {
  return thrown instanceof CaptionConflictError || errno(thrown) === 'EEXIST' || errno(thrown) === 'ENOENT';
}

function holds(file: string, content: Uint8Array | null): boolean {
  try {
    return sameBytes(readNow(resolveLink(file)), content);
  } catch {
    return false;
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
    patiently(unlinkSync, target);
  } catch (thrown) {
    if (!isGoneFrom(path.dirname(target), thrown)) throw thrown;
  }
}

/**
 * Replaces or creates a file. Another program may remove the temporary file: one that cleans up, or one that cannot
 * know that this process lives, because it runs in another container.
 */
function inTries(file: string, target: string, write: () => void): void {
  for (let tries = 1; ; tries++) {
    try {
      write();
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

function create(file: string, target: string, content: Uint8Array): void {
  const temporary = path.join(path.dirname(target), newTemporaryName());
  try {
    writeFlushed(temporary, content, undefined);
    linkNew(file, temporary, target, content);
  } finally {
    removeQuietly(temporary);
  }
}

function replace(file: string, target: string, content: Uint8Array, expected: Uint8Array): void {
  const before = statSync(target, { throwIfNoEntry: false });
  if (before === undefined) throw new CaptionConflictError(file, null);
  const temporary = path.join(path.dirname(target), newTemporaryName());
  let renamed = false;
  try {
    // Node can give no access list to another file, nor take the one away that a new file inherits from its folder.
    // Where only the owner may do anything, none matters.
    const isListed =
      (before.mode & 0o077) !== 0 &&
      (accessLists.has(target, before.ctimeMs) || accessLists.hasFolder(path.dirname(target)));
    if (isListed || !writeFlushed(temporary, content, before)) {
      removeQuietly(temporary);
      writeInPlace(file, target, content, expected);
      return;
    }
    const current = readNow(target);
    if (!sameBytes(current, expected)) throw new CaptionConflictError(file, current);
    patiently(renameSync, temporary, target);
    renamed = true;
  } finally {
    if (!renamed) removeQuietly(temporary);
  }
}

/** @returns whether the new file has the owner, group and mode of the one before; if not, nothing was written to it */
function writeFlushed(temporary: string, content: Uint8Array, before: Stats | undefined): boolean {
  // The new file must never have wider permissions than the old one, not even for a moment.
  const handle = openSync(temporary, 'wx', before === undefined ? 0o666 : 0o600);
  try {
    if (before !== undefined && !giveAccessOf(before, handle)) return false;
    writeAll(handle, content);
    flush(handle);
    return true;
  } finally {
    closeSync(handle);
  }
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

/**
 * Refuses a write-protected file: a rename replaces and an unlink removes even such a one. Where a file has several
 * names, its protection holds for root, too, who may write everything: caches of DVC and git-annex protect the files
 * that stand for all equal ones, and for their hash.
 */
function refuseProtected(file: string, target: string): void {
  const { mode, nlink } = statSync(target);
  if ((mode & 0o222) === 0 && (target !== file || nlink > 1)) {
    const message = l10n.t(
      'The caption is a link to a write-protected file, as DVC and git-annex make them. Unlock it first (dvc unprotect, git annex unlock).',
    );
    throw new CaptionError('NO_PERMISSION', message, file);
  }
  accessSync(target, constants.W_OK);
}

function resolveLink(file: string): string {
  const info = lstatSync(file, { throwIfNoEntry: false });
  if (info?.isSymbolicLink() !== true) return file;
  let target: string;
  try {
    target = realpathSync(file);
  } catch (thrown) {
    throw brokenLink(file, thrown);
  }
  if (!target.includes('\ufffd') || statSync(target, { throwIfNoEntry: false }) !== undefined) return target;
  const message = l10n.t('The caption is a link to a file whose name is not UTF-8. Rename that.');
  throw new CaptionError('CAPTION_LINK_BROKEN', message, file);
}
