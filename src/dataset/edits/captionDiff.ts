import { diffArrays, diffWordsWithSpace } from 'diff';
import { isJsonCaption } from '../../tags/jsonCaption';
import { parseTagLine, proseOf, tagsOf } from '../../tags/tagLine';

/** A piece of a caption before and after an edit; `skipped` replaces unchanged tags, and its text is their number. */
export interface DiffPiece {
  kind: 'kept' | 'removed' | 'added' | 'moved' | 'skipped';
  text: string;
}

/** The diff of one caption: in tags, or in words when the tags are equal or the edit is not about tags. */
export interface CaptionDiff {
  unit: 'tags' | 'text';
  pieces: DiffPiece[];
}

/** Number of unchanged characters that are shown before and after a change. */
const contextLength = 24;
/** Texts with more differences are shown as completely replaced: comparing them would take too long. */
const maxDifferences = 400;

/**
 * Compares a caption before and after an edit.
 * @param unit `tags` when the edit is about tags; a difference in the separators or in another line than the first is
 *   shown in words nevertheless
 */
export function captionDiff(before: string, after: string, unit: 'tags' | 'text', separator: string): CaptionDiff {
  if (unit === 'tags' && !isJsonCaption(before) && !isJsonCaption(after)) {
    const [lineBefore, lineAfter] = [parseTagLine(before, separator), parseTagLine(after, separator)];
    const pieces = tagDiff(tagsOf(lineBefore), tagsOf(lineAfter));
    const prose = [lineBefore, lineAfter].map((line) => proseOf(line).join('\n'));
    const isAll = lineBefore.rest === lineAfter.rest && prose[0] === prose[1];
    if (isAll && pieces.some(({ kind }) => kind !== 'kept')) return { unit, pieces: collapsed(pieces) };
  }
  return { unit: 'text', pieces: textDiff(before, after) };
}

function tagDiff(before: readonly string[], after: readonly string[]): DiffPiece[] {
  const changes = diffArrays([...before], [...after], { maxEditLength: maxDifferences });
  if (changes === undefined) return roughTagDiff(before, after);
  const pieces = changes.flatMap(({ value, added, removed }) =>
    value.map((text): DiffPiece => ({ kind: added ? 'added' : removed ? 'removed' : 'kept', text })),
  );
  // A tag that is removed in one place and added in another has moved.
  const arrivals = new Places(pieces.filter(({ kind }) => kind === 'added').map((piece) => [piece.text, piece]));
  return pieces.filter((piece) => {
    const arrival = piece.kind === 'removed' ? arrivals.take(piece.text) : undefined;
    if (arrival !== undefined) arrival.kind = 'moved';
    return arrival === undefined;
  });
}

/**
 * The diff of captions with very many differences: first what was removed, then the tags as they are now. One that was
 * there before has moved, unless all before it are the same.
 */
function roughTagDiff(before: readonly string[], after: readonly string[]): DiffPiece[] {
  const first = before.findIndex((tag, index) => tag !== after[index]);
  const start = first < 0 ? before.length : first;
  const left = new Places(before.slice(start).map((tag) => [tag, tag]));
  const now = after.map((text, index): DiffPiece => {
    if (index < start) return { kind: 'kept', text };
    return { kind: left.take(text) === undefined ? 'added' : 'moved', text };
  });
  const removed = left.rest().map((text): DiffPiece => ({ kind: 'removed', text }));
  return [...now.slice(0, start), ...removed, ...now.slice(start)];
}

/** Several values by name, taken in their order. */
class Places<T> {
  private readonly places = new Map<string, T[]>();

  constructor(values: readonly (readonly [name: string, value: T])[]) {
    // Backwards, as only the end of a list is taken without moving the others.
    for (const [name, value] of values.toReversed()) {
      const known = this.places.get(name);
      if (known === undefined) this.places.set(name, [value]);
      else known.push(value);
    }
  }

  /** Takes the first value that is left of a name. */
  take(name: string): T | undefined {
    return this.places.get(name)?.pop();
  }

  /** The values that were not taken, by name. */
  rest(): T[] {
    return [...this.places.values()].flatMap((values) => values.toReversed());
  }
}

/** Collapses unchanged tags, except the neighbours of a change. */
function collapsed(pieces: readonly DiffPiece[]): DiffPiece[] {
  const shown: DiffPiece[] = [];
  for (const [index, piece] of pieces.entries()) {
    const isNear = [-1, 0, 1].some((offset) => (pieces[index + offset]?.kind ?? 'kept') !== 'kept');
    const last = shown.at(-1);
    if (isNear) shown.push(piece);
    else if (last?.kind === 'skipped') last.text = String(Number(last.text) + 1);
    else shown.push({ kind: 'skipped', text: '1' });
  }
  // A single tag takes no more room than the text that stands for skipped tags.
  let position = 0;
  return shown.map((piece) => {
    const at = position;
    position += piece.kind === 'skipped' ? Number(piece.text) : 1;
    return piece.kind === 'skipped' && piece.text === '1' ? (pieces[at] ?? piece) : piece;
  });
}

function textDiff(before: string, after: string): DiffPiece[] {
  const changes = diffWordsWithSpace(before, after, { maxEditLength: maxDifferences });
  if (changes === undefined) {
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ];
  }
  const last = changes.length - 1;
  return changes.map(({ value, added, removed }, index): DiffPiece => {
    if (added || removed) return { kind: added ? 'added' : 'removed', text: value };
    const start = index === 0 ? '' : value.slice(0, contextLength);
    const end = index === last ? '' : value.slice(-contextLength);
    return { kind: 'kept', text: value.length <= start.length + end.length + 1 ? value : `${start}…${end}` };
  });
}
