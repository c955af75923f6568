/**
 * A tag as it is compared with others: without blanks around it, in small letters, with spaces for underscores and plain
 * parentheses for escaped ones. Two tags that differ in nothing else are the same tag.
 */
export function comparableTag(tag: string): string {
  const plain = tag.includes('\\') ? tag.replace(/\\([()])/g, '$1') : tag;
  return plain.trim().replaceAll('_', ' ').toLowerCase();
}
