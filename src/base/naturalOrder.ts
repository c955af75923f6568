// Created lazily: the first collator of a process takes milliseconds, which would delay the start of the extension.
let collator: Intl.Collator | undefined;
const zero = 0x30;

/**
 * Orders relative paths as people expect: folder by folder, numbers by value (`img2` before `img10`).
 * @returns negative, zero or positive, for `Array.sort`; zero only for equal paths
 */
export function compareNaturally(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  const shared = Math.min(left.length, right.length) - 1;
  for (let depth = 0; depth < shared; depth++) {
    const order = compareNames(left[depth] ?? '', right[depth] ?? '');
    if (order !== 0) return order;
  }
  // Files of a folder come before those of its sub-folders.
  if (left.length !== right.length) return left.length - right.length;
  return compareNames(left[shared] ?? '', right[shared] ?? '');
}

/**
 * Sorts the names within one folder in the order of {@link compareNaturally}, but some 20 times as fast for ASCII
 * names.
 * @param names without `/`
 * @returns a new array
 */
export function sortNames(names: readonly string[]): string[] {
  const keys: string[] = [];
  const others: string[] = [];
  for (const name of names) {
    const key = sortKey(name);
    if (key === undefined) others.push(name);
    else keys.push(key);
  }
  const sorted = keys.sort().map((key) => key.slice(key.lastIndexOf('\0') + 1));
  if (others.length === 0) return sorted;
  others.sort(compareNames);
  const merged: string[] = [];
  let next = 0;
  for (const other of others) {
    for (let name = sorted[next]; name !== undefined && compareNames(name, other) < 0; name = sorted[++next]) {
      merged.push(name);
    }
    merged.push(other);
  }
  return [...merged, ...sorted.slice(next)];
}

function compareNames(a: string, b: string): number {
  // A fixed locale: the order of a dataset must not depend on the machine.
  collator ??= new Intl.Collator('en', { numeric: true });
  const order = collator.compare(a, b);
  if (order !== 0) return order;
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Sort rank of each ASCII character, the same for upper and lower case; 0 for characters that a sort key cannot hold.
 * All digits share one rank.
 */
let ranks: Uint8Array | undefined;
/** Maximum number of digits in a sort key: the collator cuts longer numbers into pieces. */
const maxDigits = 200;
const scratch = Buffer.alloc(1024);

/**
 * A sort key: comparing keys by code units gives the same order as comparing names with the collator, then by code
 * units. The key ends with U+0000 and the name itself. As in the Unicode Collation Algorithm (UTS #10), letters are
 * compared without their case first, then by the case of all letters. Undefined for names with characters other than
 * printable ASCII, and for names or numbers that are too long.
 */
function sortKey(name: string): string | undefined {
  const { length } = name;
  if (length * 3 + 2 > scratch.length) return undefined;
  ranks ??= asciiRanks();
  let end = 0;
  for (let at = 0; at < length; at++) {
    const code = name.charCodeAt(at);
    const rank = ranks[code] ?? 0;
    if (rank === 0) return undefined;
    scratch[end++] = rank;
    if (!isDigit(code)) continue;
    // A number: more digits, not counting leading zeros, mean a larger number.
    while (name.charCodeAt(at) === zero && isDigit(name.charCodeAt(at + 1))) at++;
    let stop = at + 1;
    while (stop < length && isDigit(name.charCodeAt(stop))) stop++;
    if (stop - at > maxDigits) return undefined;
    scratch[end++] = stop - at;
    while (at < stop) scratch[end++] = name.charCodeAt(at++);
    at--;
  }
  scratch[end++] = 0;
  for (let at = 0; at < length; at++) {
    const code = name.charCodeAt(at);
    if (!isDigit(code)) scratch[end++] = code >= 0x41 && code <= 0x5a ? 2 : 1;
  }
  scratch[end++] = 0;
  return scratch.toString('latin1', 0, end) + name;
}

/** @param code a code unit, or NaN, which is no digit */
function isDigit(code: number): boolean {
  return code >= zero && code <= zero + 9;
}

/** Derives the ranks from the collator, so that no version of it can disagree with the sort keys. */
function asciiRanks(): Uint8Array {
  const letters = new Intl.Collator('en', { sensitivity: 'base' });
  const characters = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index));
  characters.sort(compareNames);
  const table = new Uint8Array(0x80);
  let rank = 0;
  let before: string | undefined;
  for (const character of characters) {
    const same =
      before !== undefined &&
      (letters.compare(before, character) === 0 || (isDigit(before.charCodeAt(0)) && isDigit(character.charCodeAt(0))));
    if (!same) rank++;
    table[character.charCodeAt(0)] = rank;
    before = character;
  }
  return table;
}
