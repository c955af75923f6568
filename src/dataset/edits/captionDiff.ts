import { diffArrays, diffWordsWithSpace } from 'diff';
import { parseTagLine, tagsOf } from '../../tags/tagLine';

/** A piece of a caption before and after an edit; `skipped` stands for what stays and is of no interest. */
export interface DiffPiece {
  kind: 'kept' | 'removed' | 'added' | 'moved' | 'skipped';
  text: string;
}

/** What an edit does to one caption: in tags, or in words where the tags are the same or no tags are meant. */
export interface CaptionDiff {
  unit: 'tags' | 'text';
  pieces: DiffPiece[];
}

/** How many characters of unchanged text are shown before and after a change. */
const contextLetters = 24;
/** Texts that differ in more places than this are shown as wholly replaced; comparing them takes long. */
const mostDifferences = 400;

/**
 * Compares a caption with what an edit makes of it.
 * @param unit `tags` where the edit means tags; a difference between the tags, or in another line than the first, is
 * shown in words
 */
export function captionDiff(before: string, after: string, unit: 'tags' | 'text', separator: string): CaptionDiff {
  if (unit === 'tags') {
    const [lineBefore, lineAfter] = [parseTagLine(before, separator), parseTagLine(after, separator)];
    const pieces = tagDiff(tagsOf(lineBefore), tagsOf(lineAfter));
    const isAll = lineBefore.rest === lineAfter.rest;
    if (isAll && pieces.some(({ kind }) => kind !== 'kept')) return { unit, pieces: withoutBoredom(pieces) };
  }
  return { unit: 'text', pieces: textDiff(before, after) };
}

function tagDiff(before: string[], after: string[]): DiffPiece[] {
  const pieces: DiffPiece[] = diffArrays(before, after).flatMap(({ value, added, removed }) =>
    value.map((text): DiffPiece => ({ kind: added ? 'added' : removed ? 'removed' : 'kept', text })),
  );
  // A tag that goes at one place and comes at another has moved.
  for (const piece of pieces.filter(({ kind }) => kind === 'removed')) {
    const arrival = pieces.find(({ kind, text }) => kind === 'added' && text === piece.text);
    if (arrival === undefined) continue;
    arrival.kind = 'moved';
    pieces.splice(pieces.indexOf(piece), 1);
  }
  return pieces;
}

/** Of tags that stay, only the neighbours of a change are shown. */
function withoutBoredom(pieces: readonly DiffPiece[]): DiffPiece[] {
  const shown: DiffPiece[] = [];
  for (const [index, piece] of pieces.entries()) {
    const isNear = [-1, 0, 1].some((offset) => (pieces[index + offset]?.kind ?? 'kept') !== 'kept');
    const last = shown.at(-1);
    if (isNear) shown.push(piece);
    else if (last?.kind === 'skipped') last.text = String(Number(last.text) + 1);
    else shown.push({ kind: 'skipped', text: '1' });
  }
  // One tag takes no more room than the words that it is left out.
  return shown.map((piece, index) => {
    if (piece.kind !== 'skipped' || piece.text !== '1') return piece;
    const position = shown
      .slice(0, index)
      .reduce((sum, { kind, text }) => sum + (kind === 'skipped' ? Number(text) : 1), 0);
    return pieces[position] ?? piece;
  });
}

function textDiff(before: string, after: string): DiffPiece[] {
  const changes = diffWordsWithSpace(before, after, { maxEditLength: mostDifferences });
  if (changes === undefined) {
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ];
  }
  const last = changes.length - 1;
  return changes.map(({ value, added, removed }, index): DiffPiece => {
    if (added || removed) return { kind: added ? 'added' : 'removed', text: value };
    const start = index === 0 ? '' : value.slice(0, contextLetters);
    const end = index === last ? '' : value.slice(-contextLetters);
    return { kind: 'kept', text: value.length <= start.length + end.length + 1 ? value : `${start}…${end}` };
  });
}
