import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { errno } from '../../base/errno';
import { originsOf, type CaptionOrigins } from '../originsOf';
import {
  authorOfLine,
  entryOfLine,
  headOfLine,
  isLaterRecord,
  parseRecordLine,
  type RecordDictionary,
  type StoredEntry,
} from '../RecordDecoder';
import type { Author, RecordEntry } from '../recordEntry';
import { foldersOfCaptions, hasRecords, recordSources, type RecordSource } from '../recordFolder';
import { byTime } from '../RecordHistory';
import { EntryTable } from './EntryTable';
import { RecordLines } from './RecordLines';
import { CaptionNames, captionHashOf, scanRecords, type RecordSink } from './scanRecords';

/** How many bytes are scanned at a time. */
const pieceSize = 4 * 1024 * 1024;
/** A line with more bytes than this is skipped: no program of ours writes such a line. */
const longestLine = 128 * 1024 * 1024;
/** How often the folder is listed again because files were merged while they were read. */
const maxListings = 5;
/** Maximum number of renames through which a caption is followed back. */
const mostMoves = 100;
/** How many parsed lines of texts are cached. */
const keptTexts = 8192;
/** How often folders that had no records are looked at again, in milliseconds. */
const foldersPause = 10_000;

/** A question about who wrote a caption. */
export interface CaptionQuestion {
  /** path relative to the root of the records, with `/` */
  caption: string;
  /** what it holds, with LF line ends */
  text: string;
  /** when it was written, ms since 1970, as far as known */
  seen?: number;
}

/** What one file has of one record. */
interface Segment extends RecordDictionary {
  file: string;
  names: CaptionNames;
  authors: Map<number, Author>;
  /** the number of the first text of each line of texts, ascending, and where the line stands */
  textNumbers: number[];
  textOffsets: number[];
  /** those lines of texts that were needed, parsed */
  textLines: (readonly unknown[] | undefined)[];
  /** the last entry that was read of this record, in all files */
  latest: { number: number };
  /** place of the last entry of this segment in the table; -1 without one */
  lastPlace: number;
  firstNumber: number;
}

/** A name that a caption had, in milliseconds since 1970 from (exclusive) and to (inclusive). */
interface FormerName {
  caption: string;
  since: number;
  until: number;
  lines: { place: number; text: string }[];
}

/** A caption that got another name, which no record says. */
export interface FoundRename {
  from: string;
  to: string;
  /** ms since 1970; what was recorded of `from` up to `until` is of it */
  when: number;
  until: number;
}

interface KnownFile {
  path: string;
  names: CaptionNames;
  /** tells its records from those of other folders, of which they may be copies */
  place: string;
  /** how many bytes were scanned */
  position: number;
  /** in a line that is too long, or no line */
  isSkipping: boolean;
  segment: number | undefined;
}

/**
 * What the records of a dataset say of its captions, as {@link RecordHistory} does, with little memory: it keeps only
 * the positions of entries in their files, and reads the entries on demand. It follows files that grow, and starts
 * anew after a merge of files. Reads are synchronous: it is for a worker thread, or for a program that has nothing
 * else to do.
 */
export class RecordIndex {
  private table = new EntryTable();
  private segments: Segment[] = [];
  private files = new Map<string, KnownFile>();
  private latest = new Map<string, { number: number }>();
  /** by the new name, in the order of time */
  private moves = new Map<string, { from: string; when: number; until: number }[]>();
  /** when captions left their names, each time, ms since 1970 */
  private left = new Map<string, number[]>();
  private found: readonly FoundRename[] = [];
  private readonly lines = new RecordLines();
  /** how many lines of texts segments keep */
  private textsKept = 0;
  private piece = Buffer.alloc(0);
  /** the folders in the dataset that have captions, and whether each has records */
  private readonly folders = new Map<string, boolean>();
  private foldersLooked = 0;
  /** files of a later version of the program: this version cannot read them */
  readonly laterFiles = new Set<string>();

