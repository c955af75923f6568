import { abortReason } from '../protocol/channel/Channel';

/** A semaphore that bounds the number of pictures in memory; first come, first served. */
export class PictureGate {
  private inside = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param most how many may be inside now, at least 1; it may change: call {@link widen} when it grows */
  constructor(private readonly most: () => number) {}

  /**
   * Calls `work` once there is room for another picture.
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
