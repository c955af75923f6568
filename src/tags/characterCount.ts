/**
 * The number of characters in a text as people count them: a surrogate pair, such as most emoji, counts once, and so
 * does each unpaired surrogate, which damaged files may contain.
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
