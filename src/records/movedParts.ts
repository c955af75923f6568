/**
 * Which items of a reordered list were moved: those that are not part of every longest ascending subsequence of the
 * former places. If it is ambiguous which of two was moved, as after a swap of neighbours, both count.
 * @param before the former places, all different
 * @returns indexes of `before`
 */
export function movedParts(before: readonly number[]): Set<number> {
  const moved = new Set<number>();
  if (before.every((place, index) => index === 0 || place > (before[index - 1] ?? 0))) return moved;
  // The longest ascending subsequences: an item that is in all of them did not move.
  const ending = longestRuns(before);
  const starting = longestRuns(before.map((place) => -place).reverse()).reverse();
  const longest = Math.max(...ending);
  const rivals = new Map<number, number>();
  const isInOne = before.map((_, index) => (ending[index] ?? 0) + (starting[index] ?? 0) - 1 === longest);
  for (const [index, isPart] of isInOne.entries()) {
    const length = ending[index] ?? 0;
    if (isPart) rivals.set(length, (rivals.get(length) ?? 0) + 1);
  }
  for (const [index, isPart] of isInOne.entries()) {
    if (!isPart || (rivals.get(ending[index] ?? 0) ?? 0) > 1) moved.add(index);
  }
  return moved;
}

/** For each item, the length of the longest ascending subsequence that ends with it. */
function longestRuns(places: readonly number[]): number[] {
  /** by length, the smallest last value of such a subsequence */
  const ends: number[] = [];
  return places.map((place) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    ends[low] = place;
    return low + 1;
  });
}
