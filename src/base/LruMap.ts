/** A map that holds a limited number of entries and drops the least recently used ones (LRU). */
export class LruMap<Key, Value> {
  /**
   * a Map iterates in insertion order, and each use inserts the entry again: the first key is the least recently used
   */
  private readonly entries = new Map<Key, Value>();

  /** @param limit the maximum number of entries */
  constructor(private readonly limit: number) {}

  /** Returns the value of a key and marks it as used; undefined if there is none. */
  get(key: Key): Value | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  /** Sets a value and marks it as used; drops the least recently used entry if there are more than the limit. */
  set(key: Key, value: Value): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size <= this.limit) return;
    for (const oldest of this.entries.keys()) {
      this.entries.delete(oldest);
      return;
    }
  }

  delete(key: Key): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }

  /** The most recently used keys, the least recently used of them first. */
  latestKeys(count: number): Key[] {
    return [...this.entries.keys()].slice(-count);
  }
}
