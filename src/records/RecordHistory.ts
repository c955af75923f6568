import { captionStates, type CaptionState } from './captionStates';
import { comparableTag } from '../tags/comparableTag';
import { originsOf, type CaptionOrigins, type DeletedPart } from './originsOf';
import { readRecords, type ReadOptions } from './readRecords';
import type { StoredEntry } from './RecordDecoder';
import { textHash, type RecordEntry } from './recordEntry';

/** Maximum number of renames through which a caption is followed back. */
const mostMoves = 100;

/** What the records of a dataset say of its captions, as of when they were read. */
export class RecordHistory {
  private readonly entries = new Map<string, StoredEntry[]>();
  /** when captions left their names, each time, ms since 1970 */
  private readonly left = new Map<string, number[]>();
  /** bytes of the pictures' files, of captions with another picture than the one that was recorded */
  private readonly pictures = new Map<string, number>();
  /** by caption, parts that were deleted by hand under a probable former name */
  private readonly recognised = new Map<string, readonly DeletedPart[]>();
  /** files of a later version of the program, absolute: this version cannot read them */
  readonly laterFiles = new Set<string>();

  /**
   * Reads the records of a dataset; what cannot be read is left out.
   * @param root of the dataset, absolute
   * @param isWanted whether a caption is needed; gets its path relative to the root
   * @param options.folders in the dataset that may have records of their own, see `foldersOfCaptions`
   * @param options.onOther called with the entries of captions that are not needed
   * @throws errors of the disk if the folder of the records cannot be listed; the signal's reason
   */
  static async read(
    root: string,
    isWanted: (caption: string) => boolean = () => true,
    { onOther, ...reading }: Pick<ReadOptions, 'signal' | 'folders'> & { onOther?: (entry: StoredEntry) => void } = {},
  ): Promise<RecordHistory> {
    const history = new RecordHistory();
    const options: ReadOptions = { ...reading, onLater: (file) => history.laterFiles.add(file) };
    await readRecords(
      root,
      (entry) => {
        if (entry.from !== undefined || isWanted(entry.caption)) history.add(entry);
        else onOther?.(entry);
      },
      options,
    );
    const former = history.formerNames(isWanted);
    if (former.size === 0) return history;
    await readRecords(
      root,
      (entry) => {
        if (entry.from === undefined && former.has(entry.caption)) history.add(entry);
      },
      options,
    );
    return history;
  }

  /** All entries of a caption, in the order of time, also of former names. @param caption relative to the root */
  entriesOf(caption: string): RecordEntry[] {
    const entries = this.storedOf(caption).flatMap((entry) => entry.decode() ?? []);
    const [first, ...rest] = entries;
    // What another program put in the place of a caption that has another name by now is no change of that one.
    const isOther = first?.author.by === 'outside' && first.caption === caption && this.left.has(caption);
    return isOther ? [{ ...first, before: '', removed: [] }, ...rest] : entries;
  }

  /**
   * What is known of a caption, also of former names, not decoded, in the order of time; without entries of renames.
   * @param until only what is known of the one that had the name until then, ms since 1970
   */
  knownOf(caption: string, until?: number): readonly StoredEntry[] {
    return this.storedOf(caption, until);
  }

  /** Until when captions had a name that have another one by now, ms since 1970, each time. */
  timesLeft(caption: string): readonly number[] {
    return this.left.get(caption) ?? [];
  }

  /** All entries as they were read, by the path of their caption at that time. */
  get stored(): ReadonlyMap<string, readonly StoredEntry[]> {
    return this.entries;
  }

  /**
   * Adds a rename of a caption that is not in the records: it gets the history of the former name.
   * @param from relative to the root, as `to`
   * @param when ms since 1970
   * @param until what was recorded of `from` until then is of it, ms since 1970
   */
  move({ from, to, when, until }: { from: string; to: string; when: number; until?: number }): void {
    const move = { caption: to, from, when, record: '', number: 0, isDone: true, decode: () => undefined };
    this.add(until === undefined ? move : { ...move, until });
  }

  /**
   * Who wrote what of a caption.
   * @param caption relative to the root
   * @param text what it holds, with LF line ends
   * @param seen when it was written, ms since 1970
   */
  originsOf(caption: string, text: string, seen?: number): CaptionOrigins {
    const origins = originsOf(this.entriesOf(caption), text, seen, this.pictures.get(caption));
    const known = new Set([...origins.parts, ...origins.deleted].map((part) => comparableTag(part.text)));
    const others = (this.recognised.get(caption) ?? []).filter((part) => !known.has(comparableTag(part.text)));
    return others.length === 0 ? origins : { ...origins, deleted: [...origins.deleted, ...others] };
  }

