import { stat } from 'node:fs/promises';
import path from 'node:path';
import { folderOf } from '../../dataset/files/datasetPath';
import { comparableTag } from '../../tags/comparableTag';
import { captionChange } from '../captionChange';
import { captionParts } from '../captionParts';
import { originsOf, type DeletedPart } from '../originsOf';
import type { StoredEntry } from '../RecordDecoder';
import { partsBefore, type RecordEntry } from '../recordEntry';
import type { RecordHistory } from '../RecordHistory';
import type { Recorded } from '../RecordWriter';
import { linesOf, presentLine, type CaptionLine } from './captionLines';
import { imagesIn, stemOf, type ImagesOfFolders } from './pictureSizes';
import type { SizedCaption } from './PresentCaption';
import type { FoundRenames, PerhapsRenamed, Renamed } from './renamedCaptions';

/** A caption file with at most so many bytes, such as a line end, is empty. */
const emptyFile = 2;
/** At least this part of a caption must be found in the records of the former one. */
const alike = 0.5;

/** A caption that the records have, but that is not among the given ones. */
export interface OtherCaption {
  /** of its picture, in bytes, as it was recorded last */
  size: number;
  /** when something was recorded of it last, ms since 1970 */
  last: number;
}

/** A caption that may have had another name: what was deleted from it by hand under that. */
export interface Recognised extends SizedCaption {
  deleted: DeletedPart[];
  /** what it holds counts as written by hand, as nobody can tell of which picture it is */
  isMixedUp: boolean;
}

/** A caption that may be another one with a new name. */
interface Candidate extends SizedCaption {
  /** what it held when it came, in its parts */
  parts: string[];
  /** when something was recorded of it first, ms since 1970 */
  since: number;
}

/** What may be known of captions under other names. */
export interface OtherNames extends FoundRenames {
  /** captions of the records that are not among those that are asked for */
  others: ReadonlyMap<string, OtherCaption>;
  /** captions whose names stood for other pictures before, with what was known of these */
  displaced: ReadonlyMap<string, CaptionLine>;
  /** those of them of which it is not known what they were called before */
  replaced: ReadonlySet<string>;
}

/**
 * Finds captions that were renamed and do not hold any more what they held: emptied ones, and those that were edited
 * before anybody looked. Only the size of the picture's file tells which they were, and only if no other one has it, so
 * nothing counts as the machine's for that. But what was deleted by hand from the one stays deleted. The same of those
 * of which nobody can tell whether they are the ones.
 * @param root of the records, absolute
 * @param read reads what is known of captions
 */
