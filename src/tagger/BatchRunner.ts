/** What a batch runs on. */
export interface BatchEngine {
  /** Scores up to `batch` inputs in one run; `batch` is the size that the run may be filled up to. */
  run(inputs: readonly Float32Array[], batch: number): Promise<Float32Array[]>;
  isOutOfMemory(thrown: unknown): boolean;
}

interface Waiting {
  input: Float32Array;
  signal: AbortSignal;
  resolve(scores: Float32Array): void;
  reject(reason: unknown): void;
}

/**
 * Collects inputs into batches. A batch runs when it is full, or when no other input is being prepared: it never waits
 * for images that may not come. One run at a time. An image fails only by itself: a batch that fails is run again image
 * by image, and one for which there is not enough memory in halves, as are all that follow.
 */
export class BatchRunner {
  private readonly waiting: Waiting[] = [];
  private preparing = 0;
  private running = false;
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
        void this.drain();
      });
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ input, signal, resolve, reject });
    });
  }

  private get isReady(): boolean {
    return this.waiting.length >= this.size || (this.waiting.length > 0 && this.preparing === 0);
  }

  private async drain(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.isReady) {
      const batch: Waiting[] = [];
      while (batch.length < this.size) {
        const next = this.waiting.shift();
        if (next === undefined) break;
        if (next.signal.aborted) next.reject(next.signal.reason);
        else batch.push(next);
      }
      if (batch.length > 0) await this.runBatch(batch);
    }
    this.running = false;
  }

  private async runBatch(batch: readonly Waiting[]): Promise<void> {
    const size = this.size;
    try {
      const scores = await this.engine.run(
        batch.map(({ input }) => input),
        size,
      );
      batch.forEach((image, index) => {
        const own = scores[index];
        if (own === undefined) image.reject(new Error('The run gave no scores for this image.'));
        else image.resolve(own);
      });
    } catch (thrown) {
      const halve = this.canShrink && size > 1 && this.engine.isOutOfMemory(thrown);
      if (halve) this.shrinkTo(size >> 1);
      if (!halve && batch.length === 1) {
        batch[0]?.reject(thrown);
        return;
      }
      let from = 0;
      while (from < batch.length) {
        // Any of these runs may halve the size again.
        const part = halve ? this.size : 1;
        await this.runBatch(batch.slice(from, from + part));
        from += part;
      }
    }
  }
}
