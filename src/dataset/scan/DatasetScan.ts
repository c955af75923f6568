import { setImmediate as nextTurn } from 'node:timers/promises';
import { Caption, type CaptionObserver } from '../captions/Caption';
import { fileError } from '../files/CaptionError';
import { decodeCaption } from '../captions/captionContent';
import type { DatasetImage } from '../captions/DatasetImage';
import { DatasetIndex } from './DatasetIndex';
import { captionPathOf } from '../files/imageFiles';
import { inSlices } from '../../base/inSlices';
import type { ScanRest } from './scanDataset';
import { captionKind, unpackPaths, type CaptionsRead, type ReadCaptions, type ScanBatch } from './scanMessages';
import { ScanThreads } from './ScanThreads';

/** What a scan needs of its dataset. */
export interface ScanContext {
  /** absolute */
  folder: string;
  captionExtension: string;
  /** what is known; when it is empty, it grows while the folder is read, else it stays until all was read */
  index: DatasetIndex;
  observer: CaptionObserver;
  /** read only captions whose file has another time or size than the one that was read */
  changedOnly: boolean;
  /** whether a caption was read or written by itself since the scan began: what the scan read may be older */
  isTouched: (caption: Caption) => boolean;
  /** called when {@link index} shows more images */
  onGrown: () => void;
  /** replaces the dataset's index by that of what the folder holds now */
  adopt: (index: DatasetIndex) => void;
  /** called with the number of images found so far, throttled to some 10 times a second */
  onProgress?: ((images: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface ScanOutcome {
  /** captions that have to be read by themselves */
  readAgain: Caption[];
  rest: ScanRest;
}

/** Batches in flight: read ahead of the one that is being added to the index. */
const batchesAhead = 6;
const progressPause = 100;

/** Reads a folder in threads and adds what they find to the index in slices, so that the event loop stays free. */
export class DatasetScan {
  private readonly known: DatasetIndex;
  private readonly next: DatasetIndex;
  private readonly live: boolean;
  private readonly readAgain: Caption[] = [];
  private readonly created: Caption[] = [];
  /** captions whose images changed */
  private readonly owners = new Map<Caption, string[]>();
  /** so far all images are those that are known, in their order; {@link next} is filled from the first difference on */
  private isSame: boolean;
  /** images requested from the threads, and images processed, while {@link isSame} */
  private asked = 0;
  private taken = 0;
  private found = 0;
  private lastProgress = -Infinity;

  constructor(private readonly context: ScanContext) {
    this.known = context.index;
    this.live = this.known.captions.size === 0;
    this.next = this.live ? this.known : new DatasetIndex();
    this.isSame = !this.live;
  }

  /** @throws CaptionError when the folder cannot be read; the signal's reason when aborted */
  async run(): Promise<ScanOutcome> {
    const { folder, captionExtension, signal } = this.context;
    const threads = new ScanThreads({ folder, captionExtension }, signal);
    let rest: ScanRest;
    try {
      rest = await this.readAll(threads);
    } finally {
      await threads.close();
    }
    await this.complete();
    return { readAgain: this.readAgain, rest };
  }

  private async readAll(threads: ScanThreads): Promise<ScanRest> {
    const waiting: ScanBatch[] = [];
    const reads: { batch: ScanBatch; reading: Promise<CaptionsRead> }[] = [];
    let wake: () => void = () => undefined;
    const scan = { ended: false };
    const dispatch = (): void => {
      while (reads.length < batchesAhead) {
        const batch = waiting.shift();
        if (batch === undefined) return;
        const reading = threads.readCaptions(this.request(batch));
        // It is awaited later; until then its failure must not count as unhandled.
        reading.catch(() => undefined);
        reads.push({ batch, reading });
      }
    };
    const scanning = threads.scan((batch) => {
      waiting.push(batch);
      this.progress(batch.hasCaption.length);
      wake();
    });
    const end = scanning.finally(() => {
      scan.ended = true;
      wake();
    });
    end.catch(() => undefined);
    // Of a small folder all comes at once: then the one thread that found the images also reads their captions.
    const pause = (): Promise<void> => new Promise<void>((resolve) => (wake = resolve)).then(() => nextTurn());
    await pause();
    for (;;) {
      dispatch();
      const read = reads.shift();
      if (read !== undefined) {
        const captions = await read.reading;
        dispatch();
        await this.takeIn(read.batch, captions);
        if (this.live && this.next.showGrowth()) this.context.onGrown();
        await nextTurn();
      } else if (scan.ended) {
        return scanning;
      } else {
        await pause();
      }
    }
  }

  private progress(images: number): void {
    this.found += images;
    const now = performance.now();
    if (now - this.lastProgress < progressPause) return;
    this.lastProgress = now;
    this.context.onProgress?.(this.found);
  }

  private request({ images, hasCaption }: ScanBatch): ReadCaptions {
    const wanted = hasCaption.slice();
    const { captionExtension, changedOnly } = this.context;
    if (this.live) return { images, wanted, known: undefined };
    const stamps = changedOnly ? new Float64Array(wanted.length * 2).fill(NaN) : undefined;
    for (const [index, path] of unpackPaths(images).entries()) {
      const expected = this.known.images[this.asked++];
      const caption =
        expected?.path === path ? expected.caption : this.known.captions.get(captionPathOf(path, captionExtension));
      if (caption === undefined) continue;
      if (!caption.isKnownAbsent) wanted[index] = 1;
      if (stamps === undefined || caption.unreadable !== undefined) continue;
      const { modified, size } = caption.stamp;
      stamps[index * 2] = modified;
      stamps[index * 2 + 1] = size;
    }
    return { images, wanted, known: stamps };
  }

  private async takeIn(batch: ScanBatch, read: CaptionsRead): Promise<void> {
    const { signal } = this.context;
    const { linked } = batch;
    const paths = unpackPaths(batch.images);
    const isNext = (path: string, index: number): boolean => this.known.images[this.taken + index]?.path === path;
    if (this.isSame && (linked || !paths.every(isNext))) await this.differ();
    let offset = 0;
    await inSlices(
      paths,
      (path, index) => {
        const caption = this.isSame ? this.sameCaption(path) : this.take(path, linked);
        if (caption !== undefined) this.tell(caption, read, index, offset);
        offset += read.lengths[index] ?? 0;
      },
      signal === undefined ? {} : { signal },
    );
  }

  /** The caption of the next image, which is known in this place, unless it was that of an image before. */
  private sameCaption(path: string): Caption | undefined {
    const caption = this.known.images[this.taken++]?.caption;
    return caption?.images[0] === path ? caption : undefined;
  }

  /** The images are others than those that are known: {@link next} gets those that were the same. */
  private async differ(): Promise<void> {
    this.isSame = false;
    await inSlices(this.known.images.slice(0, this.taken), ({ path }) => {
      this.take(path, false);
    });
  }

  /** Puts an image into {@link next}. @returns its caption, unless it was that of an image before */
  private take(path: string, linked: boolean): Caption | undefined {
    const caption = this.captionOf(path, captionPathOf(path, this.context.captionExtension));
    const image = this.imageOf(path, caption ?? this.sharedCaption(path));
    if (linked) this.next.addLinked(image);
    else this.next.append(image);
    return caption;
  }

  /** The caption of an image that this scan has not come upon yet. */
  private captionOf(path: string, captionPath: string): Caption | undefined {
    if (this.next.captions.has(captionPath)) return undefined;
    const known = this.live ? undefined : this.known.captions.get(captionPath);
    if (known === undefined) {
      const caption = new Caption(captionPath, [path]);
      this.created.push(caption);
      return caption;
    }
    if (known.imageCount !== 1 || known.images[0] !== path) this.owners.set(known, [path]);
    return known;
  }

  private sharedCaption(path: string): Caption {
    const captionPath = captionPathOf(path, this.context.captionExtension);
    const caption = this.next.captions.get(captionPath) ?? new Caption(captionPath, []);
    const images = [...(this.owners.get(caption) ?? caption.images), path];
    this.owners.set(caption, images);
    if (this.live) caption.images = images;
    return caption;
  }

  private imageOf(path: string, caption: Caption): DatasetImage {
    const known = this.live ? undefined : this.known.byPath.get(path);
    return known?.caption === caption ? known : { path, caption };
  }

  private tell(caption: Caption, read: CaptionsRead, index: number, offset: number): void {
    const kind = read.kinds[index];
    if (this.context.isTouched(caption)) {
      this.readAgain.push(caption);
    } else if (kind === captionKind.text) {
      const end = offset + (read.lengths[index] ?? 0);
      const raw = read.text.slice(offset, end);
      // A part of a string keeps the whole alive: fine for all of them, not for the few that changed.
      if (this.live) caption.readFromDisk({ raw });
      else if (caption.onDisk?.raw !== raw || caption.onDisk.foreign !== undefined) {
        caption.readFromDisk({ raw: Buffer.from(raw).toString() });
      }
    } else if (kind === captionKind.foreign) {
      const bytes = read.foreign.find((one) => one.index === index)?.bytes;
      if (bytes !== undefined) caption.readFromDisk(decodeCaption(bytes));
    } else if (kind === captionKind.failed) {
      const failure = read.failures.find((one) => one.index === index);
      const thrown = Object.assign(new Error(failure?.message), { code: failure?.code });
      caption.unreadable = fileError(thrown, `${this.context.folder}/${caption.path}`, 'read');
      if (this.live) this.observe(caption);
      return;
    } else if (kind !== captionKind.unchanged) {
      caption.readFromDisk(null);
    }
    caption.unreadable = undefined;
    if (kind === captionKind.text || kind === captionKind.foreign) {
      caption.stampAs(read.stamps[index * 2] ?? NaN, read.stamps[index * 2 + 1] ?? 0);
    }
    if (this.live) this.observe(caption);
  }

  private observe(caption: Caption): void {
    caption.observer = this.context.observer;
    this.context.observer.note(caption);
  }

  /** What was edited and is gone stays; what is new counts from now on. */
  private async complete(): Promise<void> {
    const { observer, adopt } = this.context;
    if (this.live) {
      this.next.arrange();
      return;
    }
    if (this.isSame) {
      if (this.taken === this.known.images.length) return;
      await this.differ();
    }
    const gone: Caption[] = [];
    await inSlices(this.known.captions, ([captionPath, caption]) => {
      if (!this.next.captions.has(captionPath)) gone.push(caption);
    });
    // From here to the adoption nothing else may run: it could edit what is about to be forgotten.
    const forgotten = gone.filter((caption) => !caption.isDirty);
    for (const caption of gone) {
      if (caption.isDirty) for (const path of caption.images) this.next.insert(this.imageOf(path, caption));
    }
    for (const [caption, images] of this.owners) caption.images = images;
    for (const caption of this.created) caption.observer = observer;
    this.next.arrange();
    if (!this.next.hasImagesOf(this.known)) adopt(this.next);
    await inSlices(this.created, (caption) => {
      observer.note(caption);
    });
    await inSlices(forgotten, (caption) => {
      observer.forget(caption);
    });
  }
}
