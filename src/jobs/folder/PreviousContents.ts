import { open, type FileHandle } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { JobError } from '../JobError';
import { parseAnswer, parsePrevious, type JournalPlace } from './journalEntries';

/**
 * Reads from journals what caption files held before a job wrote them, and the answers that are flagged. Keeps the
 * journals open until it is closed.
 */
export class PreviousContents {
  private readonly handles = new Map<string, Promise<FileHandle>>();

  /** Calls `work` with a reader, which is closed afterwards. */
  static async use<T>(work: (previous: PreviousContents) => Promise<T>): Promise<T> {
    const previous = new PreviousContents();
    try {
      return await work(previous);
    } finally {
      await previous.close();
    }
  }

  /** The bytes of the file before. @throws JobError JOB_UNREADABLE; errors of the file system */
  async read(place: JournalPlace): Promise<Buffer> {
    return found(parsePrevious(await this.line(place)), place);
  }

  /** The answer of a model that is flagged. @throws JobError JOB_UNREADABLE; errors of the file system */
  async readAnswer(place: JournalPlace): Promise<string> {
    return found(parseAnswer(await this.line(place)), place);
  }

  private async line({ file, start, length }: JournalPlace): Promise<string> {
    const opened = this.handles.get(file) ?? open(file, 'r');
    this.handles.set(file, opened);
    const handle = await opened;
    const line = Buffer.alloc(length);
    for (let read = 0; read < length;) {
      const { bytesRead } = await handle.read(line, read, length - read, start + read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return line.toString();
  }

  private async close(): Promise<void> {
    for (const opened of this.handles.values()) {
      await opened.then(
        (handle) => handle.close(),
        () => undefined,
      );
    }
  }
}

function found<T>(value: T | undefined, { file }: JournalPlace): T {
  if (value !== undefined) return value;
  throw new JobError('JOB_UNREADABLE', l10n.t("The job's journal was changed while it was read."), file);
}
