import { trainerSeparators } from '../tags/captionGrammar';
import { isEmptyCaption } from '../tags/captionText';
import { comparableTag } from '../tags/comparableTag';
import { isJsonCaption } from '../tags/jsonCaption';
import { firstLine, parseTagLine, separatorOf } from '../tags/tagLine';
import type { WriteOptions } from '../tags/writeMode';
import { captionWithTags } from '../tags/writeTags';
import { captionParts, type CaptionPart } from './captionParts';
import type { CaptionOrigins } from './originsOf';
import { deletionKey, type Writer } from './recordEntry';

/** A part of the new caption. */
interface Piece {
  /** the text between the part before and this one */
  gap: string;
  text: string;
  /** written by a machine of the same kind, and not edited since */
  isOwn: boolean;
  /** in the first line, after the tags that stay in front */
  mayHaveNewBeside: boolean;
}

/**
 * Updates a caption to a new result of a machine (write mode `update`). Parts that machines of this kind wrote and
 * nobody edited since are removed if they are not in the result, else they get its spelling; new parts are inserted
 * beside their neighbours in the result. Parts that persons wrote, moved or corrected stay unchanged and in order, and
 * deleted ones do not come back. Without records all parts count as a person's, so tags are only added.
 * @param text with LF line ends
 * @param origins of this text, by `originsOf`
 * @param result the tags or sentences of the machine, in its order
 * @param by the kind of machine: parts of other kinds stay
 * @returns `text` if nothing changes; also if the result is empty, or the caption is JSON
 */
export function updatedCaption(
  text: string,
  origins: CaptionOrigins,
  result: readonly string[],
  options: WriteOptions,
  by: Writer = 'tagger',
): string {
  const deleted = new Set(origins.deleted.map((part) => deletionKey(part.text)));
  const given = result.flatMap((one) => captionParts(one, options.separator).map((part) => part.text));
  const wanted = given.filter((tag) => !deleted.has(deletionKey(tag)));
  const add = (existing: string, tags: readonly string[]): string =>
    captionWithTags(existing, tags, { ...options, mode: 'append' });
  if (given.length === 0 || isJsonCaption(text)) return text;
  if (isEmptyCaption(text)) return add(text, wanted);
  const parts = captionParts(text, options.separator);
  const isOwn = parts.map((part, index) => origins.parts[index]?.text === part.text && origins.parts[index].by === by);
  const isWhole = (updated: string): boolean => keepsOthers(parts, isOwn, updated, options.separator);
  const updated = rewritten(text, parts, isOwn, wanted, options, add);
  if (isWhole(updated)) return updated;
  // An unbalanced bracket may swallow text that is written next to it; at the end it does the least harm.
  const added = add(text, wanted);
  if (!isWhole(added)) return text;
  // With the new tags in between, those that the machine no longer finds may go without joining what they divide.
  const others = new Set(parts.flatMap((part, index) => (isOwn[index] === true ? [] : [part.text])));
  const now = captionParts(added, options.separator);
  const isOwnNow = now.map((part) => !others.has(part.text));
  const without = rewritten(added, now, isOwnNow, wanted, options, add);
  return isWhole(without) ? without : added;
}

