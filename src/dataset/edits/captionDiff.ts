import { diffArrays, diffWordsWithSpace } from 'diff';
import { parseTagLine, tagsOf } from '../../tags/tagLine';

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
  if (unit === 'tags') {
    const [lineBefore, lineAfter] = [parseTagLine(before, separator), parseTagLine(after, separator)];
    const pieces = tagDiff(tagsOf(lineBefore), tagsOf(lineAfter));
    const isAll = lineBefore.rest === lineAfter.rest;
    if (isAll && pieces.some(({ kind }) => kind !== 'kept')) return { unit, pieces: collapsed(pieces) };
  }
  return { unit: 'text', pieces: textDiff(before, after) };
}

function tagDiff(before: string[], after: string[]): DiffPiece[] {
  const pieces: DiffPiece[] = diffArrays(before, after).flatMap(({ value, added, removed }) =>
    value.map((text): DiffPiece => ({ kind: added ? 'added' : removed ? 'removed' : 'kept', text })),
  );
  // A tag that is removed in one place and added in another has moved.
  for (const piece of pieces.filter(({ kind }) => kind === 'removed')) {
    const arrival = pieces.find(({ kind, text }) => kind === 'added' && text === piece.text);
    if (arrival === undefined) continue;
    arrival.kind = 'moved';
    pieces.splice(pieces.indexOf(piece), 1);
  }
  return pieces;
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
  return shown.map((piece, index) => {
    if (piece.kind !== 'skipped' || piece.text !== '1') return piece;
    const position = shown
      .slice(0, index)
      .reduce((sum, { kind, text }) => sum + (kind === 'skipped' ? Number(text) : 1), 0);
    return pieces[position] ?? piece;
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
