import { open, type FileHandle } from 'node:fs/promises';
import { LineBatches } from '../../base/LineBatches';
import { errorMessage } from '../../protocol/channel/wireError';
import { JobError } from '../JobError';
import type { JournalLine } from './journalEntries';

/**
 * The journal of a job, open for appending. Lines that are appended while a write is in flight are batched into the
 * next write, which is flushed to the disk if one of them must survive a power cut.
 */
export class JobJournal {
  private readonly lines: LineBatches;
  private failure: JobError | undefined;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {
    // A line that a crash cut off must not swallow the next one; readers skip empty lines.
    this.lines = new LineBatches((text, flushed) => this.write(text, flushed), '\n');
  }

  /**
   * @param mode of a file that is new
   * @throws JobError JOURNAL_FAILED
   */
  static async open(path: string, mode = 0o600): Promise<JobJournal> {
    try {
      return new JobJournal(path, await open(path, 'a', mode));
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
    return this.lines.add(`${JSON.stringify(line)}\n`, flushed);
  }

  /**
   * Closes the file, after all lines are written and flushed to the disk or have failed.
   * @throws JobError JOURNAL_FAILED
   */
  async close(): Promise<void> {
    await this.lines.idle();
    try {
      if (this.failure !== undefined) throw this.failure;
      await this.file.datasync();
    } catch (error) {
      throw this.failure ?? journalError(this.path, error);
    } finally {
      await this.file.close();
    }
  }

  private async write(text: string, flush: boolean): Promise<void> {
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
