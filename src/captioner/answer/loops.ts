import { isJsonCaption } from '../../tags/jsonCaption';
import { quotationsIn, withoutQuotations } from './quotedText';

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
/** What follows itself so often is no sound, chant or punishment that is quoted. */
const mostInQuotation = 12;
/** Of so many words, this share may stand in runs of {@link run} words that the text has already had. */
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
  // A sound may be long, but nothing that is read is said so often.
  return isLoopOfWords(withoutQuotations(text)) || quotationsIn(text).some(isLongLoop);
}

/** Whether one quotation says the same words more often than any text in a picture does. */
function isLongLoop(quotation: string): boolean {
  const words = (quotation.toLowerCase().match(token) ?? []).slice(0, mostTokens);
  return followsItself(words, mostInQuotation);
}

function isLoopOfWords(text: string): boolean {
  // Repeated dashes, dots and the like may be a drawn line.
  if (/([^\s\-_=~*.·—…\u2500-\u257f])\1{24,}/u.test(text)) return true;
  const words = (text.toLowerCase().match(token) ?? []).slice(0, mostTokens);
  return (
    hasLineAgain(text) ||
    followsItself(words) ||
    hasPieceAgain(text) ||
    isCounting(text) ||
    hasSentenceAgain(text) ||
    isMostlyOld(words)
  );
}

/** Whether a piece of a word follows itself: "redredredred". Laughing and sounds are short. */
function hasPieceAgain(text: string): boolean {
  return /(?<![\p{L}\p{N}])[^\s\p{P}]*?([\p{L}\p{N}]{2,12}?)\1{11,}/u.test(text);
}

/** Words that only count. */
const ordinals =
  /^(?:\d+(?:st|nd|rd|th)?|one|two|three|four|five|six|seven|eight|nine|ten|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)$/;
/** A sentence, or a piece between commas, that comes so often with another number is a loop. */
const countedRepeats = 6;

/** Whether a model counts on and on: "The first man wears a red hat. The second man wears a red hat." */
function isCounting(text: string): boolean {
  const counts = new Map<string, number>();
  for (const piece of text.split(/[.!?。！？,;，、]+|\n+/)) {
    const words = piece.toLowerCase().match(token) ?? [];
    const plain = words.map((word) => (ordinals.test(word) ? '#' : word.replace(/\d+$/, '#')));
    if (words.length < wordsOfSentence || plain.join(' ') === words.join(' ')) continue;
    const key = plain.join(' ');
    const count = (counts.get(key) ?? 0) + 1;
    if (count >= countedRepeats) return true;
    counts.set(key, count);
  }
  return false;
}

const kana = /^[\p{Script=Hiragana}\p{Script=Katakana}]$/u;
const mostKana = 12;

/** A line that follows itself so often is a loop, also one of dashes. */
const lineRepeats = 20;

function hasLineAgain(text: string): boolean {
  let same = 0;
  let before = '';
  for (const line of text.split(/\n+/)) {
    same = line === before ? same + 1 : 0;
    if (same >= lineRepeats && line.trim() !== '') return true;
    before = line;
  }
  return false;
}

/**
 * How often a sequence of so many words may be repeated directly. "Very, very" is emphasis; nobody writes it eight
 * times.
 */
function mostRepeats(length: number): number {
  if (length === 1) return 7;
  if (length === 2) return 6;
  if (length === 3) return 5;
  return length <= 8 ? 3 : 2;
}

/** Whether the same words follow each other more often than in any language. */
function followsItself(words: readonly string[], atLeast = 0): boolean {
  for (let length = 1; length <= Math.min(longestUnit, words.length >> 1); length++) {
    let same = 0;
    for (let at = length; at < words.length; at++) {
      same = words[at] === words[at - length] ? same + 1 : 0;
      // So many words that equal those before make one unit more than that many units. A sound in kana is longer.
      const most = Math.max(atLeast, length === 1 && kana.test(words[at] ?? '') ? mostKana : mostRepeats(length));
      if (same >= length * most) return true;
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
