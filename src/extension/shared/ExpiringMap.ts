/**
 * A map whose values leave by themselves some time after they were set. The timer of a value goes with it, so that nothing is
 * retained of what has left; disposing the map ends all timers.
 */
export class ExpiringMap<K, V> {
  private readonly entries = new Map<K, { value: V; timer: NodeJS.Timeout }>();
  private isDisposed = false;

  constructor(
    /** how long a value stays, in milliseconds */
    private readonly lifetime: number,
    /** called when a value has left because its time was over, not when it was deleted */
    private readonly onExpired: (value: V) => void = () => undefined,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: K): V | undefined {
    return this.entries.get(key)?.value;
  }

  /** The keys, the one that was set last at the end. */
  keys(): K[] {
    return [...this.entries.keys()];
  }

  /** The values, the one that was set last at the end. */
  values(): V[] {
    return [...this.entries.values()].map(({ value }) => value);
  }

  /** Sets a value, or sets it again: its time begins anew. Does nothing once the map is disposed. */
  set(key: K, value: V): void {
    this.delete(key);
    if (this.isDisposed) return;
    const timer = setTimeout(() => {
      this.entries.delete(key);
      this.onExpired(value);
    }, this.lifetime);
    this.entries.set(key, { value, timer });
  }

  /** @returns whether there was such a key */
  delete(key: K): boolean {
    clearTimeout(this.entries.get(key)?.timer);
    return this.entries.delete(key);
  }

  dispose(): void {
    this.isDisposed = true;
    for (const key of this.keys()) this.delete(key);
  }
}
