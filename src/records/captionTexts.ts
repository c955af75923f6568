import { textHash, type TextDifference } from './recordEntry';

/** A difference is stored only if it is at least so many characters shorter than the text. */
const worthIt = 12;
/** The end of a sentence, after which a blank is separator enough. */
const endsSentence = /[.!?…。！？]["'”’」』)\]]*$/;

/**
 * Joins parts in each of the usual ways until the result is the wanted text.
 * @param separator a further separator of tags
 * @param isIt whether a text is the wanted one
 * @returns undefined if none of the ways results in it
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
 * Joins parts with a blank after sentences and a comma after tags.
 * @param whether a comma separates a sentence from a tag that follows it
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

/** A text as it is stored: in full, or as a difference to the text before it if that is shorter. */
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

/** Restores the text of {@link keptText}. @returns undefined if it is a difference to another `before` */
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
