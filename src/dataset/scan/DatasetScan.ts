import { setImmediate as nextTurn } from 'node:timers/promises';
import { Caption, type CaptionObserver } from '../captions/Caption';
import { CaptionError, fileError, type CaptionErrorCode } from '../files/CaptionError';
import type { DatasetImage } from '../captions/DatasetImage';
import { DatasetIndex } from './DatasetIndex';
import { captionPathOf } from '../files/imageFiles';
import { inSlices } from '../../base/inSlices';
import type { ScanRest } from './scanDataset';
import {
  captionKind,
  unpackPaths,
  type CaptionsRead,
  type PackedPaths,
  type ReadCaptions,
  type ScanBatch,
} from './scanMessages';
import { ScanThreads } from './ScanThreads';

/** What a scan needs of its dataset. */
export interface ScanContext {
  /** absolute */
  folder: string;
  captionExtension: string;
  /**
   * the index so far; if it is empty, it is filled while the folder is read, otherwise it stays unchanged until all is
   * read
   */
  index: DatasetIndex;
  observer: CaptionObserver;
  /** read only captions whose file has changed its time or size since it was last read */
  changedOnly: boolean;
  /** whether a caption was read or written individually since the scan began: then what the scan read may be stale */
  isTouched: (caption: Caption) => boolean;
  /** called when {@link index} shows more images */
  onGrown: () => void;
  /** replaces the dataset's index by one of what the folder holds now */
  adopt: (index: DatasetIndex) => void;
  /** called with the number of images found so far, throttled to some 10 times a second */
  onProgress?: ((images: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface ScanOutcome {
  /** captions that have to be read individually */
  readAgain: Caption[];
  rest: ScanRest;
}

/** Maximum number of batches in flight, read ahead of the one that is being added to the index. */
const batchesAhead = 6;
const progressPause = 100;

/**
 * Reads a folder in worker threads and adds what they find to the index in slices, so that the event loop stays free.
 */
export class DatasetScan {
  private readonly known: DatasetIndex;
  private readonly next: DatasetIndex;
  private readonly live: boolean;
  private readonly readAgain: Caption[] = [];
  private readonly created: Caption[] = [];
  /** captions whose images changed */
  private readonly owners = new Map<Caption, string[]>();
  /** the files with several names whose content was asked for already */
  private readonly requestedFiles = new Set<string>();
  /**
   * the images found so far are the known ones, in the same order; {@link next} is filled from the first difference on
   */
  private isSame: boolean;
  /** the files of captions have other names than before */
  private hasOtherNames = false;
  /** images requested from the threads, and images processed, while {@link isSame} */
  private requested = 0;
  private processed = 0;
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
        // The promise is awaited later; until then, its rejection must not count as unhandled.
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
    // For a small folder all messages arrive at once. After this turn the thread that found the images is free again,
    // and also reads their captions.
    const pause = (): Promise<void> => new Promise<void>((resolve) => (wake = resolve)).then(() => nextTurn());
    await pause();
    for (;;) {
      dispatch();
      const read = reads.shift();
      if (read !== undefined) {
        const captions = await read.reading;
        dispatch();
        await this.addBatch(read.batch, captions);
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

  private request({ images, hasCaption, captionFiles }: ScanBatch): ReadCaptions {
    const wanted = hasCaption.slice();
    const { captionExtension, changedOnly } = this.context;
    if (this.live) {
      this.readSharedOnce(captionFiles, wanted);
      return { images, wanted, known: undefined };
    }
    const stamps = changedOnly ? new Float64Array(wanted.length * 2).fill(NaN) : undefined;
    for (const [index, path] of unpackPaths(images).entries()) {
      const expected = this.known.images[this.requested++];
      const caption =
        expected?.path === path ? expected.caption : this.known.captions.get(captionPathOf(path, captionExtension));
      if (caption === undefined) continue;
      if (!caption.isKnownAbsent) wanted[index] = 1;
      if (stamps === undefined || caption.unreadable !== undefined) continue;
      const { modified, size } = caption.stamp;
      stamps[index * 2] = modified;
      stamps[index * 2 + 1] = size;
    }
    this.readSharedOnce(captionFiles, wanted);
    return { images, wanted, known: stamps };
  }

  /** Asks for the content of a file with several names for the first image only: of the others it is not used. */
  private readSharedOnce(captionFiles: PackedPaths, wanted: Uint8Array): void {
    for (const [index, file] of unpackPaths(captionFiles).entries()) {
      if (file === '') continue;
      if (this.requestedFiles.has(file)) wanted[index] = 0;
      this.requestedFiles.add(file);
    }
  }

  private async addBatch(batch: ScanBatch, read: CaptionsRead): Promise<void> {
    const { signal } = this.context;
    const { linked } = batch;
    const paths = unpackPaths(batch.images);
    const files = unpackPaths(batch.captionFiles);
    const lookalikes = unpackPaths(batch.lookalikes);
    const namesAt = (index: number): CaptionFileNames => {
      return { file: files[index] ?? '', lookalike: lookalikes[index] ?? '' };
    };
    const isNext = (path: string, index: number): boolean =>
      this.known.images[this.processed + index]?.path === path && this.isNamedAsKnown(path, namesAt(index));
    if (this.isSame && (linked || !paths.every(isNext))) await this.startNextIndex();
    let offset = 0;
    await inSlices(
      paths,
      (path, index) => {
        const caption = this.isSame ? this.sameCaption(path) : this.addToNext(path, linked, namesAt(index));
        if (caption !== undefined) this.applyRead(caption, read, index, offset);
        offset += read.lengths[index] ?? 0;
      },
      signal === undefined ? {} : { signal },
    );
  }

  /**
   * The caption of the next image, which is the known image at this position; undefined if an earlier image shares the
   * caption.
   */
  private sameCaption(path: string): Caption | undefined {
    const caption = this.known.images[this.processed++]?.caption;
    return caption?.images[0] === path ? caption : undefined;
  }

  /** At the first difference from the known images: adds to {@link next} those that were the same so far. */
  private async startNextIndex(): Promise<void> {
    this.isSame = false;
    await inSlices(this.known.images.slice(0, this.processed), ({ path }) => {
      this.addToNext(path, false, this.knownNames(path));
    });
  }

  /** Adds an image to {@link next}. @returns its caption; undefined if an earlier image shares it */
  private addToNext(path: string, linked: boolean, { file, lookalike }: CaptionFileNames): Caption | undefined {
    const captionPath = captionPathOf(path, this.context.captionExtension);
    if (!this.live && !this.isNamedAsKnown(path, { file, lookalike })) this.hasOtherNames = true;
    const shared = this.next.captionAt(file === '' ? captionPath : file);
    const caption = shared ?? this.captionOf(path, captionPath);
    if (shared !== undefined) this.share(shared, path);
    this.next.addPath(captionPath, caption);
    if (file !== '') {
      this.next.captionFiles.set(captionPath, file);
      this.next.addPath(file, caption);
    }
    if (lookalike !== '') this.next.lookalikes.set(captionPath, lookalike);
    const image = this.imageOf(path, caption);
    if (linked) this.next.addLinked(image);
    else this.next.append(image);
    return shared === undefined ? caption : undefined;
  }

  private isNamedAsKnown(path: string, { file, lookalike }: CaptionFileNames): boolean {
    const { captionFiles, lookalikes } = this.known;
    if (file === '' && lookalike === '' && captionFiles.size === 0 && lookalikes.size === 0) return true;
    const known = this.knownNames(path);
    return known.file === file && known.lookalike === lookalike;
  }

  private knownNames(path: string): CaptionFileNames {
    const captionPath = captionPathOf(path, this.context.captionExtension);
    const { captionFiles, lookalikes } = this.known;
    return { file: captionFiles.get(captionPath) ?? '', lookalike: lookalikes.get(captionPath) ?? '' };
  }

  /** The caption of an image that this scan has found for no earlier one, known or new. */
  private captionOf(path: string, captionPath: string): Caption {
    const known = this.live ? undefined : this.known.captions.get(captionPath);
    if (known === undefined) {
      const caption = new Caption(captionPath, [path]);
      this.created.push(caption);
      return caption;
    }
    if (known.imageCount !== 1 || known.images[0] !== path) this.owners.set(known, [path]);
    return known;
  }

  private share(caption: Caption, path: string): void {
    // Added to one list, as hundreds of thousands of images may share one file.
    const images = this.owners.get(caption) ?? [...caption.images];
    images.push(path);
    this.owners.set(caption, images);
    if (this.live) caption.images = images;
  }

  private imageOf(path: string, caption: Caption): DatasetImage {
    const known = this.live ? undefined : this.known.byPath.get(path);
    return known?.caption === caption ? known : { path, caption };
  }

  private applyRead(caption: Caption, read: CaptionsRead, index: number, offset: number): void {
    const kind = read.kinds[index];
    // The file may be that of a caption which is known under another path.
    const isUnread = kind === captionKind.unchanged && caption.observer === undefined;
    if (this.context.isTouched(caption) || isUnread) {
      this.readAgain.push(caption);
    } else if (kind === captionKind.text) {
      const end = offset + (read.lengths[index] ?? 0);
      const raw = read.text.slice(offset, end);
      // A slice of a string keeps the whole string in memory: fine if all captions are slices, but not for the few that
      // changed.
      if (this.live) caption.readFromDisk({ raw });
      else if (caption.onDisk?.raw !== raw || caption.onDisk.foreign !== undefined) {
        caption.readFromDisk({ raw: Buffer.from(raw).toString() });
      }
    } else if (kind === captionKind.foreign) {
      const content = read.foreign.find((one) => one.index === index)?.content;
      if (content !== undefined) caption.readFromDisk(content);
    } else if (kind === captionKind.failed) {
      const failure = read.failures.find((one) => one.index === index);
      caption.unreadable = readError(failure, `${this.context.folder}/${caption.path}`);
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
    this.context.observer.captionChanged(caption);
  }

  /** Publishes the result: keeps deleted images whose captions have unsaved edits, and updates the counts. */
  private async complete(): Promise<void> {
    const { observer, adopt } = this.context;
    if (this.live) {
      this.next.arrange();
      return;
    }
    if (this.isSame) {
      if (this.processed === this.known.images.length) return;
      await this.startNextIndex();
    }
    const gone: Caption[] = [];
    await inSlices(this.known.captions, ([captionPath, caption]) => {
      if (!this.next.captions.has(captionPath)) gone.push(caption);
    });
    // No `await` from here to `adopt`: other code could edit a caption that is about to be forgotten.
    const moved = gone.filter((caption) => caption.isDirty && this.heirOf(caption) !== undefined);
    for (const caption of gone) {
      if (!caption.isDirty || moved.includes(caption)) continue;
      for (const path of caption.images) this.next.insert(this.imageOf(path, caption));
    }
    const forgotten = gone.filter((caption) => !caption.isDirty).concat(moved);
    for (const [caption, images] of this.owners) caption.images = images;
    for (const caption of this.created) caption.observer = observer;
    for (const caption of moved) this.heirOf(caption)?.takeOver(caption);
    this.next.arrange();
    if (this.hasOtherNames || !this.next.hasImagesOf(this.known)) adopt(this.next);
    await inSlices(this.created, (caption) => {
      observer.captionChanged(caption);
    });
    await inSlices(forgotten, (caption) => {
      observer.forget(caption);
    });
  }

  /** The caption that an image of a caption which is gone has now: its file is the same, or was until now. */
  private heirOf(caption: Caption): Caption | undefined {
    const heir = caption.images.find((path) => this.next.byPath.has(path));
    return heir === undefined ? undefined : this.next.byPath.get(heir)?.caption;
  }
}

/** Further names of a caption's file; empty where there are none. */
interface CaptionFileNames {
  /** `ListedImage.captionFile` */
  file: string;
  /** `ListedImage.lookalike` */
  lookalike: string;
}

/** The codes of a thread's errors that are those of captions; others are the system's. */
const ownCodes: readonly CaptionErrorCode[] = [
  'CAPTION_TOO_LARGE',
  'CAPTION_DAMAGED',
  'CAPTION_LINK_BROKEN',
  'FILE_ERROR',
];

function isOwnCode(code: string | undefined): code is CaptionErrorCode {
  return ownCodes.some((one) => one === code);
}

/** The error of a thread that could not read a caption file. */
function readError(failure: CaptionsRead['failures'][number] | undefined, file: string): CaptionError {
  const { code, message } = failure ?? {};
  if (isOwnCode(code)) return new CaptionError(code, message ?? '', file);
  return fileError(Object.assign(new Error(message), { code }), file, 'read');
}
