import { lstat, readFile, stat } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import type { Caption } from './Caption';
import { CaptionConflictError, CaptionError, fileError } from '../files/CaptionError';
import { errno } from '../../base/errno';
import { decodeCaption, foreignError, refuseDamaged } from './captionContent';
import { byteOrderMark } from '../../tags/byteOrderMark';
import type { FileWriter } from '../files/FileWriter';
import { refuseTooLarge } from '../files/captionSize';
import { brokenLink, notAFile } from '../files/fileBytes';

/**
 * The bytes of a caption file, null when there is none.
 * @throws the error of the system, or CaptionError for anything but a file (reading a pipe would wait forever), and for
 *   one that is too large for a caption
 */
export async function readIfThere(file: string): Promise<Uint8Array | null> {
  try {
    const info = await stat(file);
    if (!info.isFile()) throw notAFile(file);
    refuseTooLarge(file, info.size);
    return await readFile(file);
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

/**
 * Reads a caption file into its caption, or records why it cannot be read.
 * @param unsavedText unsaved text of an editor, which takes precedence over the file
 */
export async function readCaptionFile(caption: Caption, file: string, unsavedText?: string): Promise<void> {
  try {
    if (unsavedText !== undefined) {
      refuseTooLarge(file, Buffer.byteLength(unsavedText));
      const mark = caption.onDisk?.raw.startsWith(byteOrderMark) === true ? byteOrderMark : '';
      caption.readFromDisk({ raw: mark + unsavedText });
      caption.unreadable = undefined;
      return;
    }
    const bytes = await readIfThere(file);
    if (bytes !== null) refuseDamaged(file, bytes);
    else if (await isLink(file)) throw brokenLink(file);
    caption.readFromDisk(bytes === null ? null : decodeCaption(bytes));
    caption.unreadable = undefined;
  } catch (thrown) {
    caption.unreadable = fileError(thrown, file, 'read');
  }
}

async function isLink(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isSymbolicLink();
  } catch {
    return false;
  }
}

/**
 * Writes the unsaved edit of a caption. If a conflict or an error prevents that, the caption records it.
 * @param onStart called when a write begins
 * @returns whether the file now holds what the caption held when the write began
 */
export async function saveCaptionFile(
  caption: Caption,
  file: string,
  writer: FileWriter,
  onStart: () => void,
): Promise<boolean> {
  if (!caption.isDirty) return true;
  if (caption.inConflict) return false;
  const { raw, onDisk, bytesToRestore, steps } = caption;
  if (caption.foreignEncoding !== undefined && bytesToRestore === undefined) {
    caption.failure = foreignError(caption.foreignEncoding, file);
    return false;
  }
  caption.writing();
  onStart();
  const expected = onDisk?.foreign?.bytes ?? onDisk?.raw ?? null;
  try {
    if (bytesToRestore !== undefined) {
      await writer.write({ file, content: bytesToRestore.bytes, expected });
      caption.written(raw, bytesToRestore);
      return true;
    }
    const written = await writer.write({ file, content: raw, expected, steps });
    // The writer wrote something other than requested: adopt that, unless the caption was edited meanwhile.
    if (written !== raw && caption.raw === raw) caption.setRaw(written);
    caption.written(written);
    return true;
  } catch (thrown) {
    const conflict = thrown instanceof CaptionConflictError;
    // Another program wrote the same, or the disk reported that this write's own file was in its way: nothing to solve.
    if (conflict && isWritten(thrown.theirs, bytesToRestore?.bytes ?? raw)) {
      caption.written(raw, bytesToRestore);
      return true;
    }
    caption.notWritten(conflict ? undefined : fileError(thrown, file, 'save'));
    if (!conflict) return false;
    caption.readFromDisk(thrown.theirs === null ? null : decodeCaption(thrown.theirs));
    // A window that is gone has written what the edit passed through.
    return needsWrite(caption) && saveCaptionFile(caption, file, writer, onStart);
  }
}

function needsWrite({ isDirty, inConflict }: Caption): boolean {
  return isDirty && !inConflict;
}

function isWritten(theirs: Uint8Array | null, content: string | Uint8Array | null): boolean {
  if (theirs === null || content === null) return theirs === content;
  return Buffer.compare(theirs, typeof content === 'string' ? Buffer.from(content, 'utf8') : content) === 0;
}

/** @throws CaptionError when the file could not be read, or is not UTF-8 and the user has not agreed to convert it */
export function refuseUnwritable(caption: Caption, file: string): void {
  const reason = unwritableReason(caption, file);
  if (reason !== undefined) throw reason;
}

/** Why a caption must not be written; see {@link refuseUnwritable}. */
export function unwritableReason(caption: Caption, file: string): CaptionError | undefined {
  const encoding = caption.foreignEncoding;
  return caption.unreadable ?? (encoding === undefined ? undefined : foreignError(encoding, file));
}

/** The error for a generated caption that was not written because the user edited the caption meanwhile. */
export function editedMeanwhile(file: string): CaptionError {
  return new CaptionError('CAPTION_EDITED', l10n.t('The caption was edited meanwhile; the edit was kept.'), file);
}
