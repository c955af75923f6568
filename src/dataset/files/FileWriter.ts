import { lstatSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SerialQueue } from '../../base/SerialQueue';
import { writeFileSafely } from './writeFileSafely';

/** One caption file to write. */
export interface FileWrite {
  /** absolute path */
  file: string;
  /** what it should hold; null deletes it */
  content: string | null;
  /** what it holds now as far as the caller knows; null when it should not exist */
  expected: string | Uint8Array | null;
}

/** Writes caption files as {@link writeCaptionFile} does, wherever that is done. */
export interface FileWriter {
  write(write: FileWrite): Promise<string | null>;
  /** text of a file that an editor has and the disk has not; it stands for what the file holds */
  unsavedText?(file: string): string | undefined;
}

/**
 * Writes one file with {@link writeFileSafely}. A link is not deleted but gets one line end: without its target it
 * would be broken.
 * @returns what the file holds now; null when it is gone
 * @throws CaptionConflictError when the file holds something else; CaptionError with the reason when writing fails
 */
export function writeCaptionFile({ file, content, expected }: FileWrite): string | null {
  const written = content === null && isLink(file) ? '\n' : content;
  const before = typeof expected === 'string' ? Buffer.from(expected, 'utf8') : expected;
  writeFileSafely(file, written === null ? null : Buffer.from(written, 'utf8'), before);
  return written;
}

/** Writes on the caller's own thread, file by file, with a turn for everything else in between. */
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
