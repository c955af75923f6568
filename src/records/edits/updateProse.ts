import { isEmptyCaption } from '../../tags/captionText';
import { isJsonCaption } from '../../tags/jsonCaption';
import { firstLine } from '../../tags/tagLine';
import type { WriteMode } from '../../tags/writeMode';
import { captionParts, type CaptionPart } from '../captionParts';
import type { CaptionOrigins } from '../originsOf';
import { onlyDivides } from '../updateCaption';
import { wholeAnswers } from './captionerAnswers';
import {
  DeletedTexts,
  endsSentence,
  finestParts,
  keyOf,
  piecesOfOutput,
  placesOf,
  type ProsePiece as Piece,
} from './proseUnits';

export interface ProseOptions {
  mode: WriteMode;
  separator: string;
  /** what of the text the model wrote, in one line; all of it if left out */
  prose?: string;
  /** the tags of the caption that stand in the text: they are not written again, whatever they look like in it */
  tags?: readonly string[];
  /** what captioners wrote earlier, by `captionerAnswers`; if left out, each part stands for itself */
  answers?: readonly (readonly string[])[];
}

/** A caption as it stands, in parts. */
interface Standing {
  text: string;
  parts: readonly CaptionPart[];
  /** whether a part may go */
  isOwn: readonly boolean[];
}

/** What divides a tag from a sentence behind it; where the first of them would make one of both, the second. */
const joints = ['. ', ', '] as const;

/**
 * Writes what a captioner has to say into a caption, in whole sentences as the model wrote them: nothing is divided at
 * its commas, and what stands there already is not written again. `replace` replaces all; `onlyEmpty` leaves what is
 * there; `append` adds what the caption has not, behind the tags that stand in front of it in the new text, otherwise
 * at the end of the first line; `prepend` adds it in front. `update` takes away what captioners wrote and nobody
 * touched since, puts the new in its place, and keeps all else: hand-written text, what taggers wrote, the order. What
 * a person deleted does not come back, nor a sentence of which a person deleted a part.
 * @param text the caption, with LF line ends
 * @param output the text that the caption would get if it were empty
 * @param origins of `text`, by `originsOf`
 * @returns `text` if nothing changes; also if one of the two is JSON, to which nothing can be added
 */
export function captionWithProse(
  text: string,
  output: string,
  origins: CaptionOrigins,
  { mode, separator, prose = output, tags = [], answers }: ProseOptions,
): string {
  const deleted = new DeletedTexts(mode === 'update' ? origins.deleted : [], separator);
  const wanted = onlyOnce(piecesOfOutput({ output, prose, tags, separator }), deleted);
  if (wanted.length === 0) return text;
  if (isEmptyCaption(text)) return deleted.isEmpty ? output : joined(wanted);
  if (mode === 'replace') return output;
  if (mode === 'onlyEmpty' || isJsonCaption(text) || isJsonCaption(output)) return text;
  const standing = standingOf(text, wanted, mode === 'update' ? origins : undefined, { separator, answers });
  const added = withoutTags(wanted, standing, tags);
  const isRight = (updated: string): boolean =>
    keepsAll(standing, updated, separator) && hasAll(updated, added, separator);
  const isRightAsRead = (updated: string): boolean =>
    isRight(updated) && staysApart(text, standing, updated, separator);
  const ways = joints.map((joint) => (mode === 'prepend' ? prepended : merge)(standing, added, joint));
  // Tags behind a sentence may be read as its end, and would be added once more the next time.
  const mayStandInFront = !standing.isOwn.includes(true);
  const inFront = mayStandInFront ? joints.map((joint) => tagsInFront(standing, added, separator, joint)) : [];
  const way = ways.find(isRightAsRead) ?? inFront.find(isRightAsRead);
  if (way !== undefined) return way;
  // A bracket without a partner may join what is written beside it; in a line of its own nothing does.
  const missing = newOf(added, standing);
  const below = missing.length === 0 ? text : `${text.replace(/\n+$/, '')}\n${joined(missing)}`;
  return [below, ...ways].find(isRightAsRead) ?? ways.find(isRight) ?? text;
}

/** A caption in parts, of which those that hold a sentence that is wanted are one. */
function standingOf(
  text: string,
  wanted: readonly Piece[],
  origins: CaptionOrigins | undefined,
  { separator, answers }: { separator: string; answers: ProseOptions['answers'] | undefined },
): Standing {
  const recorded = captionParts(text, separator);
  const texts = recorded.map((part) => part.text);
  const whole = answers === undefined ? undefined : wholeAnswers(texts, answers, separator);
  const mayGo = recorded.map(({ text: one, kind }, index) => {
    const { by, text: known } = origins?.parts[index] ?? {};
    return by === 'captioner' && known === one && (kind !== 'tag' || whole?.[index] !== false);
  });
  let parts = finestParts(text, separator).map(({ part, of }) => ({ part, isOwn: mayGo[of] === true }));
  for (const { text: unit, kind } of wanted) {
    if (kind === 'tag') continue;
    for (const { start, end } of placesOf(unit, text)) {
      const inside = parts.filter(({ part }) => part.start < end && part.end > start);
      const [first] = inside;
      if (first === undefined || inside.length === 1) continue;
      const from = Math.min(start, first.part.start);
      const to = Math.max(end, inside.at(-1)?.part.end ?? end);
      const part: CaptionPart = { text: text.slice(from, to), start: from, end: to, kind: 'sentence' };
      const isOwn = inside.every((one) => one.isOwn);
      parts = parts.flatMap((one) => (one === first ? [{ part, isOwn }] : inside.includes(one) ? [] : [one]));
    }
  }
  return { text, parts: parts.map(({ part }) => part), isOwn: parts.map((one) => one.isOwn) };
}

