import { parseRecordLine } from '../RecordDecoder';
import { captionIn, type RecordSource } from '../recordFolder';

/** Maps the caption paths in a file of records to those of the dataset, on the bytes of the lines. */
export class CaptionNames {
  private readonly cut: Buffer;
  /** the hash state after the prefix `added` of the source */
  private readonly seed: number;

  constructor(private readonly source: Pick<RecordSource, 'added' | 'cut'>) {
    this.cut = bytesOf(source.cut);
    this.seed = hashOf(bytesOf(source.added));
  }

  /** How many bytes to cut off the front of a path; -1 if the caption is not in the dataset. */
  cutFrom(bytes: Buffer, at: number): number {
    const { cut } = this;
    return bytes.compare(cut, 0, cut.length, at, Math.min(bytes.length, at + cut.length)) === 0 ? cut.length : -1;
  }

  /** The hash state before the first byte of a path. */
  get begun(): number {
    return this.seed;
  }

  /** @returns the path in the dataset; undefined if the caption is not in it */
  of(caption: string): string | undefined {
    return captionIn(this.source, caption);
  }
}

/** Receives the lines of a file of records; `offset` is the position of a line in the file, in bytes. */
export interface RecordSink {
  begin(line: readonly unknown[]): void;
  /** The lines that follow belong to no record, until another one begins. */
  end(): void;
  author(line: readonly unknown[]): void;
  /** @param first number of the first of the texts */
  texts(first: number, offset: number): void;
  /** @param hash of the caption, by {@link captionHashOf} */
  entry(number: number, hash: number, offset: number): void;
  done(number: number): void;
  /** A caption got another name. @param time as in the line, as `until` */
  move(number: number, to: string, time: number, from: string, until: number): void;
}

const [lineEnd, quote, comma, backslash, openBracket, closeBracket, zero, nine] = [10, 34, 44, 92, 91, 93, 48, 57];
const [letterA, letterD, letterF, letterR, letterT, letterU, letterW, letterX, letterZ] = Buffer.from('adfrtuwxz');
/** Begins the hash of a caption. */
const hashSeed = 0x811c9dc5;
/** Exclusive upper limit of the numbers of entries: the table has 32 bits for them. */
const mostEntries = 2 ** 32;

/**
 * Scans lines of records without parsing them: of an entry, only its number and its caption are read. Other lines are
 * skipped; an error in the rest of a line is found when it is decoded.
 * @param bytes begin with a line
 * @param position of the first byte in the file
 * @param isEnd whether the file ends with them
 * @param names maps the paths of captions
 * @returns how many of the bytes were scanned: up to a line that is still incomplete
 */
export function scanRecords(
  bytes: Buffer,
  position: number,
  isEnd: boolean,
  sink: RecordSink,
  names: CaptionNames,
): number {
  const { length } = bytes;
  let at = 0;
  while (at < length) {
    const found = bytes.indexOf(lineEnd, at);
    // The last line may lack its end only.
    if (found < 0 && (!isEnd || bytes[length - 1] !== closeBracket)) return at;
    const end = found < 0 ? length : found;
    if (
      bytes[at] === openBracket &&
      bytes[end - 1] === closeBracket &&
      !scanLine(bytes, at, end, position + at, sink, names)
    ) {
      scanParsed(bytes.toString('utf8', at, end), position + at, sink, names);
    }
    at = end + 1;
  }
  return length;
}

/** Identifies a caption, 32 bits. @param caption path relative to the root */
export function captionHashOf(caption: string): number {
  return hashOf(bytesOf(caption)) >>> 0;
}

/** A text as it stands in JSON. */
function bytesOf(text: string): Buffer {
  return Buffer.from(JSON.stringify(text)).subarray(1, -1);
}

function hashOf(bytes: Uint8Array): number {
  let hash = hashSeed;
  for (const byte of bytes) hash = nextHash(hash, byte);
  return hash;
}

function nextHash(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/** @returns false if the line is formatted otherwise than our writer does it, and has to be parsed */
function scanLine(
  bytes: Buffer,
  start: number,
  end: number,
  offset: number,
  sink: RecordSink,
  names: CaptionNames,
): boolean {
  if (bytes[start + 1] !== quote || bytes[start + 3] !== quote) return false;
  const letter = bytes[start + 2];
  if (letter === letterR || letter === letterA || letter === letterZ || bytes[start + 4] !== comma) return false;
  let at = start + 5;
  if (letter === letterD) return scanDone(bytes, at, end, sink);
  let number = 0;
  const first = at;
  for (let byte = bytes[at] ?? 0; byte >= zero && byte <= nine; byte = bytes[++at] ?? 0)
    number = number * 10 + byte - zero;
  if (at === first || bytes[at] !== comma || bytes[at + 1] !== quote) return false;
  if (letter === letterT) {
    sink.texts(number, offset);
    return true;
  }
  if (letter !== letterW && letter !== letterU && letter !== letterF && letter !== letterX) return false;
  let hash = names.begun;
  const cut = names.cutFrom(bytes, at + 2);
  if (cut < 0) return true;
  for (at += 2 + cut; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) break;
    if (byte === backslash) return false;
    hash = nextHash(hash, byte);
  }
  if (bytes[at + 1] !== comma || number >= mostEntries) return false;
  sink.entry(number, hash >>> 0, offset);
  return true;
}

function scanDone(bytes: Buffer, from: number, end: number, sink: RecordSink): boolean {
  const numbers: number[] = [];
  let number = 0;
  for (let at = from; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= zero && byte <= nine) {
      number = number * 10 + byte - zero;
      continue;
    }
    if (byte !== comma && at !== end - 1) return false;
    numbers.push(number);
    number = 0;
  }
  for (const each of numbers) sink.done(each);
  return true;
}

function scanParsed(text: string, offset: number, sink: RecordSink, names: CaptionNames): void {
  const line = parseRecordLine(text);
  if (line === undefined) return;
  const [letter, number, named, time, from, until] = line;
  const caption = typeof named === 'string' ? names.of(named) : undefined;
  const isNumber = typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 && number < mostEntries;
  switch (letter) {
    case 'r':
      sink.begin(line);
      break;
    case 'z':
      sink.end();
      break;
    case 'a':
      sink.author(line);
      break;
    case 'd':
      for (const each of line.slice(1)) if (typeof each === 'number') sink.done(each);
      break;
    case 'm': {
      const former = typeof from === 'string' ? names.of(from) : undefined;
      if (!isNumber || caption === undefined || typeof time !== 'number' || former === undefined) break;
      sink.move(number, caption, time, former, typeof until === 'number' ? until : time);
      break;
    }
    case 't':
      if (isNumber) sink.texts(number, offset);
      break;
    case 'w':
    case 'u':
    case 'f':
    case 'x':
      if (!isNumber || caption === undefined || typeof time !== 'number') break;
      sink.entry(number, captionHashOf(caption), offset);
      break;
    default:
  }
}
