import { isEmptyCaption } from '../../tags/captionText';
import { comparableTag } from '../../tags/comparableTag';
import { isJsonCaption } from '../../tags/jsonCaption';
import { firstLine } from '../../tags/tagLine';
import type { WriteMode } from '../../tags/writeMode';
import { captionParts, type CaptionPart } from '../captionParts';
import type { CaptionOrigins } from '../originsOf';
import { keepsOthers, onlyDivides } from '../updateCaption';

/** A tag or sentence, with the gap between it and the one before it. */
interface Piece extends Pick<CaptionPart, 'text' | 'kind'> {
  gap: string;
}

const endsSentence = /[.!?…。！？]["'”’)\]」』）]*$/;

/**
 * Writes the answer of a captioner into a caption, in whole sentences: commas do not divide it. `replace` replaces
 * all; `onlyEmpty` leaves what is there; `append` adds what the caption has not, behind the tags that stand in front
 * of it in the new text, otherwise at the end of the first line; `prepend` adds it in front. `update` takes away what
 * captioners wrote and nobody touched since, puts the new in its place, and keeps all else: hand-written text, what
 * taggers wrote, the order. What a person deleted does not come back.
 * @param text the caption, with LF line ends
 * @param output the text that the caption would get if it were empty
 * @param origins of `text`, by `originsOf`
 * @returns `text` if nothing changes; also if one of the two is JSON, to which nothing can be added
 */
export function captionWithProse(
  text: string,
  output: string,
  origins: CaptionOrigins,
  { mode, separator }: { mode: WriteMode; separator: string },
): string {
  const deleted = new Set(mode === 'update' ? origins.deleted.map((part) => keyOf(part.text)) : []);
  const wanted = onlyOnce(piecesOf(output, separator), deleted);
  if (wanted.length === 0) return text;
  if (isEmptyCaption(text)) return deleted.size === 0 ? output : joined(wanted);
  if (mode === 'replace') return output;
  if (mode === 'onlyEmpty' || isJsonCaption(text) || isJsonCaption(output)) return text;
  const parts = captionParts(text, separator);
  const isOwn = parts.map(
    ({ text: one }, index) =>
      mode === 'update' && origins.parts[index]?.text === one && origins.parts[index].by === 'captioner',
  );
  const isWhole = (updated: string): boolean => keepsOthers(parts, isOwn, updated, separator);
  const merged = mode === 'prepend' ? prepended(text, parts, wanted) : merge(text, parts, isOwn, wanted);
  if (isWhole(merged) && hasAll(merged, wanted, separator)) return merged;
  // Tags after a sentence may be parsed as part of it, and would then be added again the next time.
  const inFront = isOwn.includes(true) ? merged : tagsInFront(text, parts, wanted, separator);
  if (isWhole(inFront) && hasAll(inFront, wanted, separator)) return inFront;
  // An unbalanced bracket may swallow the text that is written next to it, but not a separate line.
  const missing = newOf(wanted, parts);
  const below = missing.length === 0 ? text : `${text.replace(/\n+$/, '')}\n${joined(missing)}`;
  return isWhole(below) ? below : text;
}

function piecesOf(text: string, separator: string): Piece[] {
  const parts = captionParts(text, separator);
  return parts.map((part, index) => ({
    gap: text.slice(parts[index - 1]?.end ?? 0, part.start),
    text: part.text,
    kind: part.kind,
  }));
}

/**
 * The form by which parts are compared: without a final full stop, which a sentence gets when another one follows it.
 */
function keyOf(text: string): string {
  return comparableTag(text.replace(/\.$/, ''));
}

/** Pieces without repetitions, and without what a person deleted, by {@link keyOf}. */
function onlyOnce(pieces: readonly Piece[], deleted: ReadonlySet<string>): Piece[] {
  const seen = new Set(deleted);
  return pieces.filter(({ text }) => {
    const key = keyOf(text);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Pieces as a text of their own. */
function joined([first, ...rest]: readonly Piece[]): string {
  let text = first?.text ?? '';
  for (const piece of rest) text += fittingGap(text, piece.gap, piece) + piece.text;
  return text;
}

/** The pieces that a caption with these parts has not. */
function newOf(wanted: readonly Piece[], parts: readonly CaptionPart[]): Piece[] {
  const standing = new Set(parts.map((part) => keyOf(part.text)));
  return wanted.filter((piece) => !standing.has(keyOf(piece.text)));
}

function prepended(text: string, parts: readonly CaptionPart[], wanted: readonly Piece[]): string {
  const missing = newOf(wanted, parts);
  const [first] = parts;
  if (missing.length === 0 || first === undefined) return text;
  const added = joined(missing);
  return added + fittingGap(added, ' ', first) + text.slice(first.start);
}

/** Adds tags in front of a caption, and sentences where they would stand without them. */
function tagsInFront(text: string, parts: readonly CaptionPart[], wanted: readonly Piece[], separator: string): string {
  const tags = wanted.filter(({ kind }) => kind === 'tag');
  const tagged = prepended(text, parts, tags);
  const standing = captionParts(tagged, separator);
  const sentences = wanted.filter(({ kind }) => kind !== 'tag');
  return merge(
    tagged,
    standing,
    standing.map(() => false),
    sentences,
  );
}

/** Whether a caption has all wanted pieces once it is parsed again. */
function hasAll(text: string, wanted: readonly Piece[], separator: string): boolean {
  return newOf(wanted, captionParts(text, separator)).length === 0;
}

function merge(
  text: string,
  parts: readonly CaptionPart[],
  isOwn: readonly boolean[],
  wanted: readonly Piece[],
): string {
  const keys = new Set(wanted.map((piece) => keyOf(piece.text)));
  const pieces: Piece[] = [];
  /** where the first removed part was: its index among the pieces that stay, and the gap in front of it */
  let removed: { at: number; gap: string } | undefined;
  let gap = text.slice(0, parts[0]?.start ?? text.length);
  /** the last piece of the first line */
  let lastOfLine = -1;
  const lineEnd = firstLine(text).length;
  for (const [index, part] of parts.entries()) {
    const next = text.slice(part.end, parts[index + 1]?.start ?? text.length);
    if (isOwn[index] === true && !keys.has(keyOf(part.text))) {
      removed ??= { at: pieces.length, gap };
      gap = gapWithout(gap, next, pieces.length > 0, index < parts.length - 1);
      continue;
    }
    pieces.push({ gap, text: part.text, kind: part.kind });
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
    const known = standing.get(keyOf(piece.text));
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
      pieces.splice(pieces.indexOf(anchor) + 1, 0, own);
      anchor = own;
    }
  }
  const [first, ...rest] = waiting;
  // If no piece of the new text is in the caption, it goes to the end of the first line, which trainers read.
  if (first !== undefined) {
    const at = last === undefined ? 0 : pieces.indexOf(last) + 1;
    pieces.splice(at, 0, { ...first, gap: last === undefined ? '' : ' ' }, ...rest);
  }
  return assembled(pieces, tail);
}

/** Merges the gaps around a removed part: one of the two separators goes with it. */
function gapWithout(before: string, behind: string, hasPrevious: boolean, hasNext: boolean): string {
  if (!hasNext) return hasPrevious && onlyDivides(before) ? behind.replace(/^[^\n]+/, '') : behind;
  if (onlyDivides(behind)) return before;
  return hasPrevious && onlyDivides(before) ? behind : before + behind;
}

function insertBefore(pieces: Piece[], next: Piece, added: readonly Piece[], gap: string): void {
  const at = pieces.indexOf(next);
  const [first] = added;
  if (first === undefined || at === -1) return;
  first.gap = next.gap;
  next.gap = gap;
  pieces.splice(at, 0, ...added);
}

/** Joins pieces so that neighbours stay separate parts. */
function assembled(pieces: readonly Piece[], tail: string): string {
  let text = '';
  for (const [index, piece] of pieces.entries()) {
    text += (index === 0 ? piece.gap : fittingGap(text, piece.gap, piece)) + piece.text;
  }
  return text + tail;
}

/**
 * A gap that keeps what follows apart from a text: a blank suffices behind a sentence only, a full stop ends a list of
 * tags in front of one, and a comma divides tags.
 */
function fittingGap(before: string, gap: string, next: Pick<CaptionPart, 'text' | 'kind'>): string {
  const isSentence = endsSentence.test(before);
  if (gap.trim() === '') {
    if (gap.includes('\n')) return gap;
    if (isSentence) return gap || ' ';
    return next.kind === 'sentence' || /^\p{Lu}/u.test(next.text) ? '. ' : ', ';
  }
  // Otherwise trainers would read `A sentence., a tag` or `A sentence.. Another`.
  return isSentence && /^\s*[.,]\s*$/.test(gap) ? ' ' : gap;
}
