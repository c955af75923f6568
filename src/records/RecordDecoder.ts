import { entryLetters, parseMark, recordVersion } from './RecordEncoder';
import {
  writers,
  type Author,
  type MarkedPart,
  type RecordEntry,
  type RemovedPart,
  type TextDifference,
} from './recordEntry';

/** An entry as it was read. Its parts are decoded lazily, by `decode`. */
export interface StoredEntry {
  /** relative to the dataset's root, with `/` */
  caption: string;
  /** ms since 1970 */
  when: number;
  /** of the record, and of the entry in it: an entry that was read twice is the same one */
  record: string;
  number: number;
  isDone: boolean;
  /** the kind of entry; undefined for a rename */
  kind?: RecordEntry['kind'];
  /** only for a rename, which has nothing to decode: the former path of the caption */
  from?: string;
  /** what was recorded under that path until then is of it, ms since 1970; until `when` if it is left out */
  until?: number;
  /** the hashes of the text before and after a write, and bytes of the picture's file */
  before?: string;
  after?: string;
  pictureSize?: number;
  /** another program wrote it */
  isOutside?: true;
  /** @returns undefined if it names a text or an author that the record does not have */
  decode: () => RecordEntry | undefined;
}

/** The texts and authors that the entries of one record name by numbers. */
export interface RecordDictionary {
  readonly record: string;
  /** ms since 1970 */
  readonly begun: number;
  readonly texts: { get(number: number): string | undefined };
  readonly authors: ReadonlyMap<number, Author>;
}

/** The same while its lines are read. */
interface GrowingDictionary extends RecordDictionary {
  readonly texts: Map<number, string>;
  readonly authors: Map<number, Author>;
}

const kinds = new Map(Object.entries(entryLetters).map(([kind, letter]) => [letter as string, kind]));

/**
 * Reads the lines of a file of records. Invalid lines, and those of records of another version, are skipped. A file
 * may have several records one after the other, each with its first line.
 */
export class RecordDecoder {
  private dictionary: GrowingDictionary | undefined;
  /** Whether there was a record of a later version, which this version cannot read. */
  hasLater = false;
  /** entries that were read, but not yet a line that says that they completed, by number */
  private readonly open = new Map<number, StoredEntry>();

  /** @returns the entry of the line, if it has one */
  add(text: string): StoredEntry | undefined {
    const line = parseRecordLine(text);
    if (line === undefined) return undefined;
    if (line[0] === 'r') {
      this.begin(line);
      return undefined;
    }
    const { dictionary } = this;
    if (dictionary === undefined) return undefined;
    switch (line[0]) {
      case 't':
        for (const [number, added] of textsOfLine(line)) dictionary.texts.set(number, added);
        return undefined;
      case 'a': {
        const named = authorOfLine(line);
        if (named !== undefined) dictionary.authors.set(...named);
        return undefined;
      }
      case 'z':
        // If the first line of the next record is damaged, its lines must not count as part of this record.
        this.begin([]);
        return undefined;
      case 'm':
        return moveOf(line, dictionary);
      case 'd':
        for (const number of line.slice(1)) this.finish(number);
        return undefined;
      default:
        return this.entry(line, dictionary);
    }
  }

  private begin(line: readonly unknown[]): void {
    this.open.clear();
    const head = headOfLine(line);
    this.hasLater ||= isLaterRecord(line);
    this.dictionary = head && { ...head, texts: new Map(), authors: new Map() };
  }

  private finish(number: unknown): void {
    if (typeof number !== 'number') return;
    const entry = this.open.get(number);
    if (entry === undefined) return;
    entry.isDone = true;
    this.open.delete(number);
  }

  private entry(line: readonly unknown[], dictionary: RecordDictionary): StoredEntry | undefined {
    const stored = entryOfLine(line, dictionary);
    if (stored !== undefined) this.open.set(stored.number, stored);
    return stored;
  }
}

/** The entry in a line, not known to have completed. */
export function entryOfLine(line: readonly unknown[], dictionary: RecordDictionary): StoredEntry | undefined {
  const [letter, number, caption, time] = line;
  const kind = typeof letter === 'string' ? kinds.get(letter) : undefined;
  if (kind === undefined || !Number.isSafeInteger(number) || typeof caption !== 'string') return undefined;
  if (typeof time !== 'number') return undefined;
  const stored: StoredEntry = {
    caption,
    when: dictionary.begun + time,
    record: dictionary.record,
    number: number as number,
    isDone: false,
    kind: kind as RecordEntry['kind'],
    ...(typeof line[5] === 'string' ? { before: line[5] } : {}),
    ...(typeof line[6] === 'string' ? { after: line[6] } : {}),
    ...(typeof line[13] === 'number' && line[13] > 0 ? { pictureSize: line[13] } : {}),
    ...(dictionary.authors.get(line[4] as number)?.by === 'outside' ? { isOutside: true } : {}),
    decode: () => decode(kind as RecordEntry['kind'], line, dictionary, stored),
  };
  return stored;
}

