import { heldStretches, trainerSeparators } from '../../tags/captionGrammar';

/** The tag at a caret. */
export interface TagSpot {
  /** start of the tag, without whitespace and the brackets of a weight */
  start: number;
  /** end of the tag (exclusive) */
  end: number;
  /** the part before the caret */
  prefix: string;
  /** whether it is inside braces or has a weight: then no comma is inserted after it */
  bracketed: boolean;
}

/**
 * Finds the tag at the caret, between the separators of tags. In a bracketed group, which counts as one tag elsewhere,
 * it is the single item at the caret, because that is what the user is typing: in `{a|b}` between bars and commas, in
 * `(a, b:1.1)` between commas, without the brackets and the number of a weight.
 */
export function tagAt(text: string, caret: number): TagSpot {
  const lineStart = text.lastIndexOf('\n', caret - 1) + 1;
  const lineEnd = endOf(text, '\n', caret);
  const before = text.slice(lineStart, caret);
  const held = heldStretches(text.slice(lineStart, lineEnd)).find(
    (one) => lineStart + one.start < caret && caret < lineStart + one.end,
  );
  const heldStart = held === undefined ? undefined : lineStart + held.start;
  // An unclosed brace is treated as a group that the user has not finished typing.
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

/** End of a tag without the closing brackets of its weight and without the weight, as in `tag:1.1))`. */
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
 * The text to insert for a suggestion in place of the tag at the caret; a comma and a space are added unless a comma
 * follows.
 * @param alone whether the field is for a single tag
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
