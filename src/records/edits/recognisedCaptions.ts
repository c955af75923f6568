import { stat } from 'node:fs/promises';
import path from 'node:path';
import { folderOf } from '../../dataset/files/datasetPath';
import { comparableTag } from '../../tags/comparableTag';
import { captionChange } from '../captionChange';
import { captionParts } from '../captionParts';
import { originsOf, type DeletedPart } from '../originsOf';
import type { StoredEntry } from '../RecordDecoder';
import { partsBefore } from '../recordEntry';
import { byTime, type RecordHistory } from '../RecordHistory';
import type { Recorded } from '../RecordWriter';
import type { PresentCaption } from './PresentCaption';
import type { Renamed } from './renamedCaptions';
import { imagesIn, sizesOf, stemOf, type ImagesOfFolders } from './replacedPictures';

/** A caption whose file has at most so many bytes is an empty one: a line end at most. */
const emptyFile = 2;
/** At least so much of what a caption held has to be known of the other one. */
const alike = 0.5;

/** A caption of the records that is not among those that are asked for. */
export interface OtherCaption {
  /** of its picture, in bytes, as it was recorded last */
  size: number;
  /** when something was recorded of it last, ms since 1970 */
  last: number;
}

/** A caption that may have had another name: what was deleted from it by hand under that. */
export interface Recognised extends PresentCaption {
  deleted: DeletedPart[];
  /** bytes of its picture's file */
  size: number;
}

/** A caption that may be another one with a new name. */
interface Candidate extends PresentCaption {
  size: number;
  /** what it held when it came, in its parts */
  parts: string[];
  /** when something was recorded of it first, ms since 1970 */
  since: number;
}

/**
 * Finds captions that were renamed and do not hold any more what they held: emptied ones, and those that were edited
 * before anybody looked. Only the size of the picture's file tells which they were, and only if no other one has it, so
 * nothing counts as the machine's for that. But what was deleted by hand from the one stays deleted.
 * @param root of the records, absolute
 * @param others captions of the records that are not among `captions`
 * @param replaced captions whose names stood for other images before, by `replacedPictures`; they are among `others`
 * @param renamed captions that are known to have another name, by what they hold
 * @param read reads what is known of captions
 */
export async function recognisedCaptions(
  root: string,
  history: RecordHistory,
  captions: readonly PresentCaption[],
  others: ReadonlyMap<string, OtherCaption>,
  replaced: ReadonlyMap<string, number>,
  renamed: readonly Renamed[],
  read: (captions: ReadonlySet<string>) => Promise<RecordHistory>,
): Promise<Recognised[]> {
  const [left, came] = [new Set(renamed.map(({ from }) => from)), new Set(renamed.map(({ to }) => to))];
  const isTaken = (caption: string): boolean => left.has(caption) || came.has(caption) || history.hasLeft(caption);
  const wanted = new Set(Array.from(others.values(), ({ size }) => size));
  if (wanted.size === 0) return [];
  const earliest = Array.from(others.values(), ({ last }) => last).reduce((one, other) => Math.min(one, other));
  const fresh = captions.flatMap((caption) => {
    if (replaced.has(caption.caption)) return came.has(caption.caption) ? [] : [{ caption, entries: [] }];
    if (isTaken(caption.caption)) return [];
    const entries = (history.stored.get(caption.caption) ?? []).toSorted(byTime);
    // What was known before the last word on another one is not that.
    const isOld = (entries[0]?.when ?? Infinity) <= earliest;
    return isOld || entries.some(isSettled) ? [] : [{ caption, entries }];
  });
  const sizes = await sizesOf(fresh.map(({ caption }) => caption.picture));
  const present = new Map<number, Candidate | undefined>();
  for (const [index, { caption, entries }] of fresh.entries()) {
    const size = sizes[index];
    if (size === undefined || !wanted.has(size)) continue;
    // Of two pictures of one size nobody knows which it is.
    present.set(size, present.has(size) ? undefined : { ...caption, size, ...arrival(caption, entries) });
  }
  const gone = new Map<number, string[]>();
  const folders: ImagesOfFolders = new Map();
  for (const [caption, { size }] of others) {
    const isReplaced = replaced.has(caption);
    if (present.get(size) === undefined || (isReplaced ? left.has(caption) : isTaken(caption))) continue;
    if (isReplaced || (await isGone(root, caption, folders))) gone.set(size, [...(gone.get(size) ?? []), caption]);
  }
  const only = new Map(
    [...gone].flatMap(([size, [former = '', ...more]]) => (more.length === 0 ? [[size, former]] : [])),
  );
  if (only.size === 0) return [];
  const former = await read(new Set(only.values()));
  return [...only].flatMap(([size, name]) => {
    const candidate = present.get(size);
    return candidate === undefined ? [] : (recognised(candidate, name, former) ?? []);
  });
}

/** Says of a caption what was deleted from it under another name. */
export function deletionNote({ caption, text, deleted, size }: Recognised): Recorded {
  const removed = deleted.map((part) => ({ text: part.text, at: 0 }));
  const change = { ...captionChange(text, text, new Map()), removed, pictureSize: size };
  return { kind: 'deleted', caption, author: { by: 'hand' }, ...change };
}

/** Whether it is said already what was deleted from a caption before, or what it was called. */
function isSettled({ kind, from }: StoredEntry): boolean {
  return from !== undefined || kind === 'forgotten' || kind === 'deleted';
}

/** What a caption held when something was recorded of it first, or holds. */
function arrival({ text }: PresentCaption, [first]: readonly StoredEntry[]): Pick<Candidate, 'parts' | 'since'> {
  if (first === undefined) return { parts: captionParts(text).map((part) => part.text), since: Infinity };
  const entry = first.decode();
  return { parts: entry === undefined ? [] : partsBefore(entry), since: first.when };
}

function recognised(candidate: Candidate, former: string, history: RecordHistory): Recognised | undefined {
  const { caption, text, picture, size, parts, since } = candidate;
  const entries = history.entriesOf(former);
  if (entries.some(({ when }) => when >= since)) return undefined;
  const known = new Set(
    entries.flatMap((entry) => [...entry.parts, ...entry.removed].map((part) => comparableTag(part.text))),
  );
  const same = parts.filter((part) => known.has(comparableTag(part))).length;
  if (same < parts.length * alike) return undefined;
  const { deleted } = originsOf(entries, parts.join(', '));
  return deleted.length === 0 ? undefined : { caption, text, picture, size, deleted };
}

/** Whether a caption has no picture any more, and nothing in its file. */
async function isGone(root: string, caption: string, folders: ImagesOfFolders): Promise<boolean> {
  const info = await stat(path.join(root, caption)).catch(() => undefined);
  if (info !== undefined && info.size > emptyFile) return false;
  return !(await imagesIn(root, folderOf(caption), folders)).has(stemOf(caption));
}
