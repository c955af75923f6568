import { lstatSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FoundTags } from '../../tags/FoundTags';
import { SerialQueue } from '../../base/SerialQueue';
import { refuseTooLarge } from './captionSize';
import { writeFileSafely } from './writeFileSafely';

/** What a file holds, as UTF-8 or as bytes; null: there is none. */
export type FileContent = string | Uint8Array | null;

/** Who made an edit, for the record of who wrote what. */
export interface EditAuthor {
  by: 'hand' | 'bulk' | 'import' | 'tagger' | 'captioner';
  /** of a bulk edit, of what the texts came from, of the tagger, or of the profile of a captioner */
  name?: string;
  /** the id of the job whose captioner it is */
  job?: string;
  /** of each model of a tagger */
  thresholds?: readonly { general: number; character: number }[];
  /** divides the tags of a tagger, where that is no comma */
  separator?: string;
  /** what a tagger found in the picture, or the parts of what a captioner wrote: only that counts as written by it */
  found?: FoundTags;
  /** tags that a person wanted from that tagger in every caption: they count as the person's */
  asked?: readonly string[];
}

/** One of the edits that a write saves. */
export interface EditStep {
  /** `undo`: edits were taken back or made again, so that what stood earlier stands again */
  by: EditAuthor | 'undo';
  /** what the file should hold after it; null: there should be none */
  after: string | null;
}

/** One caption file to write. */
export interface FileWrite {
  /** absolute path */
  file: string;
  /** what it should hold; null deletes it */
  content: FileContent;
  /** what it holds now as far as the caller knows; null when it should not exist */
  expected: FileContent;
  /** the edits that are saved, from `expected` on, as far as their caller said who made them */
  steps?: readonly EditStep[];
}

/** Writes caption files as {@link writeCaptionFile} does, on whichever thread. */
export interface FileWriter {
  write(write: FileWrite): Promise<string | null>;
  /** the unsaved text of a file that is open in an editor; it takes precedence over the file's content on the disk */
  unsavedText?(file: string): string | undefined;
}

/**
 * Writes one file with {@link writeFileSafely}. The target of a symbolic link is not deleted but gets one line end:
 * without its target the link would be broken.
 * @returns the text that the file holds now; null when it is gone, or has got bytes
 * @throws CaptionConflictError when the file holds something else; CaptionError with the reason when writing fails
 */
export function writeCaptionFile({ file, content, expected }: FileWrite): string | null {
  const written = content === null && isLink(file) ? '\n' : content;
  const bytes = bytesOf(written);
  if (bytes !== null) refuseTooLarge(file, bytes.length);
  writeFileSafely(file, bytes, bytesOf(expected));
  return typeof written === 'string' ? written : null;
}

function bytesOf(content: FileContent): Uint8Array | null {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}

/** Writes on the caller's thread, one file at a time, and yields to the event loop before each. */
export class InPlaceWriter implements FileWriter {
  private readonly writes = new SerialQueue();

  write(write: FileWrite): Promise<string | null> {
    return this.writes.run(async () => {
      await nextTurn();
      return writeCaptionFile(write);
    });
  }
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
