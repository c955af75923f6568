/** The tag at a caret. */
export interface TagSpot {
  /** its start, without blanks and the brackets of a weight */
  start: number;
  /** behind its last letter */
  end: number;
  /** the part before the caret */
  prefix: string;
  /** whether it is one of several in braces or has a weight: no comma belongs behind it */
  bracketed: boolean;
}

/**
 * Finds the tag in which the caret is: between commas and line ends, in `{a|b}` between bars, and without the brackets
 * and the number of a weight such as `(tag:1.1)`.
 */
export function tagAt(text: string, caret: number): TagSpot {
  const lineStart = text.lastIndexOf('\n', caret - 1) + 1;
  const before = text.slice(lineStart, caret);
  const inBraces = before.lastIndexOf('{') > before.lastIndexOf('}');
  const separator = inBraces ? /[,{|]/ : /,/;
  let start = caret;
  while (start > lineStart && !separator.test(text.charAt(start - 1))) start--;
  while (start < caret && isBlank(text.charAt(start))) start++;
  const outer = start;
  while (start < caret && /[([]/.test(text.charAt(start))) start++;
  const weighted = start > outer;
  const stop = inBraces ? /[,\n|}]/ : /[,\n]/;
  let end = caret;
  while (end < text.length && !stop.test(text.charAt(end))) end++;
  if (weighted) {
    const weight = /(?::[\d.]*)?[)\]]+\s*$/.exec(text.slice(caret, end));
    if (weight !== null) end = caret + weight.index;
  }
  while (end > caret && isBlank(text.charAt(end - 1))) end--;
  return { start, end, prefix: text.slice(start, caret), bracketed: inBraces || weighted };
}

/**
 * The text that replaces the tag at the caret by a suggestion: with a comma and a blank where no comma follows.
 * @param alone whether the field holds one tag only
 */
export function replacementOf(text: string, { end, bracketed }: TagSpot, tag: string, alone: boolean): string {
  return alone || bracketed || /^[^\S\n]*,/.test(text.slice(end)) ? tag : `${tag}, `;
}

function isBlank(letter: string): boolean {
  return letter.trim() === '';
}
