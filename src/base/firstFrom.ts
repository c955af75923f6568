/**
 * Binary search: the position of the first item that passes a test, or the number of items if none does. All items
 * after one that passes must pass, too.
 * @param from position at which the search begins
 */
export function firstFrom<T>(items: readonly T[], passes: (item: T) => boolean, from = 0): number {
  let low = from;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(items[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
