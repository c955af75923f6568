import { open, type FileHandle } from 'node:fs/promises';
import { SerialQueue } from '../../base/SerialQueue';
import { errorMessage } from '../../protocol/channel/wireError';
import { JobError } from '../JobError';
import type { JournalLine } from './journalEntries';

/**
 * The journal of a job, open for appending. Lines that are asked for at the same time are written together, and flushed to
 * the disk together where one of them must last over a power cut.
 */
export class JobJournal {
  private waiting = '';
  private mustFlush = false;
  private readonly writes = new SerialQueue();
  /** the write that has not begun: it takes everything that waits then */
  private next: Promise<void> | undefined;
  private failure: JobError | undefined;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /**
   * @param mode of a file that is new
   * @throws JobError JOURNAL_FAILED
   */
  static async open(path: string, mode = 0o600): Promise<JobJournal> {
    try {
      const journal = new JobJournal(path, await open(path, 'a', mode));
      // What a crash cut off must not swallow the next line; empty lines mean nothing.
      journal.waiting = '\n';
      return journal;
    } catch (error) {
      throw journalError(path, error);
    }
  }

  /**
   * Appends a line; resolves when the system has it, so that it outlives this process.
   * @param flushed when the disk has it, so that it outlives a power cut
   * @throws JobError JOURNAL_FAILED; from then on every time
   */
  append(line: JournalLine, flushed = false): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.waiting += `${JSON.stringify(line)}\n`;
    this.mustFlush ||= flushed;
    this.next ??= this.writes.run(() => this.write());
    return this.next;
  }

  /**
   * Resolves when all lines are written and on the disk. Closes the file, also when that fails.
   * @throws JobError JOURNAL_FAILED
   */
  async close(): Promise<void> {
    await this.writes.idle();
    try {
      if (this.failure !== undefined) throw this.failure;
      await this.file.datasync();
    } catch (error) {
      throw this.failure ?? journalError(this.path, error);
    } finally {
      await this.file.close();
    }
  }

  private async write(): Promise<void> {
    // What is asked for in the same turn goes together.
    await new Promise((resolve) => setImmediate(resolve));
    this.next = undefined;
    const text = this.waiting;
    const flush = this.mustFlush;
    this.waiting = '';
    this.mustFlush = false;
    try {
      if (this.failure !== undefined) throw this.failure;
      // Loops until all is written; a plain write may write a part only.
      await this.file.appendFile(text);
      if (flush) await this.file.datasync();
    } catch (error) {
      this.failure ??= journalError(this.path, error);
      throw this.failure;
    }
  }
}

function journalError(path: string, error: unknown): JobError {
  return new JobError('JOURNAL_FAILED', `The job's journal cannot be written: ${errorMessage(error)}`, path, error);
}
