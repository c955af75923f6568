/** A map that holds a limited number of entries and drops the least recently used ones (LRU). */
export class LruMap<Key, Value> {
  /** the order of a Map is that of insertion: the first key is the one that was not used for the longest time */
  private readonly entries = new Map<Key, Value>();

  /** @param limit the maximum number of entries */
  constructor(private readonly limit: number) {}

  /** The value of a key, which counts as a use; undefined where there is none. */
  get(key: Key): Value | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  /** Sets a value, which counts as a use, and drops the least recently used entry above the limit. */
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

  /** The keys that were used last, the least recently used of them first. */
  latestKeys(count: number): Key[] {
    return [...this.entries.keys()].slice(-count);
  }
}
