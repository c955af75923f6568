/**
 * How many characters a text has, as people count: an emoji or another character that takes two code units counts once,
 * and so does each half of such a pair that stands alone, as a damaged file may have it.
 */
export function characterCount(text: string): number {
  let count = text.length;
  for (let at = 1; at < text.length; at++) {
    if (isTrailSurrogate(text.charCodeAt(at)) && isLeadSurrogate(text.charCodeAt(at - 1))) count--;
  }
  return count;
}

function isLeadSurrogate(unit: number): boolean {
  return unit >> 10 === 0xd800 >> 10;
}

function isTrailSurrogate(unit: number): boolean {
  return unit >> 10 === 0xdc00 >> 10;
}
