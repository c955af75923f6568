/** U+FEFF, which some Windows programs write at the start of a text file. Editors hide it. */
export const byteOrderMark = '\uFEFF';

/** Removes the byte order mark from the start of a text, if there is one. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text;
}
