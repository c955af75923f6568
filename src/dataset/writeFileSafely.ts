import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { access, link, lstat, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { CaptionConflictError, CaptionError, errno, fileError } from './CaptionError';

const temporaryName = /^\.dataset-captions-\d+-[0-9a-f]{12}\.tmp$/;

/** Whether a file name is one that {@link writeFileSafely} gives to its temporary files. */
export function isTemporaryName(name: string): boolean {
  return temporaryName.test(name);
}

/**
 * Replaces, creates or deletes a small file so that at every moment, also after a crash or on a full disk, it holds
 * either the old or the new content, whole. A file that is not as expected is left alone. Symbolic links are written
 * through; mode and, where allowed, owner are kept.
 *
 * The new content goes to a temporary file in the same folder, is flushed to the disk, then renamed (a new file is
 * linked, so that it never replaces one that appeared meanwhile). Written by hand because the packages for this were
 * measured to truncate on a full disk.
 *
 * @param file absolute path
 * @param content the new content; null deletes the file
 * @param expected what the file holds now as far as the caller knows; null when it should not exist
 * @throws CaptionConflictError when the file holds something else; CaptionError with the reason when writing fails
 */
export async function writeFileSafely(
  file: string,
  content: Uint8Array | null,
  expected: Uint8Array | null,
): Promise<void> {
  try {
    const target = await resolveLink(file);
    const current = await readIfThere(target);
    if (sameBytes(current, content)) return;
    if (!sameBytes(current, expected)) throw new CaptionConflictError(file, current);
    // A rename replaces and an unlink removes a write-protected file without asking.
    if (current !== null) await access(target, constants.W_OK);
    if (content === null) await unlink(target);
    else await replace(file, target, content, expected);
  } catch (thrown) {
    throw fileError(thrown, file, content === null ? 'delete' : 'save');
  }
}

/**
 * The bytes of a file, null when there is none.
 * @throws the error of the system, or CaptionError for anything but a file: reading a pipe would wait for ever
 */
export async function readIfThere(file: string): Promise<Uint8Array | null> {
  try {
    if (!(await stat(file)).isFile()) throw new CaptionError('FILE_ERROR', 'This is not a file.', file);
    return await readFile(file);
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return null;
    throw thrown;
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

async function replace(file: string, target: string, content: Uint8Array, expected: Uint8Array | null): Promise<void> {
  const before = expected === null ? undefined : await stat(target);
  const folder = path.dirname(target);
  const temporary = path.join(folder, `.dataset-captions-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFlushed(temporary, content, before);
    if (expected === null) {
      await linkNew(file, temporary, target);
    } else {
      const current = await readIfThere(target);
      if (!sameBytes(current, expected)) throw new CaptionConflictError(file, current);
      await rename(temporary, target);
    }
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

async function writeFlushed(temporary: string, content: Uint8Array, before: Stats | undefined): Promise<void> {
  // Never more open than the old file, not even for a moment.
  const handle = await open(temporary, 'wx', before === undefined ? 0o666 : before.mode & 0o666);
  try {
    await handle.writeFile(content);
    if (before !== undefined) {
      const made = await handle.stat();
      if (made.uid !== before.uid || made.gid !== before.gid) {
        await handle.chown(before.uid, before.gid).catch(() => undefined);
      }
      // After chown, which clears special bits; without the umask that open() applied. Only where it differs: some
      // mounted file systems refuse every chmod.
      const { mode } = await handle.stat();
      if (process.platform !== 'win32' && mode !== before.mode) await handle.chmod(before.mode & 0o7777);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives the temporary file its final name unless that name is taken by now. */
async function linkNew(file: string, temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (thrown) {
    if (errno(thrown) === 'EEXIST') throw new CaptionConflictError(file, await readIfThere(target));
    if (errno(thrown) === 'ENOSPC' || errno(thrown) === 'EDQUOT') throw thrown;
    // File systems without hard links (FAT, many network ones): look, then rename.
    const current = await readIfThere(target);
    if (current !== null) throw new CaptionConflictError(file, current);
    await rename(temporary, target);
  }
}

async function resolveLink(file: string): Promise<string> {
  let info: Stats;
  try {
    info = await lstat(file);
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return file;
    throw thrown;
  }
  if (!info.isSymbolicLink()) return file;
  try {
    return await realpath(file);
  } catch (thrown) {
    throw new CaptionError('CAPTION_LINK_BROKEN', 'The caption is a link to a file that does not exist.', file, thrown);
  }
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return Buffer.compare(a, b) === 0;
}
