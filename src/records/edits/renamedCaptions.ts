import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { PresentCaption } from './PresentCaption';
import { isReplacedOnDisk, type ImagesOfFolders } from './replacedPictures';
import type { StoredEntry } from '../RecordDecoder';
import { textHash } from '../recordEntry';
import { byTime, type RecordHistory } from '../RecordHistory';

/** A caption that has another name than when it was recorded. */
export interface Renamed {
  from: string;
  to: string;
  /** before anything was recorded under the new name, ms since 1970 */
  when: number;
}

/** A caption that may be the same under another name. */
interface Candidate {
  caption: string;
  /** bytes of the picture's file, as far as known */
  size: number | undefined;
}

/**
 * Finds captions that were renamed or moved together with their pictures: those whose text, now or when it was first
 * recorded, is exactly the last text of a caption whose file is gone. If several have that text, the sizes and names
 * of the pictures' files decide; if these do not tell either, none is chosen. No picture is read.
 * @param root of the records, absolute
 * @param history of all captions of the records
 * @param replaced captions whose names stood for other images before, by `replacedPictures`: those may have other
 *   names
 */
export async function renamedCaptions(
  root: string,
  history: RecordHistory,
  captions: readonly PresentCaption[],
  replaced: ReadonlyMap<string, number>,
): Promise<Renamed[]> {
  const now = Date.now();
  const fresh = new Map<string, Fresh[]>();
  for (const { caption, text, picture } of captions) {
    const entries = replaced.has(caption) ? [] : (history.stored.get(caption) ?? []);
    const [first] = entries.toSorted(byTime);
    const hash = first === undefined ? textHash(text) : first.before;
    if (hash === undefined || hash === '') continue;
    const one = { caption, picture, when: (first?.when ?? now) - 1 };
    fresh.set(hash, [...(fresh.get(hash) ?? []), one]);
  }
  if (fresh.size === 0) return [];
  const present = new Set(captions.map(({ caption }) => caption).filter((caption) => !replaced.has(caption)));
  const gone = await goneCaptions(root, history, fresh, present, replaced);
  const renamed: Renamed[] = [];
  for (const [hash, former] of gone) {
    const candidates = await Promise.all(
      (fresh.get(hash) ?? []).map(async ({ caption, picture, when }): Promise<Candidate & { when: number }> => {
        const isAsked = former.some(({ size }) => size !== undefined);
        const info = isAsked ? await stat(picture).catch(() => undefined) : undefined;
        return { caption, when, size: info?.size };
      }),
    );
    for (const [a, b] of pairs(former, candidates)) renamed.push({ from: a.caption, to: b.caption, when: b.when });
  }
  return renamed;
}

/** A caption without earlier entries. */
interface Fresh {
  caption: string;
  picture: string;
  when: number;
}

/** The recorded captions whose files are gone, by the hash of their last text, if a new caption has that text. */
async function goneCaptions(
  root: string,
  history: RecordHistory,
  wanted: ReadonlyMap<string, unknown>,
  present: ReadonlySet<string>,
  replaced: ReadonlyMap<string, number>,
): Promise<Map<string, Candidate[]>> {
  const folders: ImagesOfFolders = new Map();
  const gone = new Map<string, Candidate[]>();
  const left = new Set<string>();
  for (const entries of history.stored.values()) for (const { from } of entries) if (from !== undefined) left.add(from);
  for (const [caption, entries] of history.stored) {
    if (present.has(caption) || left.has(caption)) continue;
    const states = lastStates(entries);
    const hash = states.find((one) => wanted.has(one));
    if (hash === undefined) continue;
    const size = entries.findLast(({ pictureSize }) => pictureSize !== undefined)?.pictureSize;
    const isThere = !replaced.has(caption) && existsSync(path.join(root, caption));
    if (isThere && !(await isReplacedOnDisk(root, caption, states, size, folders))) continue;
    gone.set(hash, [...(gone.get(hash) ?? []), { caption, size }]);
  }
  return gone;
}

/** The hashes of what a caption may have held last: it is not known whether recorded writes were done. */
function lastStates(entries: readonly StoredEntry[]): string[] {
  const states: string[] = [];
  for (const { before = '', after = '', isDone } of entries.toSorted(byTime).reverse()) {
    states.push(after);
    if (isDone) break;
    states.push(before);
  }
  return states;
}

/** Pairs former and present captions with the same text. */
function pairs<Present extends Candidate>(
  former: readonly Candidate[],
  present: readonly Present[],
): [Candidate, Present][] {
  const mayBe = (a: Candidate, b: Candidate): boolean =>
    a.size === undefined || b.size === undefined || a.size === b.size;
  const left = new Set(former);
  const free = new Set(present);
  const found: [Candidate, Present][] = [];
  const take = (isSame: (a: Candidate, b: Candidate) => boolean): void => {
    for (const a of [...left]) {
      const matching = [...free].filter((b) => mayBe(a, b) && isSame(a, b));
      const [only] = matching;
      if (only === undefined || matching.length > 1) continue;
      if ([...left].filter((other) => mayBe(other, only) && isSame(other, only)).length > 1) continue;
      found.push([a, only]);
      left.delete(a);
      free.delete(only);
    }
  };
  const name = ({ caption }: Candidate): string => path.posix.basename(caption);
  take((a, b) => a.size !== undefined && a.size === b.size);
  take((a, b) => name(a) === name(b));
  take(() => true);
  return found;
}