function moveOf(
  [, number, caption, time, from, until]: readonly unknown[],
  { begun, record }: RecordDictionary,
): StoredEntry | undefined {
  if (!Number.isSafeInteger(number) || typeof caption !== 'string' || typeof from !== 'string') return undefined;
  if (typeof time !== 'number') return undefined;
  const when = begun + time;
  const move = { caption, from, when, record, number: number as number, isDone: true, decode: () => undefined };
  return typeof until === 'number' ? { ...move, until: begun + until } : move;
}

/** Parses a line of a file of records; undefined if it is incomplete or invalid. */
export function parseRecordLine(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    // Cut off by a crash or a full disk.
    return undefined;
  }
}

/** The name of a record and when it began, from its first line; undefined if it is of another version. */
export function headOfLine([, version, record, begun]: readonly unknown[]):
  Pick<RecordDictionary, 'record' | 'begun'> | undefined {
  const isKnown = version === recordVersion && typeof record === 'string' && typeof begun === 'number';
  return isKnown ? { record, begun } : undefined;
}

/** Whether the first line of a record says that a later version of the program wrote it. */
export function isLaterRecord([, version]: readonly unknown[]): boolean {
  return typeof version === 'number' && version > recordVersion;
}

/** The author that a line names, by its number. */
export function authorOfLine([, number, author]: readonly unknown[]): [number, Author] | undefined {
  return typeof number === 'number' && isAuthor(author) ? [number, author] : undefined;
}

/** The texts that a line names, by their numbers. */
export function textsOfLine([, first, ...added]: readonly unknown[]): [number, string][] {
  if (typeof first !== 'number') return [];
  return added.flatMap((text, index) => (typeof text === 'string' ? [[first + index, text]] : []));
}

function isAuthor(value: unknown): value is Author {
  if (typeof value !== 'object' || value === null) return false;
  const { by, name = '', job = '', separator = '' } = value as Record<string, unknown>;
  return writers.some((one) => one === by) && [name, job, separator].every((one) => typeof one === 'string');
}

function decode(
  kind: RecordEntry['kind'],
  line: readonly unknown[],
  { texts, authors }: RecordDictionary,
  { caption, when, isDone }: StoredEntry,
): RecordEntry | undefined {
  const [, , , , authorNumber, before, after, partNumbers = '', marks = '', removedNumbers = '', reordered] = line;
  const [textAfter, textBefore, pictureSize] = line.slice(11);
  const author = typeof authorNumber === 'number' ? authors.get(authorNumber) : undefined;
  if (author === undefined || typeof before !== 'string' || typeof after !== 'string') return undefined;
  const parts = textsOf(partNumbers, texts);
  const removed = removedOf(removedNumbers, texts);
  if (parts === undefined || removed === undefined || typeof marks !== 'string') return undefined;
  const marked: MarkedPart[] = [];
  for (const [index, text] of parts.entries()) {
    const mark = parseMark(marks.slice(2 * index, 2 * index + 2));
    if (mark === undefined) return undefined;
    marked.push({ text, ...mark });
  }
  return {
    kind,
    caption,
    when,
    author,
    before,
    after,
    parts: marked,
    removed,
    reordered: reordered === 1,
    isDone,
    ...(typeof textBefore === 'string' && textBefore !== '' ? { textBefore } : {}),
    ...(isKeptText(textAfter) ? { textAfter } : {}),
    ...(typeof pictureSize === 'number' && pictureSize > 0 ? { pictureSize } : {}),
  };
}

function isKeptText(value: unknown): value is string | TextDifference {
  if (!Array.isArray(value)) return typeof value === 'string';
  const [start, end, between] = value as unknown[];
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && typeof between === 'string';
}

function removedOf(numbers: unknown, texts: RecordDictionary['texts']): RemovedPart[] | undefined {
  if (typeof numbers !== 'string') return undefined;
  if (numbers === '') return [];
  const found: RemovedPart[] = [];
  for (const pair of numbers.split(' ')) {
    const [number = '', place = ''] = pair.split(':');
    const text = texts.get(Number.parseInt(number, 36));
    const at = Number.parseInt(place, 36);
    if (text === undefined || !Number.isSafeInteger(at)) return undefined;
    found.push({ text, at });
  }
  return found;
}

function textsOf(numbers: unknown, texts: RecordDictionary['texts']): string[] | undefined {
  if (typeof numbers !== 'string') return undefined;
  if (numbers === '') return [];
  const found: string[] = [];
  for (const number of numbers.split(' ')) {
    const text = texts.get(Number.parseInt(number, 36));
    if (text === undefined) return undefined;
    found.push(text);
  }
  return found;
}
