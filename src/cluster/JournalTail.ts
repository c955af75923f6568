import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { errno } from '../base/errno';
import { isListed, isRetried, noOutcomes, outcomeOfRank, rankOf, type ImageOutcome } from '../jobs/imageOutcomes';
import { parseOutcomes } from '../jobs/folder/journalEntries';
import { shownFailures } from '../jobs/jobTypes';
import { retryJournalName, shardJournals } from '../jobs/folder/shardJournals';
import type { ImageList } from './ImageList';

const lineEnd = 0x0a;

/**
 * Reads the journals of all workers of a job incrementally: of each file only what was appended since the last read.
 */
export class JournalTail {
  readonly counts = noOutcomes();
  /** the first {@link shownFailures} */
  failures: { path: string; reason: string }[] = [];
  /** the highest generation of the journals */
  generation = 0;
  /** number of images that have an outcome */
  handled = 0;
  /** `rankOf` each image's outcome */
  private readonly ranks: Uint8Array;
  /** how many bytes of each journal were read, by its name */
  private readonly read = new Map<string, number>();

  constructor(
    /** of the job, absolute */
    private readonly folder: string,
    private readonly images: ImageList,
  ) {
    this.ranks = new Uint8Array(images.length);
  }

  /** Whether an image has no outcome yet. */
  isOpen(index: number): boolean {
    return this.ranks[index] === 0;
  }

  /** The outcome of an image; undefined if it has none yet. */
  outcome(index: number): ImageOutcome | undefined {
    return outcomeOfRank(this.ranks[index] ?? 0);
  }

  /**
   * Reads what was appended.
   * @param onHandled called with each image that got its first outcome, and the reason if that is a failure
   * @throws errors of the file system
   */
  async update(onHandled?: (index: number, failure: string | undefined) => void): Promise<void> {
    for (const { name, generation, shard } of shardJournals(await readdir(this.folder))) {
      this.generation = Math.max(this.generation, generation);
      const text = await this.readNew(name);
      if (text === '') continue;
      for (const [index, { outcome, reason }] of parseOutcomes(text)) {
        if (shard === undefined) this.forgetFailure(index);
        else if (outcome !== undefined) this.recordOutcome(index, outcome, reason, onHandled);
      }
    }
  }

  /**
   * Begins a new generation, in which images are retried.
   * @param outcomes of these images: `failed`, `flagged`
   * @throws errors of the file system
   */
  async retry(outcomes: ReadonlySet<ImageOutcome | undefined>): Promise<void> {
    const failed = [...this.ranks.keys()].filter((index) => outcomes.has(this.outcome(index)));
    if (failed.length === 0) return;
    const file = await open(path.join(this.folder, retryJournalName(this.generation + 1)), 'ax', 0o666);
    try {
      await file.appendFile(failed.map((index) => `${JSON.stringify(['r', index])}\n`).join(''));
      await file.sync();
    } finally {
      await file.close();
    }
    await this.update();
  }

  private recordOutcome(
    index: number,
    outcome: ImageOutcome,
    reason: string | undefined,
    onHandled: ((index: number, failure: string | undefined) => void) | undefined,
  ): void {
    const before = this.ranks[index];
    const now = rankOf(outcome);
    if (before === undefined || now <= before) return;
    const previous = outcomeOfRank(before);
    if (previous === undefined) this.handled++;
    else this.counts[previous]--;
    this.counts[outcome]++;
    this.ranks[index] = now;
    const image = this.images.path(index);
    // One worker failed on the image, and another one captioned it.
    if (previous !== undefined && isListed(previous)) this.failures = this.failures.filter((one) => one.path !== image);
    const failure = isListed(outcome) ? reason : undefined;
    if (failure !== undefined && this.failures.length < shownFailures)
      this.failures.push({ path: image, reason: failure });
    if (previous === undefined) onHandled?.(index, failure);
  }

  private forgetFailure(index: number): void {
    const outcome = this.outcome(index);
    if (outcome === undefined || !isRetried(outcome)) return;
    this.ranks[index] = 0;
    this.handled--;
    this.counts[outcome]--;
    const image = this.images.path(index);
    this.failures = this.failures.filter((one) => one.path !== image);
  }

  /** The complete lines that were appended to a journal since the last read. */
  private async readNew(name: string): Promise<string> {
    const start = this.read.get(name) ?? 0;
    let file;
    try {
      file = await open(path.join(this.folder, name), 'r');
    } catch (thrown) {
      if (errno(thrown) === 'ENOENT') return '';
      throw thrown;
    }
    try {
      const { size } = await file.stat();
      if (size <= start) return '';
      const bytes = Buffer.alloc(size - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      const end = bytes.subarray(0, bytesRead).lastIndexOf(lineEnd) + 1;
      this.read.set(name, start + end);
      return bytes.toString('utf8', 0, end);
    } finally {
      await file.close();
    }
  }
}
