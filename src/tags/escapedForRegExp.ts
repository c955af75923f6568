/** Escapes a text for use as the source of a regular expression, including in a literal between slashes. */
export function escapedForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
