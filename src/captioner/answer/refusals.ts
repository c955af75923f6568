import { foreignRefusals } from './foreignRefusals';
import { unmistakable } from './inability';
import { withoutQuotations } from './quotedText';
import { refusalSigns } from './refusalSigns';

/**
 * How many characters count as the first words of an answer, and how many are searched at all: more than any caption
 * has.
 */
const longestStart = 400;
const longestLookedAt = 8000;

/** Interjections that may come before a refusal. */
const interjections =
  /^(?:(?:no|oh|hmm+|hello|hi|hey|well|okay|ok|unfortunately|regrettably|sadly|however)[,.!…]+\s*)+/;

/**
 * Whether a model says that it will not or cannot write a caption. Its first words count: they speak of the model,
 * whereas a caption speaks of the picture, in which an outfit may be inappropriate and a sign sorry. Further on only
 * sentences count that no caption has, such as "I can't assist with that." Quoted text does not count.
 * @param text without boilerplate and thinking
 */
export function isRefusal(text: string): boolean {
  const plain = withoutQuotations(text.slice(0, longestLookedAt).replaceAll(/[’ʼ]/g, "'"))
    .toLowerCase()
    .trim()
    .replace(/^[*_#>([\s-]+/, '')
    .replace(/[ \t]+/g, ' ')
    .replace(interjections, '');
  const start = plain.slice(0, longestStart);
  return [...refusalSigns, ...foreignRefusals].some((sign) => sign.test(start)) || unmistakable.test(plain);
}