function rewritten(
  text: string,
  parts: readonly CaptionPart[],
  isOwn: readonly boolean[],
  wanted: readonly string[],
  options: WriteOptions,
  add: (existing: string, tags: readonly string[]) => string,
): string {
  const spelling = new Map(wanted.map((tag) => [comparableTag(tag), tag]));
  // If a person wrote the tag in another spelling, that of the machine is not changed: if both were equal, they could
  // not be told apart later.
  for (const [index, { text: own }] of parts.entries()) {
    const key = comparableTag(own);
    if (isOwn[index] !== true && spelling.has(key)) spelling.set(key, '');
  }
  const lineEnd = firstLine(text).length;
  const separator = separatorFor(text, options.separator);
  const pieces: Piece[] = [];
  let gap = text.slice(0, parts[0]?.start ?? text.length);
  for (const [index, part] of parts.entries()) {
    const next = text.slice(part.end, parts[index + 1]?.start ?? text.length);
    const own = isOwn[index] === true;
    const found = spelling.get(comparableTag(part.text));
    const spelled = own && found !== '' ? found : part.text;
    const inFront = index < options.keepFirst && part.end <= lineEnd;
    if (spelled === undefined && !inFront) {
      gap = gapWithout(gap, next, pieces.length > 0, index < parts.length - 1);
      continue;
    }
    const mayHaveNewBeside = part.end <= lineEnd && index >= options.keepFirst - 1;
    pieces.push({ gap, text: spelled ?? part.text, isOwn: own, mayHaveNewBeside });
    gap = next;
  }
  const missing = insertNew(pieces, wanted, separator, parts.length > 0 ? options.keepFirst : 0);
  const kept = `${pieces.map((piece) => piece.gap + piece.text).join('')}${gap}`;
  return missing.length === 0 ? kept : add(kept, missing);
}

/** Merges the gaps around a removed part. */
function gapWithout(before: string, behind: string, hasPrevious: boolean, hasNext: boolean): string {
  if (hasPrevious && onlyDivides(before)) return behind;
  if (hasNext && onlyDivides(behind)) return before;
  return before + behind;
}

/**
 * Whether a gap can be removed with a tag: line ends and separators of trainers have a meaning for the tags that stay.
 */
export function onlyDivides(gap: string): boolean {
  return gap !== '' && !gap.includes('\n') && !trainerSeparators.some((one) => gap.includes(one));
}

/**
 * Inserts new tags beside tags of the machine that are their neighbours in its result.
 * @returns the new tags without such a neighbour
 */
function insertNew(pieces: Piece[], wanted: readonly string[], separator: string, keepFirst: number): string[] {
  const standing = new Map(pieces.map((piece) => [comparableTag(piece.text), piece]));
  let waiting: string[] = [];
  let anchor: Piece | undefined;
  for (const tag of wanted) {
    const key = comparableTag(tag);
    const known = standing.get(key);
    if (known !== undefined) {
      if (!known.isOwn || !known.mayHaveNewBeside) continue;
      const at = pieces.indexOf(known);
      if (waiting.length > 0 && at >= keepFirst) {
        insertBefore(pieces, at, waiting, separator);
        waiting = [];
      }
      anchor = known;
      continue;
    }
    const piece = { gap: separator, text: tag, isOwn: true, mayHaveNewBeside: true };
    standing.set(key, piece);
    if (anchor === undefined) waiting.push(tag);
    else pieces.splice(pieces.indexOf(anchor) + 1, 0, piece);
    anchor = anchor === undefined ? undefined : piece;
  }
  return waiting;
}

function insertBefore(pieces: Piece[], at: number, tags: readonly string[], separator: string): void {
  const next = pieces[at];
  if (next === undefined) return;
  const added = tags.map((text) => ({ gap: separator, text, isOwn: true, mayHaveNewBeside: true }));
  const [first] = added;
  if (first === undefined) return;
  first.gap = next.gap;
  next.gap = separator;
  pieces.splice(at, 0, ...added);
}

/** The separator of the first line. Whitespace separates no tags in a line that has commas. */
function separatorFor(text: string, separator: string): string {
  const line = firstLine(text);
  const usual = separator.trim() === '' && line.includes(',') ? ', ' : separator;
  return separatorOf(parseTagLine(line, separator), usual);
}

/** Whether the new caption has all parts of others, in their order. */
export function keepsOthers(
  parts: readonly CaptionPart[],
  isOwn: readonly boolean[],
  updated: string,
  separator: string,
): boolean {
  const now = captionParts(updated, separator);
  let from = 0;
  return parts.every(({ text }, index) => {
    if (isOwn[index] === true) return true;
    from = now.findIndex((part, at) => at >= from && part.text === text) + 1;
    return from > 0;
  });
}
