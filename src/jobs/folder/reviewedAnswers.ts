import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { errno } from '../../base/errno';
import type { FlagReason } from '../../protocol/captioning/captionerProfile';
import type { JobFolder } from './JobFolder';
import type { ImageRecord, JournalPlace } from './journalEntries';

/**
 * What a person did with a flagged answer: written as it is, written after changes, or left out for good. `open` takes
 * an earlier decision back.
 */
export const reviewDecisions = ['taken', 'edited', 'discarded', 'open'] as const;
export type ReviewDecision = (typeof reviewDecisions)[number];

/** A flagged answer that waits for a person. */
export interface WaitingAnswer {
  /** position of the image in the job's list */
  index: number;
  /** of the image, relative to the dataset */
  path: string;
  /** `captionHash` of the caption file when the job was made; null if there was none */
  expected: string | null;
  flag: FlagReason;
  /** where the journal has the answer, for `PreviousContents` */
  answer: JournalPlace;
}

/** In the folder of a job: a line for each decision. The journal cannot hold them, as only the runner writes it. */
const reviewFile = 'reviewed.jsonl';

/**
 * The flagged answers of a job that nobody has decided on, in the order of its images. If an image was asked about
 * again and flagged again, that is a new answer: a decision on the earlier one does not apply to it.
 * @throws JobError JOB_MISSING, JOB_UNREADABLE; errors of the file system
 */
export async function waitingAnswers(folder: JobFolder): Promise<WaitingAnswer[]> {
  const images = await folder.readImages();
  const waiting = await waitingRecords(folder);
  return waiting.flatMap(({ index, flagged }) => {
    const image = images[index];
    return image === undefined ? [] : [{ index, ...image, flag: flagged.by, answer: flagged.answer }];
  });
}

/** How many {@link waitingAnswers} there are. @throws as that */
export async function countWaiting(folder: JobFolder): Promise<number> {
  return (await waitingRecords(folder)).length;
}

/**
 * Stores a decision in the folder of the job, so that other windows know it, too, and this one after a reload.
 * @throws errors of the file system
 */
export async function noteReviewed(
  folder: JobFolder,
  { index, answer }: Pick<WaitingAnswer, 'index' | 'answer'>,
  decision: ReviewDecision,
): Promise<void> {
  // A line that a crash cut off must not swallow the next one; readers skip empty lines.
  const line = `\n${JSON.stringify([index, decision, nameOf(answer)])}\n`;
  await appendFile(path.join(folder.path, reviewFile), line, { mode: 0o600 });
}

interface FlaggedRecord {
  index: number;
  flagged: NonNullable<ImageRecord['flagged']>;
}

async function waitingRecords(folder: JobFolder): Promise<FlaggedRecord[]> {
  const records = await folder.readJournal();
  const decided = await readDecided(folder);
  const waiting: FlaggedRecord[] = [];
  for (const [index, { outcome, flagged }] of records) {
    if (outcome !== 'flagged' || flagged === undefined) continue;
    if (decided.get(index) !== nameOf(flagged.answer)) waiting.push({ index, flagged });
  }
  return waiting.sort((a, b) => a.index - b.index);
}

/** By the index of the image, which of its answers was decided on. */
async function readDecided(folder: JobFolder): Promise<Map<number, string>> {
  const decided = new Map<number, string>();
  const text = await readFile(path.join(folder.path, reviewFile), 'utf8').catch((thrown: unknown) => {
    if (errno(thrown) === 'ENOENT') return '';
    throw thrown;
  });
  for (const line of text.split('\n')) {
    const [index, decision, answer] = parseLine(line);
    if (typeof index !== 'number' || typeof answer !== 'string') continue;
    if (decision === 'open') decided.delete(index);
    else if (reviewDecisions.some((known) => known === decision)) decided.set(index, answer);
  }
  return decided;
}

function parseLine(line: string): unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** Names an answer: the place of its line in a journal, which is only ever appended to. */
function nameOf({ file, start }: JournalPlace): string {
  return `${path.basename(file)} ${String(start)}`;
}
