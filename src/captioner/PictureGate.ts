import { abortReason } from '../protocol/channel/Channel';

/** Lets a bounded number of pictures into the memory, in the order in which they come. */
export class PictureGate {
  private inside = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param most how many may be inside now, at least 1; it may change: call {@link widen} when it grows */
  constructor(private readonly most: () => number) {}

  /**
   * Does something with a picture once there is room for it.
   * @throws the signal's reason; what `work` throws
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.enter(signal);
    try {
      return await work();
    } finally {
      this.inside--;
      this.widen();
    }
  }

  /** Lets in as many as there is room for. */
  widen(): void {
    while (this.inside < this.most()) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.inside++;
      next();
    }
  }

  private enter(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(abortReason(signal));
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const index = this.waiting.indexOf(go);
        if (index < 0) return;
        this.waiting.splice(index, 1);
        reject(abortReason(signal));
      };
      const go = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(go);
      this.widen();
    });
  }
}
