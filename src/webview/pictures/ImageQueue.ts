import {
  defaultPictureSettings,
  type PictureRegion,
  type PictureSettings,
  previewSizeFor,
  thumbnailSize,
} from '../../protocol/page/pictureProtocol';
import { LinkMeter } from './LinkMeter';
import { costOf, isCostly, prefetchCount, sharpSlotsFor, slotsFor } from './loadPlan';
import { ScrollPace } from './ScrollPace';

/** Identifies an image; a changed file has a new version and counts as a new image. */
export interface ImageKey {
  path: string;
  imageVersion: string;
}

/** An image near the viewport. */
export interface WantedImage extends ImageKey {
  /** whether it is visible; an image that stays in view gets a sharp picture */
  inView?: boolean;
  /** the address of its thumbnail, if the host sent it with the card */
  thumbnail?: string | undefined;
}

/** A picture of an image: its thumbnail, or a larger one of the whole image or of a region. */
export interface Picture extends ImageKey {
  /** the longer side in pixels; undefined for the thumbnail */
  size?: number;
  region?: PictureRegion;
}

/** The state of an image on its card. */
export type ImageState<T> = { state: 'waiting' } | { state: 'ready'; image: T } | { state: 'failed'; reason: string };

/** How a picture is requested. */
export interface AskOptions {
  /** the previous address failed to load, or the user asked to retry */
  fresh: boolean;
  /** the viewer shows this picture and the user waits for it */
  urgent: boolean;
}

/** The queue's dependencies; injected so that it can be tested without a DOM. */
export interface ImageSource<T> {
  /** Requests the address of a picture; rejects with an error whose `code` may say that retrying is useless. */
  locate(picture: Picture, options: AskOptions, signal: AbortSignal): Promise<string>;
  /** Loads the picture at an address; must stop loading when the signal aborts. */
  load(picture: Picture, uri: string, signal: AbortSignal): Promise<T>;
  /** The time, in milliseconds since any moment. */
  now(): number;
  /** Calls back after a delay and returns the function that cancels it. */
  later(milliseconds: number, callback: () => void): () => void;
  /** Called when the state of an image changed. */
  changed(key: ImageKey): void;
  /** The longer side of a loaded picture, in pixels. */
  sizeOf(image: T): number;
  /** The longer side of an image on its card, in device pixels; undefined when it has no card. */
  shownSize(key: ImageKey, image: T): number | undefined;
}

interface Entry<T> {
  picture: Picture;
  image?: T;
  uri?: string;
  failures: number;
  /** the user asked to retry */
  asked?: boolean;
  reason?: string;
  running?: AbortController;
  cancelPause?: () => void;
  urgent?: boolean;
  /** only for a thumbnail: cancels the delay before a sharper picture is requested */
  cancelDelay?: (() => void) | undefined;
  /** only for a thumbnail: whether it stayed in view until that delay was over */
  isDue?: boolean;
  /** only for a thumbnail: key of the sharper picture that is shown instead as soon as it is loaded */
  sharp?: string | undefined;
}

/** Maximum number of large pictures in the LRU cache. */
const maxLarge = 40;
/** Factor for the delay before sharp pictures are requested, if loading them takes long. */
const longRest = 4;

/** What a picture is loaded for, in order of priority. */
const stages = {
  /** the viewer shows it */
  viewed: 0,
  inView: 1,
  near: 2,
  /** near, too, but only its address is requested, so that the host generates the thumbnail in advance */
  address: 3,
  /** a sharp picture of a card that stays in view */
  sharp: 4,
  /** the viewer may show it next */
  next: 5,
} as const;
type Stage = (typeof stages)[keyof typeof stages];

/**
 * Loads pictures by priority with bounded concurrency (a webview that loads hundreds of images at once freezes), and
 * keeps the loaded ones in an LRU cache. First come the pictures of the viewer, then thumbnails, nearest first, then
 * sharp pictures of cards that stay in view, then prefetched ones. A picture occupies a slot while its address is
 * requested and its bytes are loaded.
 *
 * VS Code does not cancel a webview's request that is in flight, so a picture that is no longer wanted still uses
 * bandwidth. If the queue measures a high latency to the host (a "far" host), it therefore requests nothing for the
 * grid while the user scrolls fast, and prefetches little.
 */
