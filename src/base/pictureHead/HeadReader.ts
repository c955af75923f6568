import type { ByteSource } from './ByteSource';

/** In bytes: most heads fit into the first read, which costs no more than any part of a disk's page. */
const firstRead = 4096;
/**
 * Each read is so many times as long as the one before, so that a long head takes few reads, and for a short one
 * little is read.
 */
const growth = 4;
/** Telephones store pictures of several MB, such as depths, in front of the pixels of a JPEG. */
const longestRead = 16 * 1024 * 1024;
/** Whatever a file claims, it costs no more reads than this, of 39 MB in all. */
const mostReads = 8;

/** Reads bytes of a file: `length` of them from `position` on, fewer where the file ends before. */
export type ReadAt = (position: number, length: number) => Buffer;

/** The head of a file: what stands in front of its pixels, wherever that is, found with a few reads. */
export class HeadReader implements ByteSource {
  /** what has been read so far */
  private readonly windows: { start: number; bytes: Buffer }[] = [];

  /** @param size of the file, in bytes */
  constructor(
    readonly size: number,
    private readonly readAt: ReadAt,
  ) {}

  bytes(at: number, length: number): Buffer | undefined {
    const found = this.window(at, length);
    return found?.bytes.subarray(at - found.start, at - found.start + length);
  }

  /** The byte at `at`; undefined where {@link bytes} gives none. */
  byte(at: number): number | undefined {
    const found = this.window(at, 1);
    return found?.bytes[at - found.start];
  }

  /** The position of the first byte with this value, from `at` on; undefined if there is none within reach. */
  find(value: number, at: number): number | undefined {
    if (this.byte(at) === value) return at;
    for (let from = at; ;) {
      const known = this.known(from);
      if (known === undefined) return undefined;
      const index = known.indexOf(value);
      if (index >= 0) return from + index;
      from += known.length;
    }
  }

  /** All that is known from `at` on, in one piece; more of the file is read if that is nothing. */
  known(at: number): Buffer | undefined {
    const found = this.window(at, 1);
    return found?.bytes.subarray(at - found.start);
  }

  private window(at: number, length: number): { start: number; bytes: Buffer } | undefined {
    if (!(at >= 0 && at + length <= this.size)) return undefined;
    for (let index = this.windows.length - 1; index >= 0; index--) {
      const window = this.windows[index];
      if (window !== undefined && window.start <= at && at + length <= window.start + window.bytes.length)
        return window;
    }
    return this.read(at, length);
  }

  private read(at: number, length: number): { start: number; bytes: Buffer } | undefined {
    if (length > longestRead || this.windows.length >= mostReads) return undefined;
    const usual = Math.min(firstRead * growth ** this.windows.length, longestRead);
    const bytes = this.readAt(at, Math.min(Math.max(usual, length), this.size - at));
    const window = { start: at, bytes };
    this.windows.push(window);
    // The file may have been cut short meanwhile.
    return bytes.length >= length ? window : undefined;
  }
}
