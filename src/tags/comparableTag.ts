/**
 * A tag as it is compared with others: without blanks around it, in small letters, with spaces for underscores and
 * plain parentheses for escaped ones; an accent is part of its letter, however it is written. Two tags that differ in
 * nothing else are the same tag.
 */
export function comparableTag(tag: string): string {
  const plain = tag.includes('\\') ? tag.replace(/\\([()])/g, '$1') : tag;
  return composed(plain.trim().replaceAll('_', ' ').toLowerCase());
}

/** A text with each accent as part of its letter (NFC): file names that come from a Mac have them apart. */
export function composed(text: string): string {
  return mayBeApart.test(text) ? text.normalize('NFC') : text;
}

/** Most texts have none of these, and looking for one is quicker. */
const mayBeApart = /[^\0-\u02ff]/;
