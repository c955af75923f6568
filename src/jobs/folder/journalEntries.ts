import { imageOutcomes, type ImageOutcome } from '../captionJob';
import { inSlices } from '../../base/inSlices';

/** What a job is about to write into a caption file. It is in the journal before the file is touched. */
export interface WriteIntent {
  /** content of the file before; null if there was none */
  previous: Uint8Array | null;
  /** `captionHash` of the new content; null if the file is to be deleted */
  written: string | null;
}

/** What the journal says of one image. */
export interface ImageRecord {
  outcome?: ImageOutcome;
  /** why it failed or was kept */
  reason?: string;
  milliseconds?: number;
  /** the last intent */
  intent?: WriteIntent;
}

/**
 * A line of the journal, as JSON:
 * - `w`, a write intent: index of the image, previous bytes in base64, hash of the new ones
 * - `o`, an outcome: index, outcome, duration in milliseconds, reason
 * - `r`, a retry, which clears the outcome: index
 */
export type JournalLine =
  ['w', number, string | null, string | null] | ['o', number, ImageOutcome, number, string?] | ['r', number];

/**
 * Parses a journal. Skips lines that were cut off by a crash or a full disk: what they announced was not done, or is
 * found out from the caption file itself (see `settleIntents`).
 * @returns what is known of each image, by its index
 */
export function parseJournal(text: string): Map<number, ImageRecord> {
  const records = new Map<number, ImageRecord>();
  for (const line of linesOf(text)) applyLine(line, records);
  return records;
}

/** Like {@link parseJournal}, in slices that do not block the process: for long journals. */
export async function parseLongJournal(text: string): Promise<Map<number, ImageRecord>> {
  const records = new Map<number, ImageRecord>();
  await inSlices(linesOf(text), (line) => {
    applyLine(line, records);
  });
  return records;
}

function applyLine(line: string, records: Map<number, ImageRecord>): void {
  const entry = parseLine(line);
  if (entry === undefined) return;
  const index = entry[1];
  const record = records.get(index) ?? {};
  records.set(index, record);
  switch (entry[0]) {
    case 'w': {
      const [, , previous, written] = entry;
      record.intent = { previous: previous === null ? null : Buffer.from(previous, 'base64'), written };
      break;
    }
    case 'o': {
      const [, , outcome, milliseconds, reason] = entry;
      Object.assign(record, { outcome, milliseconds });
      if (reason === undefined) delete record.reason;
      else record.reason = reason;
      break;
    }
    case 'r':
      delete record.outcome;
      delete record.reason;
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
  const [kind, , a, b, c] = value as unknown[];
  const isText = (one: unknown): boolean => one === null || typeof one === 'string';
  switch (kind) {
    case 'w':
      return isText(a) && isText(b) ? (value as JournalLine) : undefined;
    case 'o': {
      const isOutcome = imageOutcomes.some((outcome) => outcome === a);
      return isOutcome && typeof b === 'number' && (c === undefined || typeof c === 'string')
        ? (value as JournalLine)
        : undefined;
    }
    case 'r':
      return ['r', value[1] as number];
    default:
      return undefined;
  }
}

/**
 * The lines of a text one by one, without their line ends; empty lines are left out. A generator, as splitting a long
 * text at once would block the process.
 */
export function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (end > start) yield text.slice(start, end);
    start = end + 1;
  }
}
