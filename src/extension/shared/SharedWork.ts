import { abortReason } from '../../protocol/channel/Channel';

/** Work that several callers wait for. Its signal is aborted when no caller waits any more. */
export class SharedWork<T> {
  private readonly controller = new AbortController();
  private readonly result: Promise<T>;
  /** Resolves when the work has ended, with or without success. */
  readonly done: Promise<void>;
  private waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.result = work(this.controller.signal);
    this.done = this.result.then(
      () => undefined,
      () => undefined,
    );
  }

  /** Whether it was aborted because all callers left: a new caller must start new work. */
  get calledOff(): boolean {
    return this.controller.signal.aborted;
  }

  /**
   * Waits for the result of the work.
   * @throws the signal's reason when aborted, or what the work threw
   */
  async join(signal: AbortSignal): Promise<T> {
    this.waiting++;
    let stop: (() => void) | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        stop = () => {
          reject(abortReason(signal));
        };
        signal.addEventListener('abort', stop, { once: true });
        if (signal.aborted) stop();
        this.result.then(resolve, reject);
      });
    } finally {
      if (stop !== undefined) signal.removeEventListener('abort', stop);
      if (--this.waiting === 0) this.controller.abort(new DOMException('Nobody waits', 'AbortError'));
    }
  }
}
