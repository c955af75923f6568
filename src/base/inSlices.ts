import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Number of items between readings of the clock: reading it for each item would cost more than most work. */
const itemsPerClockCheck = 32;

export interface SliceOptions {
  signal?: AbortSignal;
  /** maximum time without yielding to the event loop, in milliseconds */
  sliceMs?: number;
}

/**
 * Processes many items without blocking the event loop: it yields after each time slice. The items may change between
 * two slices; an iterator over a Map or Set reflects such changes.
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
    if (index % itemsPerClockCheck === 0 && performance.now() > end) {
      await nextTurn();
      signal?.throwIfAborted();
      end = performance.now() + sliceMs;
    }
    work(item, index++);
  }
}
