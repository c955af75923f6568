import {
  defaultPictureSettings,
  type PictureRegion,
  type PictureSettings,
  previewSizeFor,
  thumbnailSize,
} from '../../protocol/page/pictureProtocol';

/** Identifies an image; a changed file has a new version and counts as a new image. */
export interface ImageKey {
  path: string;
  imageVersion: string;
}

/** An image near the viewport. */
export interface WantedImage extends ImageKey {
  /** whether it is visible; an image that stays in view gets a sharp picture */
  inView?: boolean;
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

/**
 * Loads pictures by priority with bounded concurrency (a webview that loads hundreds of images at once freezes), and
 * keeps the loaded ones in an LRU cache. First come the pictures of the viewer, then thumbnails, nearest first, then
 * sharp pictures of cards that stay in view, then prefetched ones. A picture occupies a slot while its address is
 * requested and its bytes are loaded.
 */
export class ImageQueue<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private settings = defaultPictureSettings;
  /** the images near the grid's viewport, nearest first */
  private near: readonly WantedImage[] = [];
  /** the pictures of the viewer, and those to prefetch for it */
  private viewed: { now: readonly Picture[]; next: readonly Picture[] } = { now: [], next: [] };
  /** keys of all pictures to load, most urgent first */
  private wanted: readonly string[] = [];
  private running = 0;

  constructor(
    private readonly source: ImageSource<T>,
    /** maximum number of pictures in flight */
    private readonly slots = 12,
    /** maximum number of thumbnails in the LRU cache */
    private readonly maxSmall = 1500,
  ) {}

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
    for (const [name, entry] of this.entries) if (!inView.has(name)) stopDelay(entry);
    for (const image of images) this.entryOf({ path: image.path, imageVersion: image.imageVersion });
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
    const wanted = new Set<string>();
    const add = (picture: Picture, urgent: boolean): void => {
      const entry = this.entryOf(picture);
      entry.urgent = urgent;
      wanted.add(keyOf(picture));
    };
    for (const picture of this.viewed.now) add(picture, true);
    const sharp: string[] = [];
    for (const { path, imageVersion } of this.near) {
      const name = keyOf({ path, imageVersion });
      wanted.add(name);
      const entry = this.entries.get(name);
      if (entry?.isDue === true && entry.sharp !== undefined) sharp.push(entry.sharp);
    }
    for (const name of sharp) wanted.add(name);
    for (const picture of this.viewed.next) if (!wanted.has(keyOf(picture))) add(picture, false);
    this.wanted = [...wanted];
    for (const [name, entry] of this.entries) {
      if (!wanted.has(name)) this.cancel(name, entry);
    }
    this.evict(wanted);
    this.pump();
  }

  /** The entry of a picture, made the most recently used. */
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
    entry.cancelDelay = this.source.later(this.settings.sharpImageDelay, () => {
      entry.cancelDelay = undefined;
      entry.isDue = true;
      this.chooseSharp(entry);
    });
  }

  /** Decides whether an image that stayed in view needs a larger picture, and which. */
  private chooseSharp(entry: Entry<T>): void {
    // A picture with fewer pixels than the maximum of a thumbnail is the whole image at full size.
    if (entry.image === undefined || this.source.sizeOf(entry.image) < thumbnailSize) return;
    const shown = this.source.shownSize(entry.picture, entry.image);
    if (shown === undefined || (this.settings.sharpImages === 'auto' && shown <= thumbnailSize)) return;
    const size = previewSizeFor(shown);
    const before = entry.sharp === undefined ? undefined : this.entries.get(entry.sharp);
    if (before === undefined || (before.picture.size ?? 0) < size || before.reason !== undefined) {
      const sharp = { ...entry.picture, size };
      this.entryOf(sharp);
      entry.sharp = keyOf(sharp);
    }
    this.update();
  }

  private pump(): void {
    for (const name of this.wanted) {
      if (this.running >= this.slots) return;
      const entry = this.entries.get(name);
      if (entry === undefined || entry.image !== undefined || entry.reason !== undefined) continue;
      if (entry.running !== undefined || entry.cancelPause !== undefined) continue;
      void this.run(entry);
    }
  }

  private async run(entry: Entry<T>): Promise<void> {
    const controller = new AbortController();
    const { picture } = entry;
    entry.running = controller;
    this.running++;
    try {
      const options = { fresh: entry.failures > 0 || entry.asked === true, urgent: entry.urgent === true };
      entry.uri ??= await this.source.locate(picture, options, controller.signal);
      const image = await this.source.load(picture, entry.uri, controller.signal);
      if (!controller.signal.aborted) entry.image = image;
    } catch (thrown) {
      if (!controller.signal.aborted) this.failed(entry, thrown);
    }
    this.running--;
    if (entry.running === controller) delete entry.running;
    if (!controller.signal.aborted) {
      this.source.changed(picture);
      if (entry.isDue === true && entry.image !== undefined && entry.sharp === undefined) this.chooseSharp(entry);
    }
    this.pump();
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
  private evict(wanted: ReadonlySet<string>): void {
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
