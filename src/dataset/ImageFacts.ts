import { setImmediate as nextTurn } from 'node:timers/promises';
import { packPaths, type FactsRead } from './scan/scanMessages';
import { ScanThreads } from './scan/ScanThreads';

/** Properties of an image file. */
export interface ImageFact {
  /** time of the last modification, in milliseconds since 1970 */
  modified: number;
  /** in bytes */
  fileSize: number;
  /**
   * in pixels, as shown, that is with the rotation that the file specifies; only after {@link ImageFacts.loadSizes} has
   * read it
   */
  width?: number;
  height?: number;
}

export interface FactsOptions {
  /** paths of the images to load, relative to the dataset; all images by default */
  paths?: readonly string[];
  signal?: AbortSignal;
  /** called with the number of images loaded so far, and of all images to load */
  onProgress?: (done: number, total: number) => void;
}

/** How much is known of an image; `outdated` facts are stale. */
const [unknown, outdated, statKnown, sizeKnown] = [0, 1, 2, 3];
const imagesInBatch = 500;

/**
 * A cache of times and sizes of image files. Worker threads read them on demand, and typed arrays hold them. A file's
 * facts are invalidated when the file is known to have changed.
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

  /** The cached facts of an image; undefined if they were not loaded yet or the file cannot be read. */
  get(path: string): ImageFact | undefined {
    const slot = this.slots.get(path);
    if (slot === undefined || this.states[slot] === unknown) return undefined;
    const [modified = NaN, fileSize = NaN] = this.stats.subarray(slot * 2, slot * 2 + 2);
    if (Number.isNaN(modified)) return undefined;
    const [width = 0, height = 0] = this.pixels.subarray(slot * 2, slot * 2 + 2);
    return width > 0 ? { modified, fileSize, width, height } : { modified, fileSize };
  }

  /**
   * Loads the modification time and file size of those images for which they are not known.
   * @throws the signal's reason when aborted
   */
  loadStats(options: FactsOptions = {}): Promise<void> {
    return this.load(false, options);
  }

  /**
   * Loads the size in pixels, the modification time and the file size of those images for which they are not known. If
   * the size of an image cannot be read, it stays undefined.
   * @throws the signal's reason when aborted
   */
  loadSizes(options: FactsOptions = {}): Promise<void> {
    return this.load(true, options);
  }

  /** Invalidates the facts of an image whose file has changed. */
  forget(path: string): void {
    const slot = this.slots.get(path);
    if (slot !== undefined) this.states[slot] = unknown;
  }

  /**
   * Marks all facts as stale, because files may have changed: they are still returned, but the next load reads them
   * again.
   */
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
          for (const [index, path] of part.entries()) this.store(path, index, facts, pixels);
          done += part.length;
          onProgress?.(done, wanted.length);
          await nextTurn();
        }
      };
      // Two requests in flight per worker thread, so that it never waits for the main thread to send the next one.
      await Promise.all(Array.from({ length: threads.count * 2 }, work));
    } finally {
      await threads.close();
    }
  }

  private store(path: string, index: number, { stats, pixels }: FactsRead, withPixels: boolean): void {
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
