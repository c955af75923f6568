import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { CaptionConflictError } from './CaptionError';
import { flush, notAFile, readNow, removeQuietly, sameBytes, writeAll } from './fileBytes';
import { noFollow, nonBlocking } from './openFlags';
import { newSavingName } from './temporaryNames';

/** The old and the new content of a file, while a write may be half done. */
interface Saving {
  /** the name of the file in the folder of the note */
  file: string;
  before: Uint8Array;
  after: Uint8Array;
}

interface Note extends Saving {
  /** when it was written, in milliseconds since 1970 */
  made: number;
}

/** The result for a write that was cut off: the file now has the new content, or what somebody else wrote since. */
export interface CutSave {
  /** absolute */
  file: string;
  outcome: 'finished' | 'changed since';
}

/** Systems write files in pieces of this many bytes: a write that is cut off ends between two of them. */
const page = 4096;
/** A file that was changed this long after its note was made was changed by somebody else, in milliseconds. */
const longestWrite = 5000;

/** The largest note that is read, in bytes: two captions of the largest size in base64, with room to spare. */
const largestNote = 8 * 1024 * 1024;

/**
 * Writes an existing file over its old content. Owner, group, mode, access list, extended attributes and further names
 * of the file stay what they are, but another program may read it half-written. Old and new content lie beside the file
 * meanwhile, in a note that only this user can read: after a crash {@link finishSave} completes what was begun.
 * @param file as the caller names it, for errors; the note lies in its folder
 * @param target the same file, links resolved
 * @throws CaptionConflictError when the file does not hold `expected`; the error of the system, and the file holds what
 *   it held
 */
export function writeInPlace(file: string, target: string, content: Uint8Array, expected: Uint8Array): void {
  const handle = openSync(target, constants.O_RDWR | nonBlocking | noFollow);
  try {
    if (!fstatSync(handle).isFile()) throw notAFile(file);
    const note = path.join(path.dirname(file), newSavingName());
    try {
      writeNote(note, { file: path.basename(file), before: expected, after: content });
      const current = readFileSync(handle);
      if (!sameBytes(current, expected)) throw new CaptionConflictError(file, current);
    } catch (thrown) {
      removeQuietly(note);
      throw thrown;
    }
    try {
      overwrite(handle, content);
    } catch (thrown) {
      // Where the old content cannot be put back either, the note stays.
      overwrite(handle, expected);
      removeQuietly(note);
      throw thrown;
    }
    removeQuietly(note);
  } finally {
    closeSync(handle);
  }
}

/**
 * Completes a write in place of a process that ended meanwhile, and removes its note. A file that holds neither the old
 * content nor the new nor what the write may leave when it is cut off, or was changed later, is somebody else's by now:
 * it is not touched, and the note stays.
 * @param note absolute
 * @returns undefined if there was nothing to do, or the note is not one that this user wrote
 * @throws the error of the system
 */
export function finishSave(note: string): CutSave | undefined {
  const saving = readNote(note);
  if (saving === undefined) return undefined;
  const file = path.join(path.dirname(note), saving.file);
  const current = readNow(file);
  if (current === null || sameBytes(current, saving.before) || sameBytes(current, saving.after)) {
    removeQuietly(note);
    return undefined;
  }
  const isOfWrite = statSync(file).mtimeMs <= saving.made + longestWrite;
  if (!isOfWrite || !isTorn(current, saving)) return { file, outcome: 'changed since' };
  const handle = openSync(file, constants.O_RDWR | nonBlocking);
  try {
    if (!fstatSync(handle).isFile() || !sameBytes(readFileSync(handle), current)) return undefined;
    overwrite(handle, saving.after);
  } finally {
    closeSync(handle);
  }
  removeQuietly(note);
  return { file, outcome: 'finished' };
}

function overwrite(handle: number, content: Uint8Array): void {
  writeAll(handle, content);
  ftruncateSync(handle, content.length);
  flush(handle);
}

function writeNote(note: string, { file, before, after }: Saving): void {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const handle = openSync(note, 'wx', 0o600);
  try {
    writeAll(handle, Buffer.from(JSON.stringify({ file, before: base64(before), after: base64(after) })));
    flush(handle);
  } finally {
    closeSync(handle);
  }
  syncFolderNow(path.dirname(note));
}

/**
 * Reads a note. Only one that this user wrote and nobody else can write or read is believed: whoever may make files in
 * a folder must not decide what this user writes there.
 */
function readNote(note: string): Note | undefined {
  const handle = openSync(note, constants.O_RDONLY | nonBlocking | noFollow);
  try {
    const info = fstatSync(handle);
    const isOurs = info.uid === process.geteuid?.() && (info.mode & 0o077) === 0 && info.nlink === 1;
    if (!info.isFile() || !isOurs || info.size > largestNote) return undefined;
    const saving = parseNote(readFileSync(handle, 'utf8'));
    // A note that is cut off itself: the file was not touched yet.
    if (saving === undefined) removeQuietly(note);
    return saving && { ...saving, made: info.mtimeMs };
  } finally {
    closeSync(handle);
  }
}

function parseNote(text: string): Saving | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { file, before, after } = value as Record<string, unknown>;
  if (typeof file !== 'string' || typeof before !== 'string' || typeof after !== 'string') return undefined;
  if (path.basename(file) !== file || file === '' || file === '.' || file === '..') return undefined;
  return { file, before: Buffer.from(before, 'base64'), after: Buffer.from(after, 'base64') };
}

/**
 * Whether a content is one that a write may leave that is cut off: each page holds the new bytes, the old ones, or none
 * (0) after a power cut; the file is as long as before or after, or ends with a page while it grows. An edit looks like
 * that only if it makes of the text just what the write had made of it.
 */
function isTorn(current: Uint8Array, { before, after }: Saving): boolean {
  const { length } = current;
  const isWhole = length === before.length || length === after.length;
  if (!isWhole && (length % page !== 0 || length > after.length)) return false;
  // The old end stays until the file is truncated.
  const written = Buffer.concat([after, before.subarray(after.length)]);
  for (let start = 0; start < length; start += page) {
    const part = current.subarray(start, start + page);
    const isOf = (content: Uint8Array): boolean => sameBytes(part, content.subarray(start, start + part.length));
    if (!isOf(written) && !isOf(before) && !part.every((byte) => byte === 0)) return false;
  }
  return true;
}

function syncFolderNow(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Some network file systems refuse; the note itself was flushed.
  }
}
