/** The source of a pattern that matches one of several patterns, such as words. */
export function oneOf(...sources: readonly string[]): string {
  return `(?:${sources.join('|')})`;
}

/** The source of a pattern that matches one of the words of a text, which are separated by blanks. */
export function oneWordOf(words: string): string {
  return oneOf(...words.trim().split(/\s+/));
}
