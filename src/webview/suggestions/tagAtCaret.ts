import { heldStretches, trainerSeparators } from '../../tags/captionGrammar';

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
 * Finds the tag in which the caret is: between the separators of tags. Where brackets hold several tags together, it is
 * the one of them, because that is what is being typed: in `{a|b}` between bars and commas, in `(a, b:1.1)` between
 * commas, without the brackets and the number of a weight.
 */
export function tagAt(text: string, caret: number): TagSpot {
  const lineStart = text.lastIndexOf('\n', caret - 1) + 1;
  const lineEnd = endOf(text, '\n', caret);
  const before = text.slice(lineStart, caret);
  const held = heldStretches(text.slice(lineStart, lineEnd)).find(
    (one) => lineStart + one.start < caret && caret < lineStart + one.end,
  );
  const heldStart = held === undefined ? undefined : lineStart + held.start;
  // A brace that is still open is one whose end is still to be typed.
  const inBraces =
    before.lastIndexOf('{') > before.lastIndexOf('}') || (heldStart !== undefined && text.charAt(heldStart) === '{');
  let start = Math.max(...trainerSeparators.map((one) => lineStart + endOfLast(before, one)));
  const separator = inBraces ? /[,{|}]/ : /,/;
  for (let at = caret; at > start; at--) if (separator.test(text.charAt(at - 1))) start = at;
  while (start < caret && isBlank(text.charAt(start))) start++;
  const outer = start;
  while (start < caret && /[([]/.test(text.charAt(start))) start++;
  const weighted = start > outer || (heldStart !== undefined && text.slice(heldStart, start).includes(','));
  let end = Math.min(lineEnd, ...trainerSeparators.map((one) => endOf(text, one, caret)));
  for (let at = caret; at < end; at++) if (separator.test(text.charAt(at))) end = at;
  if (weighted) end = endBeforeWeight(text, start, caret, end);
  while (end > caret && isBlank(text.charAt(end - 1))) end--;
  return { start, end, prefix: text.slice(start, caret), bracketed: inBraces || weighted };
}

/** Where a tag ends before the brackets that were opened in front of it and before its weight, as in `tag:1.1))`. */
function endBeforeWeight(text: string, start: number, caret: number, end: number): number {
  let open = 0;
  for (let at = start; at < end; at++) {
    if (text.charAt(at - 1) === '\\') continue;
    if (/[([]/.test(text.charAt(at))) open++;
    else if (/[)\]]/.test(text.charAt(at)) && --open < 0) {
      return at < caret ? end : caret + text.slice(caret, at).replace(/:[\d.]*$/, '').length;
    }
  }
  return end;
}

/**
 * The text that replaces the tag at the caret by a suggestion: with a comma and a blank where no comma follows.
 * @param alone whether the field holds one tag only
 */
export function replacementOf(text: string, { end, bracketed }: TagSpot, tag: string, alone: boolean): string {
  return alone || bracketed || /^[^\S\n]*,/.test(text.slice(end)) ? tag : `${tag}, `;
}

function endOfLast(text: string, separator: string): number {
  const at = text.lastIndexOf(separator);
  return at < 0 ? 0 : at + separator.length;
}

function endOf(text: string, separator: string, from: number): number {
  const at = text.indexOf(separator, from);
  return at < 0 ? text.length : at;
}

function isBlank(letter: string): boolean {
  return letter.trim() === '';
}