/** Pieces without repetitions, and without what a person deleted. */
function onlyOnce(pieces: readonly Piece[], deleted: DeletedTexts): Piece[] {
  const seen = new Set<string>();
  return pieces.filter(({ text }) => {
    const key = keyOf(text);
    if (seen.has(key) || deleted.has(text)) return false;
    seen.add(key);
    return true;
  });
}

/** Pieces without tags of the caption that stand there in another form than in the text that is written. */
function withoutTags(wanted: readonly Piece[], { parts }: Standing, tags: readonly string[]): Piece[] {
  const ours = new Set(tags.map(keyOf));
  const standing = new Set(parts.map((part) => keyOf(part.text)));
  return wanted.filter(({ text }) => !ours.has(keyOf(text)) || standing.has(keyOf(text)));
}

/** Pieces as a text of their own. */
function joined([first, ...rest]: readonly Piece[]): string {
  let text = first?.text ?? '';
  for (const piece of rest) text += fittingGap(text, piece.gap, piece) + piece.text;
  return text;
}

/** The pieces that a caption has not. */
function newOf(wanted: readonly Piece[], { text, parts }: Pick<Standing, 'text' | 'parts'>): Piece[] {
  const standing = new Set(parts.map((part) => keyOf(part.text)));
  return wanted.filter((piece) => !standing.has(keyOf(piece.text)) && !standsIn(piece, text));
}

/** Whether a sentence stands in a caption to the letter, whatever it is read as there. */
function standsIn({ text, kind }: Piece, caption: string): boolean {
  return kind !== 'tag' && placesOf(text, caption).length > 0;
}

function prepended({ text, parts }: Pick<Standing, 'text' | 'parts'>, wanted: readonly Piece[], joint: string): string {
  const missing = newOf(wanted, { text, parts });
  const [first] = parts;
  if (missing.length === 0 || first === undefined) return text;
  const added = joined(missing);
  return added + fittingGap(added, ' ', first, joint) + text.slice(first.start);
}

/** Adds tags in front of a caption, and sentences where they would stand without them. */
function tagsInFront(standing: Standing, wanted: readonly Piece[], separator: string, joint: string): string {
  const tags = wanted.filter(({ kind }) => kind === 'tag');
  const text = prepended(standing, tags, joint);
  const parts = finestParts(text, separator).map(({ part }) => part);
  const sentences = wanted.filter(({ kind }) => kind !== 'tag');
  return merge({ text, parts, isOwn: parts.map(() => false) }, sentences, joint);
}

/** Whether a caption has all wanted pieces once it is parsed again. */
function hasAll(text: string, wanted: readonly Piece[], separator: string): boolean {
  return newOf(wanted, { text, parts: finestParts(text, separator).map(({ part }) => part) }).length === 0;
}

/** Whether what stays of a caption is read as it was, not as one with what was added: then records know it again. */
function staysApart(text: string, { parts, isOwn }: Standing, updated: string, separator: string): boolean {
  const now = new Set(captionParts(updated, separator).map((part) => part.text));
  return captionParts(text, separator).every(
    (one) =>
      now.has(one.text) ||
      // The full stop of `1girl, smile.` divides in front of a sentence.
      (/[^.]\.$/.test(one.text) && now.has(one.text.slice(0, -1))) ||
      parts.some((part, index) => isOwn[index] === true && part.start < one.end && part.end > one.start),
  );
}

/** Whether all parts of others stand in the new caption, in their order, and are read as they were. */
function keepsAll({ parts, isOwn }: Standing, updated: string, separator: string): boolean {
  const now = finestParts(updated, separator).map(({ part }) => part);
  let from = 0;
  return parts.every(({ text, kind }, index) => {
    if (isOwn[index] === true) return true;
    const at = now.findIndex((part, place) => place >= from && keyOf(part.text) === keyOf(text));
    if (at < 0) return kind === 'sentence' && placesOf(text, updated).length > 0;
    from = at + 1;
    return true;
  });
}

