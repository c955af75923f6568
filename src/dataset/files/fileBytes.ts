import { fsyncSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';
import * as l10n from '@vscode/l10n';
import { errno } from '../../base/errno';
import { CaptionError } from './CaptionError';
import { refuseTooLarge } from './captionSize';

/** The errors with which file systems report that they do not support a call. */
const unknownCall: ReadonlySet<string> = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/** Writes all of the content: one call may write only a part of it. */
export function writeAll(handle: number, content: Uint8Array): void {
  for (let at = 0; at < content.length;) {
    const count = writeSync(handle, content, at, content.length - at, at);
    // Never seen on any file system, but the loop would never end.
    if (count === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    at += count;
  }
}

export function flush(handle: number): void {
  try {
    fsyncSync(handle);
  } catch (thrown) {
    // Some mounted file systems do not support flushing; nothing more can be done there.
    if (!unknownCall.has(errno(thrown) ?? '')) throw thrown;
  }
}

/**
 * The bytes of a caption file, null when there is none.
 * @throws the error of the system; CaptionError for anything but a file, and for one that is too large for a caption
 */
export function readNow(file: string): Uint8Array | null {
  const info = statSync(file, { throwIfNoEntry: false });
  if (info === undefined) return null;
  if (!info.isFile()) throw notAFile(file);
  refuseTooLarge(file, info.size);
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

/** The error for a link to a file that is not there, as in DVC and git-annex before the content is got. */
export function brokenLink(file: string, cause?: unknown): CaptionError {
  const message = l10n.t('The caption is a link to a file that does not exist.');
  return new CaptionError('CAPTION_LINK_BROKEN', message, file, cause);
}

export function removeQuietly(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // The file was never created.
  }
}

export function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return Buffer.compare(a, b) === 0;
}
