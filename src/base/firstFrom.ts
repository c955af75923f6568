/**
 * The position of the first item that passes a test, where all behind it pass, too; the number of items when none does.
 * @param from the position to begin at
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
