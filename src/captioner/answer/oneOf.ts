/** The source of a pattern that matches one of several patterns, such as words. */
export function oneOf(...sources: readonly string[]): string {
  return `(?:${sources.join('|')})`;
}

/** The words of a text, each of which is one of the choices. */
export function oneWordOf(words: string): string {
  return oneOf(...words.trim().split(/\s+/));
}
