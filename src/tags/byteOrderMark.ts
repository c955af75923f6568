/** U+FEFF, which some Windows programs write at the start of a text file. Editors hide it. */
export const byteOrderMark = '\uFEFF';

/**
 * The byte order marks at the start of a text: mostly none or one; programs that add one to a text which has one
 * already make several.
 */
export function byteOrderMarks(text: string): string {
  let end = 0;
  while (text.startsWith(byteOrderMark, end)) end++;
  return text.slice(0, end);
}

/** Removes the byte order marks from the start of a text. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(byteOrderMarks(text).length) : text;
}
