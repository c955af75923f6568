import { entriesInOrder } from './entryOrder';
import { joinedText, textOfKept } from './captionTexts';
import { isNote, partsBefore, textHash, type Author, type RecordEntry } from './recordEntry';

/** What a caption held at one time, as far as its records know. */
export interface CaptionState {
  /** {@link textHash}; empty for a caption that was empty or had no file */
  hash: string;
  /** with LF line ends and none at the end, exact; undefined if no record has it */
  text: string | undefined;
  /**
   * - `written`: `author` made it so at `when`
   * - `undone`: `author` took edits back, or made them again, so that what stood earlier stood again
   * - `found`: the next write found it there, and no record says since when or by whom
   */
  kind: 'written' | 'undone' | 'found';
  /** milliseconds since 1970 */
  when?: number;
  author?: Author;
}

/**
 * All that a caption is known to have held, in the order of time. Two states that follow each other differ. Writes
 * that were recorded, but never done because their process died, are left out.
 * @param entries of the caption, in the order of time
 * @param now what the caption holds, with LF line ends, for a last state; undefined if that is not known
 */
export function captionStates(entries: readonly RecordEntry[], now?: string): CaptionState[] {
  const order = entriesInOrder(entries, now === undefined ? undefined : textHash(now));
  const writes = order.filter(({ kind }) => !isNote(kind));
  const texts = textsOf(writes, now);
  const states: CaptionState[] = [];
  const found = (hash: string): void => {
    const isKnown = states.length === 0 ? hash === '' : states.at(-1)?.hash === hash;
    if (!isKnown) states.push({ hash, text: texts.get(hash), kind: 'found' });
  };
  const last = now === undefined ? undefined : textHash(now);
  for (const [index, { kind, before, after, when, author, isDone }] of writes.entries()) {
    // A change that another record explains was not made by another program.
    if (author.by === 'outside' && states.at(-1)?.hash === after) continue;
    const next = index + 1 < writes.length ? writes[index + 1]?.before : last;
    if (!isDone && next !== undefined && next !== after) continue;
    found(before);
    if (before !== after) states.push({ hash: after, text: texts.get(after), kind: kindOf(kind), when, author });
  }
  if (last !== undefined) found(last);
  return states;
}

function kindOf(kind: RecordEntry['kind']): CaptionState['kind'] {
  return kind === 'undone' ? 'undone' : 'written';
}

/** The texts of all states, by their hashes, as far as any entry has them. */
function textsOf(writes: readonly RecordEntry[], now: string | undefined): ReadonlyMap<string, string> {
  const texts = new Map([['', '']]);
  if (now !== undefined) texts.set(textHash(now), now);
  const learn = (hash: string, read: () => string | undefined): void => {
    if (texts.has(hash)) return;
    const text = read();
    if (text !== undefined && textHash(text) === hash) texts.set(hash, text);
  };
  for (const entry of writes) {
    const { before, after, parts, reordered, author, textBefore, textAfter } = entry;
    const joined = (hash: string, from: readonly string[]): string | undefined =>
      joinedText(from, author.separator, (text) => textHash(text) === hash);
    learn(before, () => textBefore ?? (reordered ? undefined : joined(before, partsBefore(entry))));
    learn(after, () => {
      if (textAfter !== undefined) return textOfKept(texts.get(before), textAfter, after);
      return joined(
        after,
        parts.map(({ text }) => text),
      );
    });
  }
  return texts;
}
