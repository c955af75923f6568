import type { RecordEntry } from '../recordEntry';
import { isTagList } from './proseUnits';

/**
 * What captioners wrote into a caption, each time as the parts that follow each other. An answer without a full stop
 * may have been read as tags, and is one sentence all the same.
 * @param entries of the caption
 */
export function captionerAnswers(entries: readonly RecordEntry[]): (readonly string[])[] {
  const answers = new Map<string, readonly string[]>();
  for (const { kind, author, parts } of entries) {
    if (kind !== 'written' || author.by !== 'captioner') continue;
    let run: string[] = [];
    for (const { text, mark } of [...parts, { text: '', mark: 'stood' }]) {
      if (mark !== 'stood') run.push(text);
      else if (run.length > 0) {
        answers.set(run.join('\n'), run);
        run = [];
      }
    }
  }
  return [...answers.values()];
}

/**
 * Says of each part of a caption whether it belongs to an answer that stands as it was written. Where a person changed
 * a part of one, the rest is no machine's any more: nobody could tell the words of both apart.
 * @param parts of the caption
 * @param answers by {@link captionerAnswers}
 */
export function wholeAnswers(
  parts: readonly string[],
  answers: readonly (readonly string[])[],
  separator: string,
): boolean[] {
  const isWhole = parts.map(() => false);
  for (const answer of answers) {
    const pieces = isTagList(answer.join(', '), separator) ? answer.map((one) => [one]) : [answer, ...tailsOf(answer)];
    for (const piece of pieces) {
      for (let at = 0; at + piece.length <= parts.length; at++) {
        if (piece.every((text, index) => parts[at + index] === text)) isWhole.fill(true, at, at + piece.length);
      }
    }
  }
  return isWhole;
}

/** What stands behind and between clear sentences of an answer: each is a sentence of its own. */
function tailsOf(answer: readonly string[]): string[][] {
  const runs: string[][] = [[]];
  for (const text of answer) {
    if (/^["'“‘(]*[^\p{Ll}"'“‘(].*[.!?…。！？]["'”’)\]」』）]*$/su.test(text)) runs.push([]);
    else runs.at(-1)?.push(text);
  }
  return runs.length === 1 ? [] : runs.filter((run) => run.length > 0);
}
