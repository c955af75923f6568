import { textHash, type TextDifference } from './recordEntry';

/** A difference has to be so many characters shorter than the text itself. */
const worthIt = 12;
/** What ends a sentence, behind which a blank divides. */
const endsSentence = /[.!?…。！？]["'”’」』)\]]*$/;

/**
 * The text that parts make where they are divided in one of the usual ways.
 * @param separator a further separator of tags
 * @param isIt whether a text is the one that is looked for
 * @returns undefined if none of the ways gives it
 */
export function joinedText(
  parts: readonly string[],
  separator: string | undefined,
  isIt: (text: string) => boolean,
): string | undefined {
  const ways = [
    () => parts.join(', '),
    () => joinedProse(parts, false),
    () => joinedProse(parts, true),
    () => parts.join(','),
    () => parts.join('\n'),
    () => parts.join(separator ?? ' '),
  ];
  for (const way of ways) {
    const text = way();
    if (isIt(text)) return text;
  }
  return undefined;
}

/**
 * Sentences with a blank behind them, tags with a comma.
 * @param commas divide a sentence from a tag
 */
function joinedProse(parts: readonly string[], commas: boolean): string {
  return parts
    .map((part, index) => {
      const next = parts[index + 1];
      if (next === undefined) return part;
      const isBlank = endsSentence.test(part) && !(commas && !endsSentence.test(next));
      return `${part}${isBlank ? ' ' : ', '}`;
    })
    .join('');
}

/** A text as it is kept: as a difference to the text before it where that is shorter. */
export function keptText(before: string, after: string): string | TextDifference {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  const left = most - start;
  while (end < left && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) end++;
  const between = after.slice(start, after.length - end);
  return between.length + worthIt < after.length ? [start, end, between] : after;
}

/** The text that {@link keptText} keeps. @returns undefined if that needs a text before which is not the one it was */
export function textOfKept(
  before: string | undefined,
  kept: string | TextDifference,
  hash: string,
): string | undefined {
  if (typeof kept === 'string') return kept;
  if (before === undefined) return undefined;
  const [start, end, between] = kept;
  const text = `${before.slice(0, start)}${between}${before.slice(before.length - end)}`;
  return textHash(text) === hash ? text : undefined;
}
