import { setTimeout as delay } from 'node:timers/promises';
import { captionHash } from '../../dataset/captions/captionHash';
import { CaptionError } from '../../dataset/files/CaptionError';
import { errno } from '../../base/errno';
import type { FileWrite, FileWriter } from '../../dataset/files/FileWriter';
import type { JobError } from '../JobError';
import type { JobJournal } from '../folder/JobJournal';

/** Pauses before the retries of a write that failed because a disk or network did not answer, in milliseconds. */
const retryPauses = [100, 500, 2000];

/**
 * Writes caption files for a job. What a file held goes to the journal before the file is touched (a write-ahead log),
 * so that after a crash every write can be completed or reverted. Retries a disk that does not answer.
 */
export class JournaledWriter implements FileWriter {
  constructor(
    private readonly writer: FileWriter,
    private readonly journal: Pick<JobJournal, 'append'>,
    /** the index in the job of the image to whose caption a file belongs, by the file's absolute path */
    private readonly indexOf: (file: string) => number | undefined,
    /** looks before each write whether the job is still this run's, and throws if it is not */
    private readonly check: () => Promise<void>,
  ) {}

  /**
   * @throws CaptionError as the writer does, or if the journal cannot be written: then the file was not touched; what
   *   the check before the write throws
   */
  async write(write: FileWrite): Promise<string | null> {
    const index = this.indexOf(write.file);
    if (index === undefined) throw new Error(`Not a caption of this job: ${write.file}`);
    await this.check();
    const previous = write.expected === null ? null : Buffer.from(write.expected as string).toString('base64');
    try {
      // Flushed only if the write destroys something: of a new file it is known that there was nothing before.
      await this.journal.append(['w', index, previous, captionHash(write.content)], previous !== null);
    } catch (thrown) {
      const { message, path, cause } = thrown as JobError;
      const full = errno(cause) === 'ENOSPC' || errno(cause) === 'EDQUOT';
      throw new CaptionError(full ? 'DISK_FULL' : 'DISK_ERROR', message, path, thrown);
    }
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.writer.write(write);
      } catch (thrown) {
        const pause = retryPauses[attempt];
        if (pause === undefined || !(thrown instanceof CaptionError) || thrown.code !== 'DISK_ERROR') throw thrown;
        await delay(pause);
        await this.check();
      }
    }
  }
}