  /**
   * @param root of the records, absolute
   * @param list lists the files, for tests
   */
  constructor(
    private readonly root: string,
    private readonly list: typeof recordSources = recordSources,
  ) {}

  /** Number of entries. */
  get size(): number {
    return this.table.length;
  }

  /** The names of all taggers and captioners that the records know. */
  get names(): string[] {
    const names = this.segments.flatMap(({ authors }) => Array.from(authors.values(), ({ name = '' }) => name));
    return [...new Set(names)].filter((name) => name !== '').sort();
  }

  /**
   * Includes the records of all folders that have captions in the next {@link refresh}.
   * @returns whether some of these records have not been read yet
   */
  lookAt(captions: Iterable<string>): boolean {
    let isNew = false;
    for (const folder of foldersOfCaptions(captions)) {
      if (this.folders.has(folder)) continue;
      const has = hasRecords(path.join(this.root, folder));
      this.folders.set(folder, has);
      isNew ||= has;
    }
    return isNew;
  }

  /**
   * Reads what was added to the records. Files that cannot be read are left out.
   * @throws errors of the disk if the folder of the records cannot be listed
   */
  async refresh(): Promise<void> {
    const isLate = Date.now() - this.foldersLooked > foldersPause;
    if (isLate) this.foldersLooked = Date.now();
    for (const [folder, has] of isLate ? this.folders : [])
      if (!has) this.folders.set(folder, hasRecords(path.join(this.root, folder)));
    const folders = [...this.folders].flatMap(([folder, has]) => (has ? [folder] : []));
    for (let listing = 0; listing < maxListings; listing++) {
      const sources = await this.list(this.root, folders);
      const now = new Set(sources.map(({ file }) => file));
      // After a merge of files, entries are in other places.
      if ([...this.files.keys()].some((file) => !now.has(file))) this.reset();
      if (sources.map((source) => this.readNew(source)).every((isRead) => isRead)) break;
      this.reset();
    }
    this.piece = Buffer.alloc(0);
  }

  /**
   * Who wrote which parts of captions, by the records read so far.
   * @throws errors of the disk; `ENOENT` if files were merged
   */
  originsOf(questions: readonly CaptionQuestion[]): CaptionOrigins[] {
    return this.each(questions, ({ text, seen }, entries) => originsOf(entries, text, seen));
  }

  /** All entries of captions, those of each in the order of time. @throws as {@link originsOf} */
  entriesOf(captions: readonly string[]): RecordEntry[][] {
    return this.each(
      captions.map((caption) => ({ caption })),
      (_, entries) => entries,
    );
  }

  /**
   * Calls `make` for each question with the entries of its caption, in the order of time.
   * @throws as {@link originsOf}
   */
  each<Question extends { caption: string }, Made>(
    questions: readonly Question[],
    make: (question: Question, entries: RecordEntry[]) => Made,
  ): Made[] {
    const { table } = this;
    const names = questions.map(({ caption }) => this.namesOf(caption));
    const wanted = names.flatMap((all) =>
      all.flatMap((name) => Array.from(table.placesOf(captionHashOf(name.caption)), (place) => ({ name, place }))),
    );
    // Lines are read in the order of the files, so that neighbours share a read, but decoded caption by caption, to
    // save memory.
    wanted.sort((a, b) => a.place - b.place);
    for (const { name, place } of wanted) {
      const segment = this.segments[table.segmentOf(place)];
      if (segment === undefined) continue;
      name.lines.push({ place, text: this.lines.lineAt(segment.file, table.offsetOf(place)) });
    }
    return questions.map((question, index) => make(question, this.joined(names[index] ?? [])));
  }

  /** As {@link RecordHistory} puts together what is known under several names. */
  private joined(names: readonly FormerName[]): RecordEntry[] {
    const all: RecordEntry[] = [];
    for (const name of names) {
      const [first, ...rest] = this.decoded(name);
      if (first === undefined) continue;
      const isOutside = first.author.by === 'outside';
      if (name === names[0] && isOutside && name.since !== -Infinity) all.push({ ...first, before: '', removed: [] });
      else if (name === names[0] || !isOutside || first.after !== all.at(-1)?.after) all.push(first);
      all.push(...rest);
    }
    return all;
  }

