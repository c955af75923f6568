/** U+FEFF, which some Windows programs put at the start of a text file. Editors keep it to themselves. */
export const byteOrderMark = '\uFEFF';

/** A text without the byte order mark at its start, where it has one. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text;
}
