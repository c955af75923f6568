// A fixed locale: the order of a dataset must not depend on the machine.
const collator = new Intl.Collator('en', { numeric: true });

/**
 * Orders relative paths as people expect: folder by folder, numbers by value (`img2` before `img10`).
 * @returns negative, zero or positive, for `Array.sort`; zero only for equal paths
 */
export function compareNaturally(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  const shared = Math.min(left.length, right.length) - 1;
  for (let depth = 0; depth < shared; depth++) {
    const order = comparePart(left[depth] ?? '', right[depth] ?? '');
    if (order !== 0) return order;
  }
  // Files of a folder come before those of its sub-folders.
  if (left.length !== right.length) return left.length - right.length;
  return comparePart(left[shared] ?? '', right[shared] ?? '');
}

function comparePart(a: string, b: string): number {
  const order = collator.compare(a, b);
  if (order !== 0) return order;
  return a < b ? -1 : a > b ? 1 : 0;
}
