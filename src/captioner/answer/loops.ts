import { isJsonCaption } from '../../tags/jsonCaption';
import { withoutQuotations } from './quotedText';

/** Words, and the characters of scripts that have no blanks between words. */
const token =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}'’_-]*[\p{L}\p{N}\p{M}])?/gu;
/** Only so many tokens are read: more than any caption has. */
const mostTokens = 4000;
/** The longest sequence whose direct repetition is looked for, in words. */
const longestUnit = 60;
/** An answer in which a sentence or a paragraph comes so often is a loop. */
const sentenceRepeats = 3;
const wordsOfSentence = 4;
/**
 * A text of at least so many words is a loop if this share of them is in runs of {@link run} words that came before.
 */
const wordsForShare = 80;
const repeatedShare = 0.5;
const run = 6;

/**
 * Whether a model went round in circles: the same words follow each other again and again, a sentence comes three
 * times, or most of a long text was there before. A text in the picture may repeat itself in quotation marks. In JSON,
 * whose fields repeat, each text is checked on its own.
 */
export function isLoop(text: string): boolean {
  if (isJsonCaption(text)) return textsOfJson(text).some(isLoopOfWords);
  return isLoopOfWords(withoutQuotations(text));
}

function isLoopOfWords(text: string): boolean {
  // Repeated dashes, dots and the like may be a drawn line.
  if (/([^\s\-_=~*.·—…\u2500-\u257f])\1{24,}/u.test(text)) return true;
  const words = (text.toLowerCase().match(token) ?? []).slice(0, mostTokens);
  return followsItself(words) || hasSentenceAgain(text) || isMostlyOld(words);
}

/**
 * How often a sequence of so many words may be repeated directly. "Very, very" is emphasis; nobody writes it eight
 * times.
 */
function mostRepeats(length: number): number {
  if (length === 1) return 7;
  if (length <= 3) return 5;
  return length <= 8 ? 3 : 2;
}

/** Whether a sequence of words is repeated directly, more often than in any language. */
function followsItself(words: readonly string[]): boolean {
  for (let length = 1; length <= Math.min(longestUnit, words.length >> 1); length++) {
    let same = 0;
    for (let at = length; at < words.length; at++) {
      same = words[at] === words[at - length] ? same + 1 : 0;
      // As many equal words as `length` times the limit: with the first occurrence, that is one repetition too many.
      if (same >= length * mostRepeats(length)) return true;
    }
  }
  return false;
}

function hasSentenceAgain(text: string): boolean {
  const counts = new Map<string, number>();
  for (const sentence of text.split(/[.!?。！？]+|\n+/)) {
    const words = sentence.toLowerCase().match(token) ?? [];
    if (words.length < wordsOfSentence) continue;
    const key = words.join(' ');
    const count = (counts.get(key) ?? 0) + 1;
    if (count >= sentenceRepeats) return true;
    counts.set(key, count);
  }
  return false;
}

function isMostlyOld(words: readonly string[]): boolean {
  if (words.length < wordsForShare) return false;
  const seen = new Set<string>();
  let repeated = 0;
  for (let at = 0; at + run <= words.length; at++) {
    const key = words.slice(at, at + run).join(' ');
    if (seen.has(key)) repeated++;
    else seen.add(key);
  }
  return repeated > (words.length - run + 1) * repeatedShare;
}

function textsOfJson(text: string): string[] {
  const texts: string[] = [];
  try {
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === 'string') texts.push(value);
      return value;
    });
  } catch {
    return [text];
  }
  return texts;
}