  private decoded({ caption, since, until, lines }: FormerName): RecordEntry[] {
    const found: StoredEntry[] = [];
    for (const { place, text } of lines) {
      const segment = this.segments[this.table.segmentOf(place)];
      const line = segment && parseRecordLine(text);
      const stored = line && entryOfLine(line, segment);
      // Two captions may have one hash.
      if (
        stored === undefined ||
        segment?.names.of(stored.caption) !== caption ||
        stored.when <= since ||
        stored.when > until
      )
        continue;
      stored.caption = caption;
      stored.isDone = this.table.isDone(place);
      found.push(stored);
    }
    return found.sort(byTime).flatMap((stored) => stored.decode() ?? []);
  }

  /** Takes renames that were found out, and that no record says. */
  rename(found: readonly FoundRename[]): void {
    this.found = [...this.found, ...found];
    for (const one of found) this.move(one);
  }

  private move({ from, to, when, until }: FoundRename): void {
    const known = this.moves.get(to) ?? [];
    this.moves.set(
      to,
      [...known, { from, when, until }].sort((a, b) => a.when - b.when),
    );
    this.left.set(from, [...(this.left.get(from) ?? []), until]);
  }

  /** The names that a caption had, and when, the first one first. */
  private namesOf(caption: string): FormerName[] {
    const names: FormerName[] = [];
    let name = caption;
    for (let until = Infinity; names.length <= mostMoves;) {
      // Captions that change names with each other do so at one moment.
      const came = this.moves.get(name)?.findLast(({ when }) => when < until);
      // What stood under this name before belongs to a caption that has another one by now.
      const left = Math.max(-Infinity, ...(this.left.get(name) ?? []).filter((when) => when < until));
      const since = Math.max(came?.when ?? -Infinity, left);
      names.unshift({ caption: name, since, until, lines: [] });
      if (came === undefined || left > came.when) break;
      name = came.from;
      until = came.until;
    }
    return names;
  }

  /** Forgets all that was read. */
  reset(): void {
    this.table = new EntryTable();
    this.segments = [];
    this.files = new Map();
    this.latest = new Map();
    this.moves = new Map();
    this.left = new Map();
    for (const one of this.found) this.move(one);
    this.lines.clear();
    this.textsKept = 0;
  }

  /** @returns false if the file is gone or was replaced */
  private readNew({ file: path, ...source }: RecordSource): boolean {
    let descriptor: number;
    try {
      descriptor = openSync(path, 'r');
    } catch (thrown) {
      return errno(thrown) !== 'ENOENT';
    }
    try {
      const file = this.files.get(path) ?? {
        path,
        names: new CaptionNames(source),
        place: `${source.added}\0${source.cut}\0`,
        position: 0,
        isSkipping: false,
        segment: undefined,
      };
      this.files.set(path, file);
      const { size } = fstatSync(descriptor);
      if (size < file.position) return false;
      if (size > file.position) this.readPieces(file, descriptor, size);
      return true;
    } catch {
      // What was read until then counts.
      return true;
    } finally {
      closeSync(descriptor);
    }
  }

  private readPieces(file: KnownFile, descriptor: number, size: number): void {
    this.lines.clear();
    const sink = this.sinkOf(file);
    let room = pieceSize;
    while (file.position < size) {
      if (this.piece.length < Math.min(room, size - file.position)) this.piece = Buffer.allocUnsafeSlow(room);
      const wanted = Math.min(this.piece.length, size - file.position);
      const read = readSync(descriptor, this.piece, 0, wanted, file.position);
      if (read === 0) return;
      const bytes = this.piece.subarray(0, read);
      const from = file.isSkipping ? bytes.indexOf(10) + 1 : 0;
      if (file.isSkipping && from === 0) {
        file.position += read;
        continue;
      }
      file.isSkipping = false;
      const isEnd = file.position + read === size;
      const scanned = from + scanRecords(bytes.subarray(from), file.position + from, isEnd, sink, file.names);
      file.position += scanned;
      if (scanned > 0) continue;
      if (isEnd && read < longestLine) return;
      // A line that is longer than the piece.
      file.isSkipping = bytes[0] !== 0x5b || room >= longestLine;
      room = Math.min(longestLine, 2 * room);
    }
  }