export class ImageQueue<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private settings = defaultPictureSettings;
  /** the images near the grid's viewport, nearest first */
  private near: readonly WantedImage[] = [];
  /** the pictures of the viewer, and those to prefetch for it */
  private viewed: { now: readonly Picture[]; next: readonly Picture[] } = { now: [], next: [] };
  /** all pictures to load, most urgent first */
  private wanted: ReadonlyMap<string, Stage> = new Map();
  private running = 0;
  private runningSharp = 0;
  private readonly meter = new LinkMeter();
  private readonly pace = new ScrollPace();
  private cancelPace: (() => void) | undefined;
  /** keys of the images in view */
  private inView: ReadonlySet<string> = new Set();
  /** whether the host was far when {@link wanted} was computed */
  private wasFar = false;

  constructor(
    private readonly source: ImageSource<T>,
    /** maximum number of pictures in flight; by default it depends on the measured link */
    private readonly slots?: number,
    /** maximum number of thumbnails in the LRU cache */
    private readonly maxSmall = 1500,
  ) {}

  /** The host answered a request within this time, in milliseconds: an upper bound for the latency. */
  answered(milliseconds: number): void {
    this.meter.answered(milliseconds);
    this.planAgain();
  }

  /**
   * Called when the user does something. If the host is far, the response must not wait behind sharp pictures: they are
   * cancelled, and requested again after the usual delay.
   */
  interrupt(): void {
    if (!this.meter.isFar) return;
    for (const name of this.inView) {
      const entry = this.entries.get(name);
      if (entry !== undefined) stopDelay(entry);
      this.startDelay(name);
    }
    this.update();
  }

  /** Applies the user's settings. */
  configure(settings: PictureSettings): void {
    this.settings = settings;
    for (const entry of this.entries.values()) {
      entry.cancelDelay?.();
      entry.cancelDelay = undefined;
      entry.isDue = false;
      if (entry.sharp === undefined) continue;
      entry.sharp = undefined;
      this.source.changed(entry.picture);
    }
    this.want(this.near);
  }

  /** Sets the images near the viewport, nearest first. Loads of all others are cancelled. */
  want(images: readonly WantedImage[]): void {
    this.near = images;
    const inView = new Set(images.filter((image) => image.inView === true).map(keyOf));
    if (inView.size !== this.inView.size || [...inView].some((name) => !this.inView.has(name))) {
      this.pace.moved(this.source.now());
    }
    this.inView = inView;
    for (const [name, entry] of this.entries) if (!inView.has(name)) stopDelay(entry);
    for (const { path, imageVersion, thumbnail } of images) {
      const entry = this.entryOf({ path, imageVersion });
      // Do not use an address again that failed to load.
      if (thumbnail !== undefined && entry.failures === 0 && entry.asked !== true) entry.uri ??= thumbnail;
    }
    for (const name of inView) this.startDelay(name);
    this.update();
  }

  /** Called when the size of cards changed: those in view may need sharper pictures after the usual delay. */
  resized(): void {
    for (const entry of this.entries.values()) stopDelay(entry);
    this.want(this.near);
  }

  /** Sets the pictures that the viewer shows, and those that it may show next. */
  view(now: readonly Picture[], next: readonly Picture[]): void {
    this.viewed = { now, next };
    this.update();
  }

  /** What the card of an image shows now. */
  stateOf(key: ImageKey): ImageState<T> {
    const entry = this.entries.get(keyOf({ path: key.path, imageVersion: key.imageVersion }));
    const sharp = entry?.sharp === undefined ? undefined : this.entries.get(entry.sharp)?.image;
    return sharp === undefined ? stateOfEntry(entry) : { state: 'ready', image: sharp };
  }

  /** The state of one picture, without falling back to another. */
  stateOfPicture(picture: Picture): ImageState<T> {
    return stateOfEntry(this.entries.get(keyOf(picture)));
  }

  /** Retries an image that failed. */
  retry(key: ImageKey): void {
    let isChanged = false;
    for (const entry of this.entries.values()) {
      const { path, imageVersion } = entry.picture;
      if (path !== key.path || imageVersion !== key.imageVersion || entry.reason === undefined) continue;
      delete entry.reason;
      delete entry.uri;
      entry.failures = 0;
      entry.asked = true;
      isChanged = true;
    }
    if (!isChanged) return;
    this.source.changed(key);
    this.pump();
  }

  /** Recomputes the list of wanted pictures, cancels all others and starts loads in the free slots. */
  private update(): void {
    this.wasFar = this.meter.isFar;
    const wanted = new Map<string, Stage>();
    const add = (name: string, stage: Stage): void => {
      if (!wanted.has(name)) wanted.set(name, stage);
    };
    for (const picture of this.viewed.now) {
      this.entryOf(picture).urgent = true;
      add(keyOf(picture), stages.viewed);
    }
    const near = this.near.map(({ path, imageVersion }) => keyOf({ path, imageVersion }));
    const around = near.filter((name) => !this.inView.has(name));
    const prefetched = prefetchCount(this.meter, this.inView.size);
    for (const name of near) if (this.inView.has(name)) add(name, stages.inView);
    for (const name of around.slice(0, prefetched)) add(name, stages.near);
    for (const name of around.slice(prefetched)) add(name, stages.address);
    for (const name of near) {
      const entry = this.entries.get(name);
      if (entry?.isDue === true && entry.sharp !== undefined) add(entry.sharp, stages.sharp);
    }
    for (const picture of this.nextViewed()) {
      const name = keyOf(picture);
      if (!wanted.has(name)) this.entryOf(picture).urgent = false;
      add(name, stages.next);
    }
    this.wanted = wanted;
    for (const [name, entry] of this.entries) {
      if (!wanted.has(name)) this.cancel(name, entry);
    }
    this.evict(wanted);
    this.pump();
  }

  /** What to prefetch for the viewer: if the host is far, all thumbnails but only the first large picture. */
  private nextViewed(): readonly Picture[] {
    const { next } = this.viewed;
    if (!this.meter.isFar) return next;
    const [large] = next.filter(({ size }) => size !== undefined);
    return next.filter((picture) => picture.size === undefined || picture === large);
  }

  /** Recomputes the wanted pictures if the host has turned out to be far, or near, since they were computed. */
  private planAgain(): void {
    if (this.meter.isFar !== this.wasFar) this.update();
  }

  /** Gets or creates the entry of a picture and marks it as the most recently used. */
  private entryOf(picture: Picture): Entry<T> {
    const name = keyOf(picture);
    const entry = this.entries.get(name) ?? { picture, failures: 0 };
    this.entries.delete(name);
    this.entries.set(name, entry);
    return entry;
  }

  private startDelay(name: string): void {
    const entry = this.entries.get(name);
    if (entry === undefined || entry.isDue === true || entry.cancelDelay !== undefined) return;
    if (this.settings.sharpImages === 'never') return;
    this.rest(entry, this.settings.sharpImageDelay);
  }

  private rest(entry: Entry<T>, milliseconds: number, isLong = false): void {
    entry.cancelDelay = this.source.later(milliseconds, () => {
      entry.cancelDelay = undefined;
      if (!isLong && isCostly(this.meter, this.sharpSizes())) {
        this.rest(entry, longRest * milliseconds, true);
        return;
      }
      entry.isDue = true;
      this.chooseSharp(entry);
    });
  }

  /** The sizes of the sharp pictures that the cards in view need and that are not loaded yet. */
  private sharpSizes(): number[] {
    const sizes: number[] = [];
    for (const name of this.inView) {
      const entry = this.entries.get(name);
      const size = entry === undefined ? undefined : this.sharpSizeOf(entry);
      const known = entry?.sharp === undefined ? undefined : this.entries.get(entry.sharp)?.image;
      if (size !== undefined && known === undefined) sizes.push(size);
    }
    return sizes;
  }

  /** The size of the sharp picture that the card of an image needs; undefined if its thumbnail is enough. */
  private sharpSizeOf({ image, picture }: Entry<T>): number | undefined {
    // A thumbnail below the maximum size is the image at its full size: there is nothing sharper.
    if (image === undefined || this.source.sizeOf(image) < thumbnailSize) return undefined;
    const shown = this.source.shownSize(picture, image);
    if (shown === undefined || (this.settings.sharpImages === 'auto' && shown <= thumbnailSize)) return undefined;
    return previewSizeFor(shown);
  }

  /** Decides whether an image that stayed in view needs a larger picture, and which. */
  private chooseSharp(entry: Entry<T>): void {
    const size = this.sharpSizeOf(entry);
    if (size === undefined) return;
    const before = entry.sharp === undefined ? undefined : this.entries.get(entry.sharp);
    if (before === undefined || (before.picture.size ?? 0) < size || before.reason !== undefined) {
      const sharp = { ...entry.picture, size };
      this.entryOf(sharp);
      entry.sharp = keyOf(sharp);
    }
    this.update();
  }

  private pump(): void {
    const slots = this.slots ?? slotsFor(this.meter);
    const isFar = this.meter.isFar || this.meter.roundTrip === undefined;
    const wait = this.meter.isFar ? this.pace.restsIn(this.source.now()) : 0;
    this.pumpAfter(wait);
    /** the stage of the first wanted picture that is not loaded yet */
    let open: Stage | undefined;
    for (const [name, stage] of this.wanted) {
      if (this.running >= slots || (wait > 0 && stage !== stages.viewed)) return;
      const entry = this.entries.get(name);
      if (entry === undefined || entry.image !== undefined || entry.reason !== undefined) continue;
      if (entry.cancelPause !== undefined || (stage === stages.address && entry.uri !== undefined)) continue;
      const isFirst = open === undefined || open === stage;
      open ??= stage;
      if (entry.running !== undefined) continue;
      // Sharp pictures wait for all thumbnails. If the host is far, or not measured yet, each stage out of view waits
      // for the stages before it.
      if (!isFirst && isFar && stage > stages.inView) return;
      if (stage === stages.sharp && (!isFirst || this.runningSharp >= this.sharpSlots(entry))) continue;
      void this.run(entry, stage);
    }
  }

  /** Calls {@link pump} again in `wait` milliseconds, when the user has stopped scrolling fast; 0: not at all. */
  private pumpAfter(wait: number): void {
    this.cancelPace?.();
    this.cancelPace = undefined;
    if (wait === 0) return;
    this.cancelPace = this.source.later(wait, () => {
      this.cancelPace = undefined;
      this.pump();
    });
  }

  private sharpSlots({ picture: { size = 0 } }: Entry<T>): number {
    return sharpSlotsFor(this.meter, size);
  }

  private async run(entry: Entry<T>, stage: Stage): Promise<void> {
    const controller = new AbortController();
    const { picture } = entry;
    entry.running = controller;
    this.running++;
    if (stage === stages.sharp) this.runningSharp++;
    try {
      const options = { fresh: entry.failures > 0 || entry.asked === true, urgent: entry.urgent === true };
      entry.uri ??= await this.source.locate(picture, options, controller.signal);
      if (stage !== stages.address) entry.image = await this.load(picture, entry.uri, controller.signal);
    } catch (thrown) {
      if (!controller.signal.aborted) this.failed(entry, thrown);
    }
    this.running--;
    if (stage === stages.sharp) this.runningSharp--;
    if (entry.running === controller) delete entry.running;
    if (!controller.signal.aborted && (stage !== stages.address || entry.reason !== undefined)) {
      this.source.changed(picture);
      if (entry.isDue === true && entry.image !== undefined && entry.sharp === undefined) this.chooseSharp(entry);
    }
    this.planAgain();
    this.pump();
  }

  private async load(picture: Picture, uri: string, signal: AbortSignal): Promise<T> {
    const begun = this.meter.begin(this.source.now());
    let cost = 0;
    try {
      const image = await this.source.load(picture, uri, signal);
      signal.throwIfAborted();
      cost = costOf(this.source.sizeOf(image), picture.size !== undefined);
      return image;
    } finally {
      this.meter.end(begun, cost, this.source.now());
    }
  }

  private failed(entry: Entry<T>, thrown: unknown): void {
    // The file at this address may have been evicted from the host's cache: request the address again.
    delete entry.uri;
    const attempt = entry.failures++;
    if (attempt >= this.settings.retries || isFinal(thrown)) {
      entry.reason = thrown instanceof Error ? thrown.message : String(thrown);
      return;
    }
    entry.cancelPause = this.source.later(this.settings.retryDelay * 2 ** attempt, () => {
      delete entry.cancelPause;
      this.pump();
    });
  }

  private cancel(name: string, entry: Entry<T>): void {
    entry.running?.abort(new DOMException('Scrolled away', 'AbortError'));
    delete entry.running;
    entry.cancelPause?.();
    delete entry.cancelPause;
    if (entry.image === undefined && entry.uri === undefined && entry.reason === undefined) this.entries.delete(name);
  }

  /** Evicts the least recently used pictures that are not wanted. */
  private evict(wanted: ReadonlyMap<string, Stage>): void {
    let large = 0;
    for (const { picture } of this.entries.values()) if (picture.size !== undefined) large++;
    let small = this.entries.size - large;
    for (const [name, { picture }] of this.entries) {
      if (small <= this.maxSmall && large <= maxLarge) return;
      if (wanted.has(name)) continue;
      if (picture.size !== undefined) {
        if (large <= maxLarge) continue;
        large--;
      } else {
        if (small <= this.maxSmall) continue;
        small--;
      }
      this.entries.delete(name);
    }
  }
}

function stateOfEntry<T>(entry: Entry<T> | undefined): ImageState<T> {
  if (entry?.image !== undefined) return { state: 'ready', image: entry.image };
  if (entry?.reason !== undefined) return { state: 'failed', reason: entry.reason };
  return { state: 'waiting' };
}

function stopDelay<T>(entry: Entry<T>): void {
  entry.cancelDelay?.();
  entry.cancelDelay = undefined;
  entry.isDue = false;
}

/** Whether the error's code says that the image itself is at fault, so that a retry cannot help. */
function isFinal(thrown: unknown): boolean {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    thrown.code.startsWith('IMAGE_')
  );
}

function keyOf({ path, imageVersion, size, region }: Picture): string {
  const part = region === undefined ? '' : `${region.left},${region.top},${region.width},${region.height}`;
  return `${imageVersion}\n${size ?? ''}\n${part}\n${path}`;
}
