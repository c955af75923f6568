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

/** A caption that is probably a renamed one, with what was deleted by hand under its former name. */
export interface Recognised extends PresentCaption {
  deleted: DeletedPart[];
  /** bytes of its picture's file */
  size: number;
}

/** A caption that may be a renamed one. */
interface Candidate extends PresentCaption {
  size: number;
  /** its parts when it was recorded first, or now */
  parts: string[];
  /** when something was recorded of it first, ms since 1970 */
  since: number;
}

/**
 * Finds captions that were renamed and also changed, such as edited or emptied, before the rename was noticed. They
 * are recognized by the size of the picture's file, if no other picture has it. That is too weak to say that a machine
 * wrote their parts, but what was deleted by hand under the former name stays deleted.
 * @param root of the records, absolute
 * @param others captions of the records that are not among `captions`
 * @param replaced captions whose names stood for other images before, by `replacedPictures`; they are among `others`
 * @param renamed captions that were found to be renamed by their text
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
    // If it was recorded before the last entry of every other one, it cannot be one of them renamed.
    const isOld = (entries[0]?.when ?? Infinity) <= earliest;
    return isOld || entries.some(isSettled) ? [] : [{ caption, entries }];
  });
  const sizes = await sizesOf(fresh.map(({ caption }) => caption.picture));
  const present = new Map<number, Candidate | undefined>();
  for (const [index, { caption, entries }] of fresh.entries()) {
    const size = sizes[index];
    if (size === undefined || !wanted.has(size)) continue;
    // If two pictures have this size, it is not known which one it is.
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

/** The entry that records what was deleted from a caption under its former name. */
export function deletionNote({ caption, text, deleted, size }: Recognised): Recorded {
  const removed = deleted.map((part) => ({ text: part.text, at: 0 }));
  const change = { ...captionChange(text, text, new Map()), removed, pictureSize: size };
  return { kind: 'deleted', caption, author: { by: 'hand' }, ...change };
}

/** Whether the records already have the former name of a caption, or what was deleted under it. */
function isSettled({ kind, from }: StoredEntry): boolean {
  return from !== undefined || kind === 'forgotten' || kind === 'deleted';
}

/** The parts of a caption before its first entry; without entries, as it is now. */
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

/** Whether a caption has no picture any more, and no file or an empty one. */
async function isGone(root: string, caption: string, folders: ImagesOfFolders): Promise<boolean> {
  const info = await stat(path.join(root, caption)).catch(() => undefined);
  if (info !== undefined && info.size > emptyFile) return false;
  return !(await imagesIn(root, folderOf(caption), folders)).has(stemOf(caption));
}