export async function recognisedCaptions(
  root: string,
  { history, renamed }: { history: RecordHistory; renamed: readonly Renamed[] },
  captions: readonly SizedCaption[],
  { others, displaced, replaced, perhaps }: OtherNames,
  read: (captions: ReadonlySet<string>) => Promise<RecordHistory>,
): Promise<Recognised[]> {
  const found = alikeOnes(captions, perhaps);
  const former = new Map([
    ...others,
    ...Array.from(displaced, ([caption, { size = 0, until }]) => [caption, { size, last: until }] as const),
  ]);
  if (former.size === 0) return found;
  const came = new Set([...renamed.map(({ to }) => to), ...found.map(({ caption }) => caption)]);
  const left = new Set([...renamed.map(({ from }) => from), ...perhaps.map((one) => one.former.caption)]);
  const wanted = new Set(Array.from(former.values(), ({ size }) => size));
  const earliest = Array.from(former.values(), ({ last }) => last).reduce((one, other) => Math.min(one, other));
  const present = new Map<number, Candidate | undefined>();
  for (const caption of captions) {
    const { size } = caption;
    if (size === undefined || !wanted.has(size)) continue;
    const entries = freshEntries(history, caption.caption, came, replaced, earliest);
    if (entries === undefined) continue;
    // Of two pictures of one size nobody knows which it is.
    present.set(size, present.has(size) ? undefined : { ...caption, ...arrival(caption, entries) });
  }
  const gone = new Map<number, string[]>();
  const folders: ImagesOfFolders = new Map();
  for (const [caption, { size }] of former) {
    if (present.get(size) === undefined || left.has(caption) || hasLeft(history, caption)) continue;
    if (displaced.has(caption) || (await isGone(root, caption, folders))) {
      gone.set(size, [...(gone.get(size) ?? []), caption]);
    }
  }
  const only = new Map([...gone].flatMap(([size, [one = '', ...more]]) => (more.length === 0 ? [[size, one]] : [])));
  if (only.size === 0) return found;
  const known = await read(new Set(only.values()));
  for (const [size, name] of only) {
    const candidate = present.get(size);
    const one = candidate && recognised(candidate, decoded(known.knownOf(name)));
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** The captions that may be others, each with what was deleted by hand from all that it may be. */
function alikeOnes(captions: readonly SizedCaption[], perhaps: readonly PerhapsRenamed[]): Recognised[] {
  const byName = new Map(perhaps.length === 0 ? [] : captions.map((one) => [one.caption, one]));
  const found = new Map<string, Recognised>();
  for (const { caption, former, isMixedUp } of perhaps) {
    const present = byName.get(caption);
    if (present === undefined) continue;
    const parts = captionParts(present.text).map((part) => part.text);
    const one = recognised({ ...present, parts, since: Infinity }, decoded(former.whole), isMixedUp);
    if (one === undefined) continue;
    const deleted = [...(found.get(caption)?.deleted ?? []), ...one.deleted];
    found.set(caption, { ...one, deleted, isMixedUp: one.isMixedUp || found.get(caption)?.isMixedUp === true });
  }
  return [...found.values()];
}

/** What was recorded of a caption that may have had another name; undefined if that is known already. */
function freshEntries(
  history: RecordHistory,
  caption: string,
  came: ReadonlySet<string>,
  replaced: ReadonlySet<string>,
  earliest: number,
): readonly StoredEntry[] | undefined {
  if (came.has(caption)) return undefined;
  if (replaced.has(caption)) return [];
  const line = presentLine(linesOf(history, caption));
  if (line === undefined) return [];
  // What was known before the last word on another one is not that.
  const isOld = (line.whole[0]?.when ?? Infinity) <= earliest;
  return isOld || line.isNamed || line.whole.some(isSettled) ? undefined : line.whole;
}

/** Whether a caption is known to have another name by now, and nothing is known of another one under its name. */
function hasLeft(history: RecordHistory, caption: string): boolean {
  return linesOf(history, caption).at(-1)?.isLeft === true;
}

function decoded(entries: readonly StoredEntry[]): RecordEntry[] {
  return entries.flatMap((entry) => entry.decode() ?? []);
}

/** The entry that records what was deleted from a caption under its former name. */
export function deletionNote({ caption, text, deleted, size, isMixedUp }: Recognised): Recorded {
  const removed = deleted.map((part) => ({ text: part.text, at: 0 }));
  const { parts, ...whole } = captionChange(text, text, new Map());
  const marked = isMixedUp ? parts.map((part) => ({ ...part, mark: 'new' as const })) : parts;
  const change = { ...whole, parts: marked, removed };
  const sized = size === undefined ? change : { ...change, pictureSize: size };
  return { kind: 'deleted', caption, author: { by: 'hand' }, ...sized };
}

/** Whether it is said already what was deleted from a caption before. */
function isSettled({ kind }: StoredEntry): boolean {
  return kind === 'forgotten' || kind === 'deleted';
}

/** What a caption held when something was recorded of it first, or holds. */
function arrival({ text }: SizedCaption, [first]: readonly StoredEntry[]): Pick<Candidate, 'parts' | 'since'> {
  if (first === undefined) return { parts: captionParts(text).map((part) => part.text), since: Infinity };
  const entry = first.decode();
  return { parts: entry === undefined ? [] : partsBefore(entry), since: first.when };
}

/** @param entries of what it may be */
function recognised(candidate: Candidate, entries: readonly RecordEntry[], isMixedUp = false): Recognised | undefined {
  const { caption, text, picture, size, parts, since } = candidate;
  if (entries.some(({ when }) => when >= since)) return undefined;
  const known = new Set(
    entries.flatMap((entry) => [...entry.parts, ...entry.removed].map((part) => comparableTag(part.text))),
  );
  const same = parts.filter((part) => known.has(comparableTag(part))).length;
  if (same < parts.length * alike) return undefined;
  const { deleted } = originsOf(entries, parts.join(', '));
  return deleted.length === 0 && !isMixedUp ? undefined : { caption, text, picture, size, deleted, isMixedUp };
}

/** Whether a caption has no picture any more, and no file or an empty one. */
async function isGone(root: string, caption: string, folders: ImagesOfFolders): Promise<boolean> {
  const info = await stat(path.join(root, caption)).catch(() => undefined);
  if (info !== undefined && info.size > emptyFile) return false;
  return !(await imagesIn(root, folderOf(caption), folders)).has(stemOf(caption));
}
