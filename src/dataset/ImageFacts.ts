import { setImmediate as nextTurn } from 'node:timers/promises';
import { packPaths, type FactsRead } from './scan/scanMessages';
import { ScanThreads } from './scan/ScanThreads';

/** What is known of an image file. */
export interface ImageFact {
  /** time of the last modification, in milliseconds since 1970 */
  modified: number;
  /** in bytes */
  fileSize: number;
  /**
   * in pixels, as the picture is shown: turned where its file says so; only once {@link ImageFacts.loadSizes} found it
   */
  width?: number;
  height?: number;
}

export interface FactsOptions {
  /** of the images to look at, relative to the dataset; all of it by default */
  paths?: readonly string[];
  signal?: AbortSignal;
  /** called with the number of images looked at so far, and of all that have to be */
  onProgress?: (done: number, total: number) => void;
}

/** How far an image was looked at. */
const [unknown, outdated, statKnown, sizeKnown] = [0, 1, 2, 3];
const imagesInBatch = 500;

/**
 * Times and sizes of image files, read by threads when they are asked for, and kept in arrays of numbers. They are
 * forgotten when the file is known to have changed.
 */
export class ImageFacts {
  private readonly slots = new Map<string, number>();
  private states = new Uint8Array(0);
  /** for each slot: modification time and file size */
  private stats = new Float64Array(0);
  /** for each slot: width and height, 0 where they cannot be read */
  private pixels = new Uint32Array(0);

  /**
   * @param folder of the dataset, absolute
   * @param images all images of the dataset
   */
  constructor(
    private readonly folder: string,
    private readonly images: () => readonly { path: string }[],
  ) {}

  /** What is known of an image; undefined before it was looked at, and where its file cannot be read. */
  get(path: string): ImageFact | undefined {
    const slot = this.slots.get(path);
    if (slot === undefined || this.states[slot] === unknown) return undefined;
    const [modified = NaN, fileSize = NaN] = this.stats.subarray(slot * 2, slot * 2 + 2);
    if (Number.isNaN(modified)) return undefined;
    const [width = 0, height = 0] = this.pixels.subarray(slot * 2, slot * 2 + 2);
    return width > 0 ? { modified, fileSize, width, height } : { modified, fileSize };
  }

  /** Learns time and file size of the images that it does not know yet. @throws the signal's reason when aborted */
  loadStats(options: FactsOptions = {}): Promise<void> {
    return this.load(false, options);
  }

  /**
   * Learns the size in pixels, and with it time and file size, of the images that it does not know yet. Where a file is
   * no image that can be measured, the size stays unknown.
   * @throws the signal's reason when aborted
   */
  loadSizes(options: FactsOptions = {}): Promise<void> {
    return this.load(true, options);
  }

  /** Forgets what is known of an image: its file has changed. */
  forget(path: string): void {
    const slot = this.slots.get(path);
    if (slot !== undefined) this.states[slot] = unknown;
  }

  /** Files may have changed: what is known still shows, but is looked at again with the next load. */
  expire(): void {
    for (const [slot, state] of this.states.entries()) if (state !== unknown) this.states[slot] = outdated;
  }

  private async load(pixels: boolean, { paths, signal, onProgress }: FactsOptions): Promise<void> {
    signal?.throwIfAborted();
    const wanted = (paths ?? this.images().map(({ path }) => path)).filter((path) => {
      const state = this.states[this.slots.get(path) ?? this.states.length] ?? unknown;
      return state < (pixels ? sizeKnown : statKnown);
    });
    if (wanted.length === 0) return;
    const count = wanted.length <= imagesInBatch ? 1 : 0;
    const threads = new ScanThreads({ folder: this.folder, captionExtension: '' }, signal, count);
    try {
      let next = 0;
      let done = 0;
      const work = async (): Promise<void> => {
        while (next < wanted.length) {
          const part = wanted.slice(next, next + imagesInBatch);
          next += part.length;
          const facts = await threads.readFacts({ images: packPaths(part), pixels });
          for (const [index, path] of part.entries()) this.take(path, index, facts, pixels);
          done += part.length;
          onProgress?.(done, wanted.length);
          await nextTurn();
        }
      };
      // Two for each thread: it must not wait for this thread to give it more.
      await Promise.all(Array.from({ length: threads.count * 2 }, work));
    } finally {
      await threads.close();
    }
  }

  private take(path: string, index: number, { stats, pixels }: FactsRead, withPixels: boolean): void {
    const slot = this.slotOf(path);
    const [modified = NaN, fileSize = NaN] = stats.subarray(index * 2, index * 2 + 2);
    const same = this.stats[slot * 2] === modified && this.stats[slot * 2 + 1] === fileSize;
    const hadSize = same && this.states[slot] !== unknown && (this.pixels[slot * 2] ?? 0) > 0;
    this.stats[slot * 2] = modified;
    this.stats[slot * 2 + 1] = fileSize;
    if (withPixels) {
      this.pixels[slot * 2] = pixels[index * 2] ?? 0;
      this.pixels[slot * 2 + 1] = pixels[index * 2 + 1] ?? 0;
    } else if (!hadSize) this.pixels.fill(0, slot * 2, slot * 2 + 2);
    this.states[slot] = withPixels || hadSize ? sizeKnown : statKnown;
  }

  private slotOf(path: string): number {
    const known = this.slots.get(path);
    if (known !== undefined) return known;
    const slot = this.slots.size;
    this.slots.set(path, slot);
    if (slot >= this.states.length) {
      const room = Math.max(1024, slot * 2);
      this.states = grown(this.states, new Uint8Array(room));
      this.stats = grown(this.stats, new Float64Array(room * 2));
      this.pixels = grown(this.pixels, new Uint32Array(room * 2));
    }
    return slot;
  }
}

function grown<Values extends { set(values: Values): void }>(old: Values, room: Values): Values {
  room.set(old);
  return room;
}
