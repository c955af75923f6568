/** An image as the queue knows it: another version is another image. */
export interface ImageKey {
  path: string;
  imageVersion: string;
}

/** What the tile of an image shows. */
export type ImageState<T> = { state: 'waiting' } | { state: 'ready'; image: T } | { state: 'failed'; reason: string };

/** What the queue needs from outside; injected so that it can be tested without a DOM. */
export interface ImageSource<T> {
  /** Asks for the address of the thumbnail; rejects with an error whose `code` may say that it is final. */
  locate(key: ImageKey, signal: AbortSignal): Promise<string>;
  /** Loads the image at an address; must stop loading when the signal aborts. */
  load(key: ImageKey, uri: string, signal: AbortSignal): Promise<T>;
  /** Calls back after a pause and returns the function that calls it off. */
  later(milliseconds: number, callback: () => void): () => void;
  /** The state of an image has changed. */
  changed(key: ImageKey): void;
}

/** The pauses before a failed image is tried again, in milliseconds. */
export const retryPauses: readonly number[] = [500, 1000, 2000];

interface Entry<T> {
  key: ImageKey;
  image?: T;
  uri?: string;
  failures: number;
  reason?: string;
  running?: AbortController;
  cancelPause?: () => void;
}

/**
 * Loads the thumbnails in view, nearest first and only a few at a time: a webview that asks for hundreds of images at
 * once freezes. A slot covers both the question where the thumbnail is and the loading of its bytes.
 */
export class ImageQueue<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private wanted: readonly string[] = [];
  private running = 0;

  constructor(
    private readonly source: ImageSource<T>,
    private readonly slots = 12,
    private readonly remembered = 1500,
  ) {}

  /** Says which images are near the viewport, nearest first. What is not among them is called off. */
  want(keys: readonly ImageKey[]): void {
    this.wanted = keys.map(nameOf);
    const wanted = new Set(this.wanted);
    for (const key of keys) {
      const name = nameOf(key);
      const entry = this.entries.get(name) ?? { key, failures: 0 };
      this.entries.delete(name);
      this.entries.set(name, entry);
    }
    for (const [name, entry] of this.entries) {
      if (!wanted.has(name)) this.callOff(name, entry);
    }
    this.forget(wanted);
    this.pump();
  }

  /** What the tile of an image shows now. */
  stateOf(key: ImageKey): ImageState<T> {
    const entry = this.entries.get(nameOf(key));
    if (entry?.image !== undefined) return { state: 'ready', image: entry.image };
    if (entry?.reason !== undefined) return { state: 'failed', reason: entry.reason };
    return { state: 'waiting' };
  }

  /** Tries an image again that failed. */
  retry(key: ImageKey): void {
    const entry = this.entries.get(nameOf(key));
    if (entry?.reason === undefined) return;
    delete entry.reason;
    delete entry.uri;
    entry.failures = 0;
    this.source.changed(entry.key);
    this.pump();
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
    entry.running = controller;
    this.running++;
    try {
      entry.uri ??= await this.source.locate(entry.key, controller.signal);
      const image = await this.source.load(entry.key, entry.uri, controller.signal);
      if (!controller.signal.aborted) entry.image = image;
    } catch (thrown) {
      if (!controller.signal.aborted) this.failed(entry, thrown);
    }
    this.running--;
    if (entry.running === controller) delete entry.running;
    if (!controller.signal.aborted) this.source.changed(entry.key);
    this.pump();
  }

  private failed(entry: Entry<T>, thrown: unknown): void {
    // The thumbnail may have been deleted under its address: ask for it again.
    delete entry.uri;
    const pause = retryPauses[entry.failures++];
    if (pause === undefined || isFinal(thrown)) {
      entry.reason = thrown instanceof Error ? thrown.message : String(thrown);
      return;
    }
    entry.cancelPause = this.source.later(pause, () => {
      delete entry.cancelPause;
      this.pump();
    });
  }

  private callOff(name: string, entry: Entry<T>): void {
    entry.running?.abort(new DOMException('Scrolled away', 'AbortError'));
    delete entry.running;
    entry.cancelPause?.();
    delete entry.cancelPause;
    if (entry.image === undefined && entry.uri === undefined && entry.reason === undefined) this.entries.delete(name);
  }

  private forget(wanted: ReadonlySet<string>): void {
    for (const name of this.entries.keys()) {
      if (this.entries.size <= this.remembered) return;
      if (!wanted.has(name)) this.entries.delete(name);
    }
  }
}

/** Codes that start so say that the image itself is bad: trying again cannot help. */
function isFinal(thrown: unknown): boolean {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    thrown.code.startsWith('IMAGE_')
  );
}

function nameOf(key: ImageKey): string {
  return `${key.imageVersion}\n${key.path}`;
}
