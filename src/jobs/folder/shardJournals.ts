import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { errno } from '../../base/errno';
import type { ImageOutcome } from '../captionJob';
import { parseJournal, type ImageRecord } from './journalEntries';

/**
 * A journal of a job on a cluster. Each worker appends to a file of its own for each shard that it takes, as two may hold
 * one shard for a while; a file without a shard names images that are tried again (`r` lines), and begins a generation.
 */
export interface ShardJournal {
  name: string;
  /** how often failed images were given another try by then */
  generation: number;
  /** undefined for the file that begins a generation */
  shard: number | undefined;
}

const journalName = /^journal-(\d{4})(?:-(\d{6})\.[\w-]+)?\.jsonl$/;

/**
 * The name of a worker's journal of a shard.
 * @param worker letters, digits, `-` and `_`
 */
export function shardJournalName(generation: number, shard: number, worker: string): string {
  return `journal-${pad(generation, 4)}-${pad(shard, 6)}.${worker}.jsonl`;
}

/** The name of the journal that begins a generation. */
export function retryJournalName(generation: number): string {
  return `journal-${pad(generation, 4)}.jsonl`;
}

/** The journals among the names in a job's folder, in the order in which they count. */
export function shardJournals(names: readonly string[]): ShardJournal[] {
  return names
    .flatMap((name): ShardJournal[] => {
      const match = journalName.exec(name);
      if (match === null) return [];
      return [{ name, generation: Number(match[1]), shard: match[2] === undefined ? undefined : Number(match[2]) }];
    })
    .sort((a, b) => a.generation - b.generation || (a.shard ?? -1) - (b.shard ?? -1) || (a.name < b.name ? -1 : 1));
}

/**
 * Adds what the journals of shards say to what is known of each image.
 * @param folder of the job
 * @param shard only this one
 * @throws errors of the file system
 */
export async function mergeShardJournals(
  folder: string,
  records: Map<number, ImageRecord>,
  shard?: number,
): Promise<void> {
  for (const journal of shardJournals(await readdir(folder))) {
    if (shard !== undefined && journal.shard !== undefined && journal.shard !== shard) continue;
    const text = await readFile(path.join(folder, journal.name), 'utf8').catch((error: unknown) => {
      if (errno(error) === 'ENOENT') return '';
      throw error;
    });
    mergeRecords(records, parseJournal(text), journal.shard === undefined);
  }
}

/**
 * What counts more where two workers had an image: that one of them wrote its caption is what happened to the file,
 * whatever the other one says.
 */
const rank: Readonly<Record<ImageOutcome, number>> = { failed: 1, kept: 2, untagged: 3, same: 4, written: 5 };

/** How much an outcome counts, from 0 for none. */
export function rankOf(outcome: ImageOutcome | undefined): number {
  return outcome === undefined ? 0 : rank[outcome];
}

/**
 * Adds what a later journal says.
 * @param again the images that it names are tried again
 */
export function mergeRecords(
  records: Map<number, ImageRecord>,
  later: ReadonlyMap<number, ImageRecord>,
  again: boolean,
): void {
  for (const [index, record] of later) {
    const known = records.get(index);
    if (again) {
      if (known?.outcome !== 'failed') continue;
      delete known.outcome;
      delete known.reason;
    } else if (known === undefined || rankOf(record.outcome) > rankOf(known.outcome)) {
      records.set(index, known?.intent === undefined ? record : { intent: known.intent, ...record });
    } else if (known.outcome === undefined && record.intent !== undefined) known.intent = record.intent;
  }
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
