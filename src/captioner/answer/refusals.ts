import { foreignRefusals } from './foreignRefusals';
import { unmistakable } from './inability';
import { withoutQuotations } from './quotedText';
import { isForeignTaskTalk } from './foreignTaskTalk';
import { refusalSigns } from './refusalSigns';
import { isTalkOfTask } from './taskTalk';
import { isReported } from './textsOfPictures';

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
 * sentences count that no caption has, such as "I can't assist with that." What is quoted does not count.
 * @param text without thinking
 * @param isRaw whether openings and offers are still around the caption, which speak of the task, too
 */
export function isRefusal(text: string, isRaw = false): boolean {
  const plain = withoutQuotations(text.slice(0, longestLookedAt).replaceAll(/[’ʼ]/g, "'"))
    .toLowerCase()
    .trim()
    .replace(/^[*_#>([\s-]+/, '')
    .replace(/[ \t]+/g, ' ')
    .replace(interjections, '');
  const start = plain.slice(0, longestStart);
  if (unmistakable.test(plain) || foreignRefusals.some((sign) => sign.test(start))) return true;
  if (isForeignTaskTalk(start) || (!isRaw && isTalkOfTask(start))) return true;
  const [first = ''] = start.split(/(?<=[.!?…])\s|\n/);
  return !isReported(first) && refusalSigns.some((sign) => sign.test(start));
}
