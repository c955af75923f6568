import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { JobError } from '../jobs/JobError';
import { imageOfLine, imagesFile } from '../jobs/folder/JobFolder';
import type { JobImage } from '../jobs/jobTypes';

const lineEnd = 0x0a;

/**
 * The images of a job, kept as the bytes of their file and a table of line offsets: with ten million images, an object
 * for each would need too much memory. Objects are made on access.
 */
export class ImageList {
  /** the offset of each line, and the end of the last one */
  private readonly starts: Float64Array;

  private constructor(private readonly bytes: Buffer) {
    const starts = [0];
    for (let end = bytes.indexOf(lineEnd); end !== -1; end = bytes.indexOf(lineEnd, end + 1)) starts.push(end + 1);
    this.starts = Float64Array.from(starts);
  }

  /** Reads the list of a job. @param folder of the job. @throws JobError JOB_UNREADABLE */
  static async read(folder: string): Promise<ImageList> {
    try {
      return new ImageList(await readFile(path.join(folder, imagesFile)));
    } catch (thrown) {
      throw new JobError('JOB_UNREADABLE', 'The list of images of the job cannot be read.', folder, thrown);
    }
  }

  get length(): number {
    return this.starts.length - 1;
  }

  /** The relative path of an image; empty if the index is out of range. */
  path(index: number): string {
    return this.image(index)?.path ?? '';
  }

  /** An image; undefined if the index is out of range. */
  image(index: number): JobImage | undefined {
    const [start, end] = [this.starts[index], this.starts[index + 1]];
    if (start === undefined || end === undefined) return undefined;
    return imageOfLine(this.bytes.toString('utf8', start, end - 1));
  }

  /** The offset in the file of the line of an image, in bytes; for an index out of range, the length of the file. */
  offset(index: number): number {
    return this.starts[index] ?? this.bytes.length;
  }

  /** All bytes of the file. */
  get content(): Uint8Array {
    return this.bytes;
  }
}
