/**
 * Keys that wait for an answer, and all that was typed after them: they are applied in the order in which they came, so
 * that the same keys have the same effect however late the answer is.
 */
export class HeldKeys<Key> {
  private held: Key[] = [];

  /** @param mustWait whether a key has no meaning before the answer, as things are now */
  constructor(private readonly mustWait: (key: Key) => boolean) {}

  /** The keys that wait, the oldest first. */
  get waiting(): readonly Key[] {
    return this.held;
  }

  /** Whether a key that has just come waits, because of itself or behind others; if so, it is kept. */
  take(key: Key): boolean {
    if (this.held.length === 0 && !this.mustWait(key)) return false;
    this.held.push(key);
    return true;
  }

  /** Takes out the oldest key unless it still has to wait, as for the answer to a key that was applied before it. */
  next(): Key | undefined {
    const [key] = this.held;
    return key === undefined || this.mustWait(key) ? undefined : this.held.shift();
  }

  /** Takes out all keys that wait. */
  drop(): Key[] {
    return this.held.splice(0);
  }
}
