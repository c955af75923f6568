/**
 * A map whose values expire some time after they were set. Each timer is dropped together with its value, so that
 * nothing of an expired value is retained; disposing the map clears all timers.
 */
export class ExpiringMap<K, V> {
  private readonly entries = new Map<K, { value: V; timer: NodeJS.Timeout }>();
  private isDisposed = false;

  constructor(
    /** how long a value stays in the map, in milliseconds */
    private readonly lifetime: number,
    /** called when a value has expired; not when it is deleted or replaced */
    private readonly onExpired: (value: V) => void = () => undefined,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: K): V | undefined {
    return this.entries.get(key)?.value;
  }

  /** The keys; the one that was set last comes last. */
  keys(): K[] {
    return [...this.entries.keys()];
  }

  /** The values; the one that was set last comes last. */
  values(): V[] {
    return [...this.entries.values()].map(({ value }) => value);
  }

  /** Adds or replaces a value and starts its timer. Does nothing once the map is disposed. */
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
