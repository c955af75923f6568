import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { errno } from '../../base/errno';
import { isRetried, rankOf } from '../imageOutcomes';
import { readJournal, type ImageRecord } from './journalEntries';

/**
 * A journal of a cluster job. Each worker has its own file for each shard that it takes, as two workers may hold the
 * same shard for a while. A file without a shard lists images to retry (`r` lines) and begins a new generation.
 */
export interface ShardJournal {
  name: string;
  /** how often failed images of the job had been retried when it was begun */
  generation: number;
  /** from 0; undefined for the file that begins a generation */
  shard: number | undefined;
}

const journalName = /^journal-(\d{4})(?:-(\d{6})\.[\w-]+)?\.jsonl$/;

/**
 * The file name of a worker's journal of a shard.
 * @param worker letters, digits, `-` and `_`
 */
export function shardJournalName(generation: number, shard: number, worker: string): string {
  return `journal-${pad(generation, 4)}-${pad(shard, 6)}.${worker}.jsonl`;
}

/** The file name of the journal that begins a generation. */
export function retryJournalName(generation: number): string {
  return `journal-${pad(generation, 4)}.jsonl`;
}

/** The journals among the file names in a job's folder, in the order in which they are to be merged. */
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
 * Merges the journals of shards into the records.
 * @param folder of the job
 * @param records by the index of the image; changed in place
 * @param shard merge only the journals of this shard
 * @throws errors of the file system
 */
export async function mergeShardJournals(
  folder: string,
  records: Map<number, ImageRecord>,
  shard?: number,
): Promise<void> {
  for (const journal of shardJournals(await readdir(folder))) {
    if (shard !== undefined && journal.shard !== undefined && journal.shard !== shard) continue;
    const later = await readJournal(path.join(folder, journal.name)).catch((error: unknown) => {
      if (errno(error) === 'ENOENT') return new Map<number, ImageRecord>();
      throw error;
    });
    mergeRecords(records, later, journal.shard === undefined);
  }
}

/**
 * Merges the records of a later journal into those of earlier ones.
 * @param records changed in place
 * @param again the later journal lists images to retry: their failures and flagged answers are forgotten
 */
export function mergeRecords(
  records: Map<number, ImageRecord>,
  later: ReadonlyMap<number, ImageRecord>,
  again: boolean,
): void {
  for (const [index, record] of later) {
    const known = records.get(index);
    if (again) {
      if (!isRetried(known?.outcome)) continue;
      delete known?.outcome;
      delete known?.reason;
      delete known?.flagged;
    } else if (known === undefined || rankOf(record.outcome) > rankOf(known.outcome)) {
      records.set(index, known?.intent === undefined ? record : { intent: known.intent, ...record });
    } else if (known.outcome === undefined && record.intent !== undefined) known.intent = record.intent;
  }
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
