import { proseIn } from './captionGrammar';
import { composed } from './comparableTag';
import { isJsonCaption } from './jsonCaption';

/** Maximum number of words in a phrase. */
const longestPhrase = 3;

/** Stop words: they say nothing about a picture, and no phrase has one. */
const stopWords = new Set(
  (
    'a an the this that these those there here it its she he they her his him their them we you your i my our who whom ' +
    'which whose what when where while as if than then so and or but nor not no is are was were be been being am has ' +
    'have had having do does did done can could may might must shall should will would of in on at by for from to into ' +
    'onto with without within over under above below up down out off near about against between through during before ' +
    'behind after along across around toward towards upon beside besides beneath very also too just only both each ' +
    'every all any some such other another more most much many few several one two three image picture photo photograph ' +
    'seen appears appear seems seem shows showing depicts depicting featuring features'
  ).split(' '),
);

/** Punctuation that ends a phrase. */
const pauses = /[.,;:!?…()[\]{}"“”«»。、，！？：；「」『』（）|]+|\s[-–—]+\s|—/u;
const words = /[\p{L}\p{N}][\p{L}\p{M}\p{N}'’-]*/gu;
/** Scripts without blanks between words. */
const blankless = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Created when it is first needed. */
let segmenter: Intl.Segmenter | undefined;

/**
 * The words and phrases of the prose of a caption, each once, in lower case: single words and two or three that stand
 * side by side, without words such as "the" and without punctuation between them.
 * @param text with LF line ends
 */
export function phrasesIn(text: string): Set<string> {
  const found = new Set<string>();
  for (const clause of clausesIn(text)) {
    let run: string[] = [];
    for (const word of wordsIn(clause)) {
      if (stopWords.has(word) || word.length < 2) {
        run = [];
        continue;
      }
      run.push(word);
      for (let length = 1; length <= Math.min(longestPhrase, run.length); length++) {
        // As the words stand in the text, so that a search for the phrase finds it.
        found.add(run.slice(-length).join(blankless.test(word) ? '' : ' '));
      }
    }
  }
  return found;
}

/** How many words the prose of a caption has. @param text with LF line ends */
export function countWords(text: string): number {
  let count = 0;
  for (const clause of clausesIn(text)) count += wordsIn(clause).length;
  return count;
}

function* clausesIn(text: string): Iterable<string> {
  if (isJsonCaption(text)) return;
  for (const line of text.split('\n')) {
    for (const { start, end } of proseIn(line)) yield* composed(line.slice(start, end).toLowerCase()).split(pauses);
  }
}

function wordsIn(clause: string): string[] {
  if (!blankless.test(clause)) return clause.match(words) ?? [];
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  return [...segmenter.segment(clause)].flatMap(({ segment, isWordLike }) => (isWordLike === true ? [segment] : []));
}