  private sinkOf(file: KnownFile): RecordSink {
    const { table } = this;
    const current = (): Segment | undefined => this.segments[file.segment ?? -1];
    let segment = current();
    return {
      begin: (line) => {
        const head = headOfLine(line);
        if (isLaterRecord(line)) this.laterFiles.add(file.path);
        file.segment = head && this.addSegment(file, head);
        segment = current();
      },
      end: () => {
        file.segment = segment = undefined;
      },
      author: (line) => {
        const named = authorOfLine(line);
        if (named !== undefined) segment?.authors.set(...named);
      },
      texts: (first, offset) => {
        if (segment === undefined || first < (segment.textNumbers.at(-1) ?? 0)) return;
        segment.textNumbers.push(first);
        segment.textOffsets.push(offset);
      },
      entry: (number, hash, offset) => {
        if (segment === undefined || file.segment === undefined || number <= segment.latest.number) return;
        segment.latest.number = number;
        if (segment.lastPlace < 0) segment.firstNumber = number;
        segment.lastPlace = table.add(hash, file.segment, number, offset);
      },
      move: (number, to, time, from, untilTime) => {
        if (segment === undefined || number <= segment.latest.number) return;
        segment.latest.number = number;
        const [when, until] = [segment.begun + time, segment.begun + untilTime];
        this.move({ from, to, when, until });
      },
      done: (number) => {
        if (segment === undefined || segment.lastPlace < 0 || number < segment.firstNumber) return;
        // It is one of the last entries: a write completes soon after it is recorded.
        for (let place = segment.lastPlace; place >= 0; place--) {
          if (table.segmentOf(place) !== file.segment || table.numberOf(place) > number) continue;
          if (table.numberOf(place) === number) table.finish(place);
          return;
        }
      },
    };
  }

  private addSegment(
    { path: file, names, place }: KnownFile,
    head: Pick<RecordDictionary, 'record' | 'begun'>,
  ): number {
    const record = place + head.record;
    const latest = this.latest.get(record) ?? { number: -1 };
    this.latest.set(record, latest);
    const index = this.segments.length;
    const texts = { get: (number: number): string | undefined => this.textOf(index, number) };
    this.segments.push({
      ...head,
      file,
      names,
      texts,
      authors: new Map(),
      textNumbers: [],
      textOffsets: [],
      textLines: [],
      latest,
      lastPlace: -1,
      firstNumber: 0,
    });
    return index;
  }

  private textOf(index: number, number: number): string | undefined {
    const segment = this.segments[index];
    if (segment === undefined) return undefined;
    const { file, textNumbers, textOffsets } = segment;
    let [low, high] = [0, textNumbers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((textNumbers[middle] ?? 0) <= number) low = middle + 1;
      else high = middle;
    }
    const at = low - 1;
    const [first, offset] = [textNumbers[at], textOffsets[at]];
    if (first === undefined || offset === undefined) return undefined;
    const line = segment.textLines[at] ?? this.keepTexts(segment, at, parseRecordLine(this.lines.lineAt(file, offset)));
    const text = line[2 + number - first];
    return typeof text === 'string' ? text : undefined;
  }

  private keepTexts(segment: Segment, at: number, line: readonly unknown[] = []): readonly unknown[] {
    if (this.textsKept++ > keptTexts) {
      for (const each of this.segments) each.textLines = [];
      this.textsKept = 1;
    }
    segment.textLines[at] = line;
    return line;
  }
}