  /**
   * Whether the last record of a caption matches what it holds; also true if it has no records.
   * @param caption relative to the root
   * @param text what it holds, with LF line ends
   */
  explains(caption: string, text: string): boolean {
    const last = this.storedOf(caption).at(-1);
    return last === undefined || (last.isDone && last.after === textHash(text));
  }

  /** When something was recorded last of any caption that was asked for, in ms since 1970; 0 if nothing was. */
  get lastOfAll(): number {
    let last = 0;
    for (const entries of this.entries.values()) for (const { when } of entries) last = Math.max(last, when);
    return last;
  }

  /** When something was recorded of a caption last, in ms since 1970. @param caption relative to the root */
  lastOf(caption: string): number {
    return this.storedOf(caption).at(-1)?.when ?? 0;
  }

  /** The size of a caption's picture as it was recorded last, in bytes. @param caption relative to the root */
  pictureSizeOf(caption: string): number | undefined {
    return this.storedOf(caption).findLast(({ pictureSize }) => pictureSize !== undefined)?.pictureSize;
  }

  /** Notes that a caption has another picture than the recorded one. @param size of its file, in bytes */
  seePicture(caption: string, size: number): void {
    this.pictures.set(caption, size);
  }

  /**
   * Notes that a caption may be a renamed one: parts that were deleted there count as deleted here. Origins of parts
   * are not taken over.
   */
  recognise(caption: string, deleted: readonly DeletedPart[]): void {
    this.recognised.set(caption, deleted);
  }

  /** Adds an entry that is not in the records. It is the last one of its caption. */
  note(entry: Omit<RecordEntry, 'when' | 'isDone'>): void {
    const noted: RecordEntry = { ...entry, when: this.lastOfAll + 1, isDone: true };
    const { caption, kind, when, before, after } = noted;
    this.add({ caption, kind, when, before, after, record: '', number: 0, isDone: true, decode: () => noted });
  }

  /**
   * All that a caption is known to have held, oldest first: each state with its text, when it came and who made it so.
   * @param caption relative to the root
   * @param now what it holds, with LF line ends, for a last state; undefined if that is not known
   */
  statesOf(caption: string, now?: string): CaptionState[] {
    return captionStates(this.entriesOf(caption), now);
  }

  private storedOf(caption: string, until = Infinity, moves = 0): StoredEntry[] {
    // Captions that swap names do so at the same time.
    const isBefore = ({ when, from }: StoredEntry): boolean => when < until || (when === until && from === undefined);
    const own = (this.entries.get(caption) ?? []).filter(isBefore).sort(byTime);
    const came = own.findLast(({ from }) => from !== undefined);
    // What stood under this name before belongs to a caption that has another one by now.
    const left = Math.max(-Infinity, ...this.timesLeft(caption).filter((when) => when < until));
    const since = Math.max(came?.when ?? -Infinity, left);
    const here = own.filter((entry) => entry.from === undefined && entry.when > since);
    if (came?.from === undefined || left > came.when || moves === mostMoves) return here;
    const former = this.storedOf(came.from, came.until ?? came.when, moves + 1);
    const [first] = here;
    // That it holds under the new name what it held is no change, whatever the name stood for before.
    const isArrival = first?.isOutside === true && first.after === former.at(-1)?.after;
    return [...former, ...(isArrival ? here.slice(1) : here)];
  }

  /** The former names of needed captions. */
  private formerNames(isWanted: (caption: string) => boolean): Set<string> {
    const former = new Set<string>();
    const waiting = [...this.entries.keys()].filter(isWanted);
    for (let caption = waiting.pop(); caption !== undefined; caption = waiting.pop()) {
      for (const { from } of this.entries.get(caption) ?? []) {
        if (from === undefined || former.has(from) || isWanted(from)) continue;
        former.add(from);
        waiting.push(from);
      }
    }
    return former;
  }

  private add(entry: StoredEntry): void {
    const known = this.entries.get(entry.caption);
    if (known === undefined) this.entries.set(entry.caption, [entry]);
    else known.push(entry);
    const { from, until = entry.when } = entry;
    if (from !== undefined) this.left.set(from, [...this.timesLeft(from), until]);
  }
}

/** By time; entries of one moment by their record, and in it by their number. */
export function byTime(a: StoredEntry, b: StoredEntry): number {
  if (a.when !== b.when) return a.when - b.when;
  if (a.record !== b.record) return a.record < b.record ? -1 : 1;
  return a.number - b.number;
}