function merge({ text, parts, isOwn }: Standing, wanted: readonly Piece[], joint: string): string {
  const keys = new Set(wanted.map((piece) => keyOf(piece.text)));
  const pieces: Piece[] = [];
  /** the piece in front of each, where the gap between both stands in the caption */
  const neighbours = new Map<Piece, Piece | undefined>();
  /** where the first part stood that goes, among the pieces that stay, and what stood before it */
  let removed: { at: number; gap: string } | undefined;
  let gap = text.slice(0, parts[0]?.start ?? text.length);
  /** the last piece of the first line */
  let lastOfLine = -1;
  const lineEnd = firstLine(text).length;
  for (const [index, part] of parts.entries()) {
    const next = text.slice(part.end, parts[index + 1]?.start ?? text.length);
    if (isOwn[index] === true && !keys.has(keyOf(part.text)) && !wanted.some((one) => standsIn(one, part.text))) {
      removed ??= { at: pieces.length, gap };
      gap = gapWithout(gap, next, pieces.length > 0, index < parts.length - 1);
      continue;
    }
    const piece = { gap, text: part.text, kind: part.kind };
    if (parts[index - 1]?.end === part.start - gap.length) neighbours.set(piece, pieces.at(-1));
    pieces.push(piece);
    if (part.end <= lineEnd) lastOfLine = pieces.length - 1;
    gap = next;
  }
  const tail = gap;
  const standing = new Map(pieces.map((piece) => [keyOf(piece.text), piece]));
  const last = pieces[lastOfLine];
  let anchor: Piece | undefined;
  let waiting: Piece[] = [];
  const place = removed;
  let placed = place?.at ?? 0;
  for (const piece of wanted) {
    const known = standing.get(keyOf(piece.text)) ?? pieces.find((one) => standsIn(piece, one.text));
    if (known !== undefined) {
      if (waiting.length > 0) insertBefore(pieces, known, waiting, piece.gap);
      waiting = [];
      anchor = known;
      continue;
    }
    const own = { ...piece };
    if (place !== undefined) {
      if (placed === place.at) own.gap = place.gap;
      pieces.splice(placed++, 0, own);
    } else if (anchor === undefined) waiting.push(own);
    else {
      pieces.splice(placeBehind(pieces, anchor, own), 0, own);
      anchor = own;
    }
  }
  const [first, ...rest] = waiting;
  // If no piece of the new text is in the caption, it goes to the end of the first line, which trainers read.
  if (first !== undefined) {
    const at = last === undefined ? 0 : pieces.indexOf(last) + 1;
    pieces.splice(at, 0, { ...first, gap: last === undefined ? '' : ' ' }, ...rest);
  }
  return assembled(pieces, tail, joint, neighbours);
}

/** Merges the gaps around a removed part: one of the two separators goes with it. */
function gapWithout(before: string, behind: string, hasPrevious: boolean, hasNext: boolean): string {
  if (!hasNext) return hasPrevious && onlyDivides(before) ? behind.replace(/^[^\n]+/, '') : behind;
  if (onlyDivides(behind)) return before;
  return hasPrevious && onlyDivides(before) ? behind : before + behind;
}

/** Behind another piece, or behind its line: a line end would take what follows it there out of the line. */
function placeBehind(pieces: readonly Piece[], anchor: Piece, { gap }: Piece): number {
  let at = pieces.indexOf(anchor) + 1;
  if (gap.includes('\n')) while (pieces[at]?.gap.includes('\n') === false) at++;
  return at;
}

function insertBefore(pieces: Piece[], before: Piece, added: readonly Piece[], gap: string): void {
  let at = pieces.indexOf(before);
  if (gap.includes('\n')) while (at > 0 && pieces[at]?.gap.includes('\n') === false) at--;
  const [first] = added;
  const next = pieces[at];
  if (first === undefined || next === undefined) return;
  first.gap = next.gap;
  next.gap = gap;
  pieces.splice(at, 0, ...added);
}

/** Joins pieces, and looks that what was put beside each other stays apart. */
function assembled(
  pieces: readonly Piece[],
  tail: string,
  joint: string,
  neighbours: ReadonlyMap<Piece, Piece | undefined>,
): string {
  let text = '';
  for (const [index, piece] of pieces.entries()) {
    const stood = index === 0 || neighbours.get(piece) === pieces[index - 1];
    text += (stood ? piece.gap : fittingGap(text, piece.gap, piece, joint)) + piece.text;
  }
  return text + tail;
}

/**
 * A gap that keeps what follows apart from a text: a blank suffices behind a sentence only, a full stop ends a list of
 * tags in front of one, and a comma divides tags.
 */
function fittingGap(before: string, gap: string, next: Pick<CaptionPart, 'text' | 'kind'>, joint = '. '): string {
  const isSentence = endsSentence.test(before);
  if (gap.includes('\n')) return gap;
  if (gap.trim() === '') {
    if (isSentence) return gap || (/[。！？]["'”’)\]」』）]*$/.test(before) ? '' : ' ');
    return next.kind === 'sentence' || /^\p{Lu}/u.test(next.text) ? joint : ', ';
  }
  // `A sentence., a tag` and `A sentence.. Another` are what trainers would read.
  if (isSentence && /^\s*[.,]\s*$/.test(gap)) return ' ';
  return /^\.\s+$/.test(gap) ? joint : gap;
}
