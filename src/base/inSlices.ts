import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** The clock is read once for this many items: reading it each time costs more than most work. */
const itemsBetweenLooks = 32;

export interface SliceOptions {
  signal?: AbortSignal;
  /** the longest time at a stretch, in milliseconds */
  sliceMs?: number;
}

/**
 * Does some work on many items without keeping the event loop waiting: after each slice of time everything else gets
 * its turn. The items may change between two slices; an iterator over a Map or Set follows such changes.
 * @throws the signal's reason when aborted
 */
export async function inSlices<T>(
  items: Iterable<T>,
  work: (item: T, index: number) => void,
  { signal, sliceMs = 4 }: SliceOptions = {},
): Promise<void> {
  let index = 0;
  let end = performance.now() + sliceMs;
  signal?.throwIfAborted();
  for (const item of items) {
    if (index % itemsBetweenLooks === 0 && performance.now() > end) {
      await nextTurn();
      signal?.throwIfAborted();
      end = performance.now() + sliceMs;
    }
    work(item, index++);
  }
}
