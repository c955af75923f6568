import { flagReasons, type FlagReason } from '../../protocol/captioning/captionerProfile';
import { imageOutcomes, type ImageOutcome } from '../imageOutcomes';
import { fileLines, type FileLine } from '../../base/fileLines';

/**
 * A line of a journal with what a caption file held before. Only its place is kept: the lines of all images would take
 * too much memory.
 */
export interface JournalPlace {
  /** the journal, absolute */
  file: string;
  /** position of the line's first byte */
  start: number;
  /** its length in bytes, without its line end */
  length: number;
}

/** What a job is about to write into a caption file. It is in the journal before the file is touched. */
export interface WriteIntent {
  /** content of the file before, for `PreviousContents`; null if there was none */
  previous: JournalPlace | null;
  /** `captionHash` of the new content; null if the file is to be deleted */
  written: string | null;
}

/** What the journal says of one image. */
export interface ImageRecord {
  outcome?: ImageOutcome;
  /** why it failed, was kept or flagged, in words */
  reason?: string;
  milliseconds?: number;
  /** the last intent */
  intent?: WriteIntent;
  /** only if flagged: the reason, and the line of the journal with the answer, for {@link parseAnswer} */
  flagged?: { by: FlagReason; answer: JournalPlace };
}

/**
 * A line of the journal, as JSON:
 * - `w`, a write intent: index of the image, previous bytes in base64, hash of the new ones
 * - `o`, an outcome: index, outcome, duration in milliseconds, reason; of one that is flagged also what flagged it,
 *   and the raw answer
 * - `r`, a retry, which clears the outcome: index
 */
export type JournalLine =
  | ['w', number, string | null, string | null]
  | ['o', number, ImageOutcome, number, string?]
  | ['o', number, 'flagged', number, string, FlagReason, string]
  | ['r', number];

/**
 * Reads a journal of any size. Skips lines that were cut off by a crash or a full disk: what they announced was not
 * done, or is found out from the caption file itself (see `settleIntents`).
 * @param file absolute
 * @returns what is known of each image, by its index
 * @throws errors of the file system
 */
export async function readJournal(file: string): Promise<Map<number, ImageRecord>> {
  const records = new Map<number, ImageRecord>();
  for await (const lines of fileLines(file, isLineStart)) for (const line of lines) applyLine(line, file, records);
  return records;
}

/** Parses a part of a journal, without write intents. */
export function parseOutcomes(text: string): Map<number, Omit<ImageRecord, 'intent'>> {
  const records = new Map<number, ImageRecord>();
  for (const line of text.split('\n')) applyLine({ text: line, start: 0, length: 0 }, '', records);
  for (const record of records.values()) {
    delete record.intent;
    delete record.flagged;
  }
  return records;
}

/**
 * Parses a line of a journal that has a write intent.
 * @returns the bytes of the file before; undefined if it is another kind of line
 */
export function parsePrevious(line: string): Buffer | undefined {
  const entry = parseLine(line);
  return entry?.[0] === 'w' && entry[2] !== null ? Buffer.from(entry[2], 'base64') : undefined;
}

/** Parses a line of a journal about a flagged answer. @returns the answer; undefined for another kind of line */
export function parseAnswer(line: string): string | undefined {
  const entry = parseLine(line);
  return entry?.[0] === 'o' ? entry[6] : undefined;
}

/** `[`, with which each line begins. */
function isLineStart(byte: number): boolean {
  return byte === 0x5b;
}

function applyLine({ text, start, length }: FileLine, file: string, records: Map<number, ImageRecord>): void {
  const entry = parseLine(text);
  if (entry === undefined) return;
  const index = entry[1];
  const record = records.get(index) ?? {};
  records.set(index, record);
  switch (entry[0]) {
    case 'w': {
      const [, , previous, written] = entry;
      record.intent = { previous: previous === null ? null : { file, start, length }, written };
      break;
    }
    case 'o': {
      const [, , outcome, milliseconds, reason, by] = entry;
      Object.assign(record, { outcome, milliseconds });
      if (reason === undefined) delete record.reason;
      else record.reason = reason;
      if (by === undefined) delete record.flagged;
      else record.flagged = { by, answer: { file, start, length } };
      break;
    }
    case 'r':
      delete record.outcome;
      delete record.reason;
      delete record.flagged;
  }
}

function parseLine(line: string): JournalLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value) || !Number.isSafeInteger(value[1])) return undefined;
  const [kind, , a, b, c, by, answer] = value as unknown[];
  const isText = (one: unknown): boolean => one === null || typeof one === 'string';
  switch (kind) {
    case 'w':
      return isText(a) && isText(b) ? (value as JournalLine) : undefined;
    case 'o': {
      const isOutcome = imageOutcomes.some((outcome) => outcome === a);
      const isFlag = typeof answer === 'string' && flagReasons.some((reason) => reason === by);
      if (!isOutcome || typeof b !== 'number' || (c !== undefined && typeof c !== 'string')) return undefined;
      return isFlag === (a === 'flagged') ? (value as JournalLine) : undefined;
    }
    case 'r':
      return ['r', value[1] as number];
    default:
      return undefined;
  }
}
