/** One change of a text: some characters from an offset on are replaced by a text. */
export interface TextChange {
  rangeOffset: number;
  rangeLength: number;
  text: string;
}

/**
 * The changes that undo those of one event of VS Code, which lists them from the last place in the text to the first.
 * @returns changes of the text as it is after the event, from the first place to the last
 */
export function reverseOfChanges(before: string, changes: readonly TextChange[]): TextChange[] {
  let moved = 0;
  const fromFirst = changes.toSorted((a, b) => a.rangeOffset - b.rangeOffset);
  return fromFirst.map(({ rangeOffset, rangeLength, text }) => {
    const reverse = {
      rangeOffset: rangeOffset + moved,
      rangeLength: text.length,
      text: before.slice(rangeOffset, rangeOffset + rangeLength),
    };
    moved += text.length - rangeLength;
    return reverse;
  });
}

/**
 * Moves changes that are still to be made to where their places are after another change.
 * @returns undefined if that change has gone over the place of one of them
 */
export function movedBy(
  { rangeOffset, rangeLength, text }: TextChange,
  waiting: readonly TextChange[],
): TextChange[] | undefined {
  const end = rangeOffset + rangeLength;
  const moved: TextChange[] = [];
  for (const change of waiting) {
    const changeEnd = change.rangeOffset + change.rangeLength;
    // Text typed where another one was deleted belongs after that text, as the caret was at its end.
    if (rangeOffset >= changeEnd) moved.push(change);
    else if (end <= change.rangeOffset) {
      moved.push({ ...change, rangeOffset: change.rangeOffset + text.length - rangeLength });
    }
    // Undo selects what it brings: the first key replaces it.
    else if (rangeOffset === change.rangeOffset && end === changeEnd) moved.push({ ...change, rangeLength: 0 });
    else return undefined;
  }
  return moved;
}
