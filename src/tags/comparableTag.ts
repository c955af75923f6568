/**
 * The normalized form by which tags are compared: trimmed, in lower case, with spaces for underscores and unescaped
 * parentheses, in Unicode form NFC. Tags with the same normalized form are the same tag.
 */
export function comparableTag(tag: string): string {
  if (isNormal.test(tag)) return tag;
  const plain = tag.includes('\\') ? tag.replace(/\\([()])/g, '$1') : tag;
  return composed(plain.trim().replaceAll('_', ' ').toLowerCase());
}

/** Matches tags that have their normalized form already, as most tags of taggers do: one test saves five steps. */
const isNormal = /^(?! )[ -@[\]^`-~]*(?<! )$/;

/** A text in Unicode form NFC; file names from macOS are decomposed (NFD). */
export function composed(text: string): string {
  return mayBeApart.test(text) ? text.normalize('NFC') : text;
}

/** Matches a character that NFC may change. Most texts have none, and this test is faster than `normalize`. */
const mayBeApart = /[^\0-\u02ff]/;
