import * as l10n from '@vscode/l10n';

/** What a batch runs on. */
export interface BatchEngine {
  /** runs at a time; without it one */
  runsInFlight?: number | undefined;
  /**
   * Scores up to `batch` inputs in one run; `batch` is the size that the run may be filled up to. The signal is aborted
   * when nobody waits for any of them; their memory is another's once the run has returned.
   */
  run(inputs: readonly Float32Array[], batch: number, signal: AbortSignal): Promise<Float32Array[]>;
  /** whether a run failed because it had too many images */
  isOutOfMemory(thrown: unknown): boolean;
  /** whether a run failed for what no image has to do with: then none of them is run again */
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
 * for images that may not come. As many runs at a time as the engine takes, else one. An image fails only by itself: a batch that fails is run again image
 * by image, and one for which there is not enough memory in halves, as are all that follow.
 */
export class BatchRunner {
  private readonly waiting: Waiting[] = [];
  private preparing = 0;
  private running = 0;
  private readonly runsInFlight: number;
  private size: number;

  /**
   * @param batchSize images for each run
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

  /** Images for each run; less than at first when there was not enough memory. */
  get batchSize(): number {
    return this.size;
  }

  /** From now on no batch has more images than this. */
  shrinkTo(size: number): void {
    this.size = Math.min(this.size, size);
  }

  /**
   * The scores of one image.
   * @param prepared its input, which may still be in the making
   * @throws what `prepared` or the run throws, or the signal's reason
   */
  async score(prepared: Promise<Float32Array>, signal: AbortSignal): Promise<Float32Array> {
    this.preparing++;
    let input: Float32Array;
    try {
      input = await prepared;
    } finally {
      this.preparing--;
      // When this image failed, those that waited for it have nothing to wait for. When it did not, it joins them first.
      queueMicrotask(() => {
        this.drain();
      });
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ input, signal, resolve, reject });
    });
  }

  private get isReady(): boolean {
    return this.waiting.length >= this.size || (this.waiting.length > 0 && this.preparing === 0);
  }

  private drain(): void {
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
        this.drain();
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
      batch.forEach((image, index) => {
        const own = scores[index];
        if (own === undefined) image.reject(new Error(l10n.t('The run gave no scores for this image.')));
        else image.resolve(own);
      });
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

/** A signal that is aborted when all of some signals are. */
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
