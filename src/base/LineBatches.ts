import { SerialQueue } from './SerialQueue';

/**
 * Lines for a file that is only appended to: those that come while a write is in flight go into the next write as one.
 */
export class LineBatches {
  private mustFlush = false;
  private readonly writes = new SerialQueue();
  /** the next write, until it begins: it takes everything that waits by then */
  private next: Promise<void> | undefined;

  /**
   * @param write writes lines, and flushes them to the disk if asked to
   * @param waiting lines for the first write
   */
  constructor(
    private readonly write: (text: string, flushed: boolean) => Promise<void>,
    private waiting = '',
  ) {}

  /**
   * Adds lines, each with its line end. Resolves when they were written; rejects with what the write throws.
   * @param flushed their write has to flush them
   */
  add(text: string, flushed: boolean): Promise<void> {
    this.waiting += text;
    this.mustFlush ||= flushed;
    this.next ??= this.writes.run(() => this.writeWaiting());
    return this.next;
  }

  /** Resolves when all lines that were added so far are written or have failed. */
  idle(): Promise<void> {
    return this.writes.idle();
  }

  private async writeWaiting(): Promise<void> {
    // Lines that are added in the same turn of the event loop go into one write.
    await new Promise((resolve) => setImmediate(resolve));
    this.next = undefined;
    const text = this.waiting;
    const flush = this.mustFlush;
    this.waiting = '';
    this.mustFlush = false;
    await this.write(text, flush);
  }
}
