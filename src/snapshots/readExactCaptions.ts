import { setImmediate as nextTurn } from 'node:timers/promises';
import { captionPathOf } from '../dataset/files/imageFiles';
import {
  captionKind,
  exactHashLength,
  stampLength,
  unpackPaths,
  type ExactRead,
  type ScanBatch,
} from '../dataset/scan/scanMessages';
import { ScanThreads } from '../dataset/scan/ScanThreads';
import { keyOf, noCaption, unreadCaption, type CaptionKey } from './store/captionKey';
import type { ImageList } from './store/imageLists';
import type { KnownCaptions } from './store/KnownCaptions';

/**
 * Contents that replace those on the disk, such as unsaved text: bytes, or null for no file; by the path of the
 * caption.
 */
export type GivenCaptions = ReadonlyMap<string, Uint8Array | null>;

export interface ExactReading {
  /** with the captions, absolute */
  folder: string;
  /** with its dot */
  captionExtension: string;
  /** contents that need not be read again if the file is unchanged */
  known: KnownCaptions | undefined;
  /** takes precedence over the disk */
  given?: GivenCaptions | undefined;
  signal?: AbortSignal | undefined;
  /** called with the number of images so far */
  onProgress?: ((images: number) => void) | undefined;
  /** called with each content that differs from `known`, and awaited */
  onContent: (key: CaptionKey, content: Uint8Array) => void | Promise<void>;
}

/** The captions of a folder by their contents. */
export interface ExactCaptions extends ImageList {
  images: string[];
  keys: CaptionKey[];
  stamps: Float64Array;
}

/** How many batches of images are read ahead. */
const batchesAhead = 6;

/**
 * Reads the exact contents of all captions of a folder, in threads.
 * @throws CaptionError when the folder cannot be read; the signal's reason; whatever `onContent` throws
 */
export async function readExactCaptions(reading: ExactReading): Promise<ExactCaptions> {
  const { folder, captionExtension, signal, onProgress } = reading;
  const threads = new ScanThreads({ folder, captionExtension }, signal);
  const taken = new TakenCaptions(reading);
  const waiting: ScanBatch[] = [];
  const reads: { images: string[]; request: KnownOfBatch; read: Promise<ExactRead> }[] = [];
  const scan = { ended: false };
  let wake = (): void => undefined;
  try {
    const scanning = threads
      .scan((batch) => {
        waiting.push(batch);
        wake();
      })
      .finally(() => {
        scan.ended = true;
        wake();
      });
    // Awaited later; until then its rejection must not count as unhandled.
    scanning.catch(() => undefined);
    const dispatch = (): void => {
      while (reads.length < batchesAhead && waiting.length > 0) {
        const batch = waiting.shift();
        if (batch === undefined) return;
        const images = unpackPaths(batch.images);
        const request = taken.knownOf(images, batch.hasCaption);
        const read = threads.readExact({ images: batch.images, wanted: request.wanted, known: request.stamps });
        read.catch(() => undefined);
        reads.push({ images, request, read });
      }
    };
    for (;;) {
      dispatch();
      const next = reads.shift();
      if (next !== undefined) {
        await taken.add(next.images, next.request, await next.read);
        onProgress?.(taken.length);
        await nextTurn();
      } else if (scan.ended) {
        await scanning;
        return taken.captions;
      } else {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
  } finally {
    await threads.close();
  }
}

/** The known captions of a batch of images. */
interface KnownOfBatch {
  wanted: Uint8Array;
  stamps: Float64Array;
  /** for each image, its index in the list of known captions; -1 if it is not in there */
  places: Int32Array;
}

class TakenCaptions {
  private readonly images: string[] = [];
  private readonly keys: CaptionKey[] = [];
  private readonly stamps: Float64Array[] = [];
  /** images mostly come in the order of the known captions */
  private nextKnown = 0;
  private knownPlaces: Map<string, number> | undefined;

  constructor(private readonly reading: ExactReading) {}

  get length(): number {
    return this.images.length;
  }

  get captions(): ExactCaptions {
    const stamps = new Float64Array(this.images.length * stampLength);
    let end = 0;
    for (const part of this.stamps) {
      stamps.set(part, end);
      end += part.length;
    }
    return { images: this.images, keys: this.keys, stamps };
  }

  knownOf(images: readonly string[], hasCaption: Uint8Array): KnownOfBatch {
    const stamps = new Float64Array(images.length * stampLength).fill(NaN);
    const wanted = Uint8Array.from(hasCaption);
    const places = new Int32Array(images.length).fill(-1);
    const { known } = this.reading;
    for (const [index, image] of images.entries()) {
      if (this.givenOf(image) !== undefined) wanted[index] = 0;
      const place = known === undefined ? -1 : this.placeOf(image, known);
      if (known === undefined || place < 0 || known.keys[place] === unreadCaption) continue;
      places[index] = place;
      stamps.set(known.stamps.subarray(place * stampLength, (place + 1) * stampLength), index * stampLength);
    }
    return { wanted, stamps, places };
  }

  async add(images: readonly string[], { places }: KnownOfBatch, read: ExactRead): Promise<void> {
    const { known, onContent } = this.reading;
    const hashes = Buffer.from(read.hashes.buffer);
    let end = 0;
    for (const [index, image] of images.entries()) {
      const start = end;
      end += read.lengths[index] ?? 0;
      const given = this.givenOf(image);
      let key = noCaption;
      if (given !== undefined) {
        if (given !== null) await onContent((key = keyOf(given)), given);
        // A given content is not that of the file, so its stamp must not be kept.
        read.stamps.fill(NaN, index * stampLength, (index + 1) * stampLength);
      } else if (read.kinds[index] === captionKind.unchanged) {
        key = known?.keys[places[index] ?? -1] ?? unreadCaption;
      } else if (read.kinds[index] === captionKind.text) {
        key = hashes.toString('latin1', index * exactHashLength, (index + 1) * exactHashLength);
        const adding = onContent(key, read.bytes.subarray(start, end));
        if (adding !== undefined) await adding;
      } else if (read.kinds[index] === captionKind.failed) {
        key = unreadCaption;
      }
      this.images.push(image);
      this.keys.push(key);
    }
    this.stamps.push(read.stamps);
  }

  private givenOf(image: string): Uint8Array | null | undefined {
    const { given, captionExtension } = this.reading;
    if (given === undefined || given.size === 0) return undefined;
    return given.get(captionPathOf(image, captionExtension));
  }

  private placeOf(image: string, { images }: KnownCaptions): number {
    if (images[this.nextKnown] === image) return this.nextKnown++;
    this.knownPlaces ??= new Map(images.map((known, place) => [known, place]));
    const place = this.knownPlaces.get(image) ?? -1;
    if (place >= 0) this.nextKnown = place + 1;
    return place;
  }
}
