import { open, type FileHandle } from 'node:fs/promises';
import { SerialQueue } from '../../base/SerialQueue';
import { errorMessage } from '../../protocol/channel/wireError';
import { JobError } from '../JobError';
import type { JournalLine } from './journalEntries';

/**
 * The journal of a job, open for appending. Lines that are appended while a write is in flight are batched into the
 * next write, which is flushed to the disk if one of them must survive a power cut.
 */
export class JobJournal {
  private waiting = '';
  private mustFlush = false;
  private readonly writes = new SerialQueue();
  /** the next write, until it begins: it takes everything that waits by then */
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
      // A line that a crash cut off must not swallow the next one; readers skip empty lines.
      journal.waiting = '\n';
      return journal;
    } catch (error) {
      throw journalError(path, error);
    }
  }

  /**
   * Appends a line. Resolves when the operating system has it, so that it survives the death of this process.
   * @param flushed resolve only when the disk has it, so that it survives a power cut
   * @throws JobError JOURNAL_FAILED; once a write has failed, every later one fails, too
   */
  append(line: JournalLine, flushed = false): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.waiting += `${JSON.stringify(line)}\n`;
    this.mustFlush ||= flushed;
    this.next ??= this.writes.run(() => this.write());
    return this.next;
  }

  /**
   * Closes the file, after all lines are written and flushed to the disk or have failed.
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
    // Lines that are appended in the same turn of the event loop go into one write.
    await new Promise((resolve) => setImmediate(resolve));
    this.next = undefined;
    const text = this.waiting;
    const flush = this.mustFlush;
    this.waiting = '';
    this.mustFlush = false;
    try {
      if (this.failure !== undefined) throw this.failure;
      // Unlike `write`, it repeats until everything is written.
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
