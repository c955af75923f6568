import { inSlices, type SliceOptions } from './inSlices';
import { noop } from './noop';

/** Number of items that are sorted, or merged, in one step: some 50 µs of work each. */
const sortedAtOnce = 64;
const mergedAtOnce = 256;

/**
 * Sorts many items without blocking the event loop. The sort is stable.
 * @returns a new list
 * @throws the signal's reason when aborted
 */
export async function sortInSlices<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  options: SliceOptions = {},
): Promise<T[]> {
  const sort = new MergeSort(items, compare);
  await inSlices(sort.steps(), noop, options);
  return sort.sorted;
}

class MergeSort<T> {
  sorted: T[];

  constructor(
    items: readonly T[],
    private readonly compare: (a: T, b: T) => number,
  ) {
    this.sorted = [...items];
  }

  /** Sorts in small steps, with a yield after each; {@link sorted} is sorted once the generator is done. */
  *steps(): Generator<void> {
    const count = this.sorted.length;
    const runs: T[] = [];
    for (let start = 0; start < count; start += sortedAtOnce) {
      for (const item of this.sorted.slice(start, start + sortedAtOnce).sort(this.compare)) runs.push(item);
      yield;
    }
    this.sorted = runs;
    for (let length = sortedAtOnce; length < count; length *= 2) {
      const merged: T[] = [];
      for (let start = 0; start < count; start += length * 2) yield* this.merge(start, length, merged);
      this.sorted = merged;
    }
  }

  /** Merges two adjacent sorted runs of `length` items, the first one at `start`, and appends them to `merged`. */
  private *merge(start: number, length: number, merged: T[]): Generator<void> {
    const { sorted, compare } = this;
    const middle = Math.min(start + length, sorted.length);
    const end = Math.min(middle + length, sorted.length);
    for (let [left, right] = [start, middle]; left < middle || right < end;) {
      const takesRight = left === middle || (right < end && compare(sorted[left] as T, sorted[right] as T) > 0);
      merged.push(sorted[takesRight ? right++ : left++] as T);
      if (merged.length % mergedAtOnce === 0) yield;
    }
  }
}
