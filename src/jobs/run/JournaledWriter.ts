import { setTimeout as delay } from 'node:timers/promises';
import { readIfThere } from '../../dataset/captions/captionFile';
import { captionHash } from '../../dataset/captions/captionHash';
import { CaptionError } from '../../dataset/files/CaptionError';
import { errno } from '../../base/errno';
import { noop } from '../../base/noop';
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
  /** files that already held the content to be written */
  private readonly unwritten = new Set<string>();

  constructor(
    private readonly writer: FileWriter,
    private readonly journal: Pick<JobJournal, 'append'>,
    /** the index in the job of the image to whose caption a file belongs, by the file's absolute path */
    private readonly indexOf: (file: string) => number | undefined,
    /** checks before each write whether this run still has the job, and throws if not */
    private readonly check: () => Promise<void>,
    /** records who is about to write what; it never throws. @returns to be called when the file was written */
    private readonly record: (write: FileWrite) => Promise<() => void> = () => Promise.resolve(noop),
  ) {}

  /**
   * Whether a file held the content already when it was to be written: somebody else wrote the same, such as another
   * job, and reverting this job must not undo that.
   */
  wasThere(file: string): boolean {
    return this.unwritten.has(file);
  }

  /**
   * @throws CaptionError as the writer does, or if the journal cannot be written: then the file was not touched; what
   *   the check before the write throws
   */
  async write(write: FileWrite): Promise<string | null> {
    const index = this.indexOf(write.file);
    if (index === undefined) throw new Error(`Not a caption of this job: ${write.file}`);
    await this.check();
    if (await holds(write)) {
      this.unwritten.add(write.file);
      return typeof write.content === 'string' ? write.content : null;
    }
    this.unwritten.delete(write.file);
    const previous = write.expected === null ? null : Buffer.from(write.expected as string).toString('base64');
    // Journal and record have to be on disk before the file is touched; they may be on different disks, so write both
    // at once.
    const recorded = this.record(write);
    try {
      // Flushed only if the write destroys something: of a new file it is known that there was nothing before.
      await this.journal.append(['w', index, previous, captionHash(write.content)], previous !== null);
    } catch (thrown) {
      const { message, path, cause } = thrown as JobError;
      const full = errno(cause) === 'ENOSPC' || errno(cause) === 'EDQUOT';
      throw new CaptionError(full ? 'DISK_FULL' : 'DISK_ERROR', message, path, thrown);
    }
    const finish = await recorded;
    for (let attempt = 0; ; attempt++) {
      try {
        const held = await this.writer.write(write);
        finish();
        return held;
      } catch (thrown) {
        const pause = retryPauses[attempt];
        if (pause === undefined || !(thrown instanceof CaptionError) || thrown.code !== 'DISK_ERROR') throw thrown;
        await delay(pause);
        await this.check();
      }
    }
  }
}

async function holds({ file, content }: FileWrite): Promise<boolean> {
  // If the file cannot be read, the writer throws a better error.
  const bytes = await readIfThere(file).catch(() => undefined);
  return bytes !== undefined && captionHash(bytes) === captionHash(content);
}
