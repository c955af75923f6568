import * as l10n from '@vscode/l10n';

/** The scores of an image, one for each tag, 0..1; or why it has none. */
export type Scored = Float32Array | Error;

/** Runs batches of inputs, on this machine or on a server. */
export interface BatchEngine {
  /** the maximum number of runs in flight (default: 1) */
  runsInFlight?: number | undefined;
  /**
   * Scores at most `batch` inputs in one run, which may be padded to `batch`. The signal is aborted once every caller
   * has cancelled its image. The buffers of the inputs are reused after the run returns.
   * @returns for each input its scores, or the error if only this one has none that can be used
   */
  run(inputs: readonly Float32Array[], batch: number, signal: AbortSignal): Promise<Scored[]>;
  /** whether a run failed because it had too many images */
  isOutOfMemory(thrown: unknown): boolean;
  /**
   * whether a run failed for a reason that has nothing to do with its images: then they are not run again one by one
   */
  isHopeless?(thrown: unknown): boolean;
}

interface Waiting {
  input: Float32Array;
  signal: AbortSignal;
  resolve(scores: Float32Array): void;
  reject(reason: unknown): void;
}

/**
 * Collects inputs into batches. A batch runs when it is full, or when no other input is being prepared: it never waits
 * for images that may not come. An image never fails because of another: a batch that fails is run again image by
 * image, and so is an image that has no scores in a batch. One for which there is not enough memory is run again in
 * halves, and all later batches are half as large, too.
 */
export class BatchRunner {
  private readonly waiting: Waiting[] = [];
  private preparing = 0;
  private running = 0;
  private readonly runsInFlight: number;
  private size: number;

  /**
   * @param batchSize the maximum number of images in a run
   * @param canShrink whether the model takes smaller batches, too
   */
  constructor(
    private readonly engine: BatchEngine,
    batchSize: number,
    private readonly canShrink: boolean,
  ) {
    this.size = batchSize;
    this.runsInFlight = engine.runsInFlight ?? 1;
  }

  /** The maximum number of images in a run; it shrinks when there is not enough memory. */
  get batchSize(): number {
    return this.size;
  }

  /** From now on no batch has more images than this. */
  shrinkTo(size: number): void {
    this.size = Math.min(this.size, size);
  }

  /**
   * Scores one image, in a batch with others.
   * @param prepared its input, which may still be pending
   * @returns one score for each tag, 0..1
   * @throws what `prepared` or the run throws, or the signal's reason
   */
  async score(prepared: Promise<Float32Array>, signal: AbortSignal): Promise<Float32Array> {
    this.preparing++;
    let input: Float32Array;
    try {
      input = await prepared;
    } finally {
      this.preparing--;
      // In a microtask, so that this image is queued first. If it failed, the images that waited for it may run now.
      queueMicrotask(() => {
        this.startReadyBatches();
      });
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ input, signal, resolve, reject });
    });
  }

  private get isReady(): boolean {
    return this.waiting.length >= this.size || (this.waiting.length > 0 && this.preparing === 0);
  }

  private startReadyBatches(): void {
    while (this.isReady && this.running < this.runsInFlight) {
      const batch: Waiting[] = [];
      while (batch.length < this.size) {
        const next = this.waiting.shift();
        if (next === undefined) break;
        if (next.signal.aborted) next.reject(next.signal.reason);
        else batch.push(next);
      }
      if (batch.length === 0) continue;
      this.running++;
      void this.runBatch(batch).finally(() => {
        this.running--;
        this.startReadyBatches();
      });
    }
  }

  private async runBatch(batch: readonly Waiting[]): Promise<void> {
    const size = this.size;
    const interest = new SharedInterest(batch.map(({ signal }) => signal));
    try {
      const scores = await this.engine.run(
        batch.map(({ input }) => input),
        size,
        interest.signal,
      );
      const again: Waiting[] = [];
      for (const [index, image] of batch.entries()) {
        const own = scores[index] ?? new Error(l10n.t('The run gave no scores for this image.'));
        if (!(own instanceof Error)) image.resolve(own);
        else if (batch.length === 1 || this.engine.isHopeless?.(own) === true) image.reject(own);
        else again.push(image);
      }
      for (const image of again) await this.runBatch([image]);
    } catch (thrown) {
      if (interest.signal.aborted) {
        for (const image of batch) image.reject(image.signal.reason);
        return;
      }
      const halve = this.canShrink && size > 1 && this.engine.isOutOfMemory(thrown);
      if (halve) this.shrinkTo(size >> 1);
      if (!halve && (batch.length === 1 || this.engine.isHopeless?.(thrown) === true)) {
        for (const image of batch) image.reject(thrown);
        return;
      }
      let from = 0;
      while (from < batch.length) {
        // Any of these runs may halve the size again.
        const part = halve ? this.size : 1;
        await this.runBatch(batch.slice(from, from + part));
        from += part;
      }
    } finally {
      interest.dispose();
    }
  }
}

/** A signal that is aborted once all of the given signals are. */
class SharedInterest {
  private readonly all = new AbortController();
  readonly signal = this.all.signal;
  private readonly left: Set<AbortSignal>;

  constructor(private readonly signals: readonly AbortSignal[]) {
    this.left = new Set(signals.filter(({ aborted }) => !aborted));
    for (const signal of this.left) signal.addEventListener('abort', this.onAbort);
    if (this.left.size === 0) this.all.abort();
  }

  dispose(): void {
    for (const signal of this.signals) signal.removeEventListener('abort', this.onAbort);
  }

  private readonly onAbort = (event: Event): void => {
    this.left.delete(event.target as AbortSignal);
    if (this.left.size === 0) this.all.abort();
  };
}
