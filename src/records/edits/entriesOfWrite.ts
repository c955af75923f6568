import type { EditAuthor, EditStep } from '../../dataset/files/FileWriter';
import { textOfRaw } from '../../tags/captionText';
import { captionChange } from '../captionChange';
import type { Recorded } from '../RecordWriter';
import { entriesOfTagger } from './entriesOfTagger';

/** The author of what a person typed, and of edits whose author is unknown. */
const hand: EditAuthor = { by: 'hand' };
/** For an undo: it writes no parts of its own, and restored parts keep their origin. */
const nothingGiven = new Map<string, undefined>();

/**
 * The entries of a write that saves edits, one for each step, so that a later undo finds the state that it restores. A
 * change that no step explains counts as typed by a person.
 * @param caption as records name it
 * @param before what the file holds, decoded, and what it is to hold; null: no file
 */
export function entriesOfWrite(
  caption: string,
  before: string | null,
  after: string | null,
  steps: readonly EditStep[] = [],
): Recorded[] {
  const entries: Recorded[] = [];
  let text = textOf(before);
  const add = (by: EditStep['by'], wanted: string): void => {
    const before = text;
    text = wanted;
    const { found, asked = [], ...author } = by === 'undo' ? hand : by;
    if (found !== undefined) {
      const made = entriesOfTagger({ caption, before, after: wanted, found, asked, author });
      entries.push(...made.filter((entry) => entry.kind !== 'written' || entry.before !== entry.after));
      return;
    }
    const change = captionChange(before, wanted, by === 'undo' ? nothingGiven : 'all', author.separator);
    const kind = by === 'undo' ? 'undone' : 'written';
    if (change.before !== change.after) entries.push({ kind, caption, author, ...change });
  };
  for (const step of steps) add(step.by, textOf(step.after));
  if (text !== textOf(after)) add(hand, textOf(after));
  return entries;
}

function textOf(raw: string | null): string {
  return raw === null ? '' : textOfRaw(raw);
}
