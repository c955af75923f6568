/**
 * Offsets in the shared memory, in 32-bit words. Each slot has two words: its pixels, and its ticket in the queue (0
 * for none).
 */
const word = { budget: 0, lock: 1, changes: 2, lastTicket: 3, highest: 4, slots: 5 } as const;
const wordsPerSlot = 2;

/**
 * A semaphore shared by threads that counts pixels. It limits how many pixels all threads together decode at a time,
 * because memory use grows with pixels, not images. Each thread has a slot for one picture. Pictures are admitted first
 * come, first served, so that a large one does not starve. A picture larger than the whole budget is admitted alone.
 */
export class PixelBudget {
  private readonly words: Int32Array<SharedArrayBuffer>;
  private readonly slot: number;

  /**
   * @param memory created by {@link createMemory}, shared by all threads
   * @param slot index of this thread's slot, from 0
   */
  constructor(
    readonly memory: SharedArrayBuffer,
    slot: number,
  ) {
    this.words = new Int32Array(memory);
    this.slot = word.slots + slot * wordsPerSlot;
  }

  /**
   * Creates the shared memory of a budget.
   * @param pixels the budget, at most 2e9
   * @param slots the number of threads
   */
  static createMemory(pixels: number, slots: number): SharedArrayBuffer {
    const memory = new SharedArrayBuffer((word.slots + slots * wordsPerSlot) * 4);
    new Int32Array(memory)[word.budget] = pixels;
    return memory;
  }

  /** Peak number of pixels in flight. */
  get highest(): number {
    return Atomics.load(this.words, word.highest);
  }

  /** The number of pixels in flight. */
  get inWork(): number {
    return this.locked(() => this.total());
  }

  /** Blocks this thread until a picture with this number of pixels is admitted. The thread's slot must be empty. */
  acquire(pixels: number): void {
    const ticket = this.locked(() => {
      const next = this.at(word.lastTicket) + 1;
      this.words[word.lastTicket] = next;
      this.words[this.slot + 1] = next;
      return next;
    });
    for (;;) {
      const changes = Atomics.load(this.words, word.changes);
      if (this.locked(() => this.tryEnter(pixels, ticket))) return;
      Atomics.wait(this.words, word.changes, changes);
    }
  }

  /** Frees the slot. Idempotent; also called for the slot of a thread that died. */
  release(): void {
    this.locked(() => {
      this.words[this.slot] = 0;
      this.words[this.slot + 1] = 0;
      this.changed();
    });
  }

  private tryEnter(pixels: number, ticket: number): boolean {
    for (let slot: number = word.slots; slot < this.words.length; slot += wordsPerSlot) {
      const other = this.at(slot + 1);
      if (other !== 0 && other < ticket) return false;
    }
    const total = this.total();
    if (total > 0 && total + pixels > this.at(word.budget)) return false;
    this.words[this.slot] = pixels;
    this.words[this.slot + 1] = 0;
    this.words[word.highest] = Math.max(this.at(word.highest), total + pixels);
    // The next picture in the queue may fit, too.
    this.changed();
    return true;
  }

  private total(): number {
    let total = 0;
    for (let slot: number = word.slots; slot < this.words.length; slot += wordsPerSlot) total += this.at(slot);
    return total;
  }

  private changed(): void {
    Atomics.add(this.words, word.changes, 1);
    Atomics.notify(this.words, word.changes);
  }

  /** Runs an action under the lock that guards all words except the change counter. It is held for microseconds. */
  private locked<T>(action: () => T): T {
    while (Atomics.compareExchange(this.words, word.lock, 0, 1) !== 0) Atomics.wait(this.words, word.lock, 1, 1);
    try {
      return action();
    } finally {
      Atomics.store(this.words, word.lock, 0);
      Atomics.notify(this.words, word.lock, 1);
    }
  }

  private at(index: number): number {
    return this.words[index] ?? 0;
  }
}
