import { errno } from '../base/errno';
import { LineBatches } from '../base/LineBatches';
import { RecordEncoder, lineOf, type NewEntry } from './RecordEncoder';
import { RecordError } from './RecordError';
import type { AppendedFile, RecordFileSystem } from './recordFileSystem';

/**
 * The content of a file is kept in memory up to this length, in characters, in case it has to be written anew. After
 * that, the file system is known to append.
 */
const rememberedLength = 256 * 1024;
/** Errors after which writing the file anew would not help, or could lose what is written already. */
const stopping: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'ENOENT', 'ENOTDIR']);

/**
 * Timeout of writes to the disk of the records, in milliseconds: captions wait for them, and must not wait for ever.
 */
const limit = 15_000;

/** A file of records that only this process writes. */
export class RecordFile {
  private readonly lines: LineBatches;
  private file: AppendedFile | undefined;
  /** all that was written so far; undefined once the file system is known to append */
  private written: string | undefined = '';
  private rewrites = false;
  private failure: RecordError | undefined;
  /** the disk did not answer in time */
  private isSilent = false;

  /**
   * @param path absolute; the file does not exist yet
   * @param folders to make before it
   * @param answersWithin for tests, milliseconds
   */
  constructor(
    private readonly path: string,
    private readonly folders: readonly string[],
    private readonly encoder: RecordEncoder,
    private readonly files: RecordFileSystem,
    private readonly answersWithin = limit,
  ) {
    this.lines = new LineBatches((text, flushed) => this.write(text, flushed), encoder.head());
  }

  /** Whether the file has become so long that writing it anew for each entry is expensive. */
  get isFull(): boolean {
    return this.rewrites && (this.written?.length ?? 0) > rememberedLength;
  }

  /** Makes the file before there is an entry. @throws RecordError */
  async begin(): Promise<void> {
    await this.inTime(this.lines.add('', true));
  }

  /** @returns the number of the entry, once the disk has it. @throws RecordError; once one failed, all later ones do */
  async add(entry: NewEntry): Promise<number> {
    if (this.failure !== undefined) throw this.failure;
    const { text, number } = this.encoder.entry(entry);
    await this.inTime(this.lines.add(text, true));
    return number;
  }

  /** Records that a caption got another name. @throws RecordError */
  async move(from: string, to: string, when: number, until?: number): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    await this.inTime(this.lines.add(this.encoder.move(from, to, when, until), true));
  }

  /** Records that the write of an entry has completed. */
  finish(number: number): void {
    // If this is lost, the caption itself shows that it was written.
    this.lines.add(lineOf(['d', number]), false).catch(() => undefined);
  }

  /** Ends the file, after everything was written or has failed. Does not throw. */
  async close(): Promise<void> {
    if (this.isSilent) return;
    await this.inTime(this.lines.add(lineOf(['z']), true)).catch(() => undefined);
    await this.inTime(Promise.resolve(this.file?.close())).catch(() => undefined);
  }

  /** @throws RecordError if the disk does not answer in time; then nothing more is asked of it */
  private async inTime(written: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.isSilent = true;
        this.failure ??= this.failureOf(new Error(`no answer of the disk for ${String(this.answersWithin / 1000)} s`));
        reject(this.failure);
      }, this.answersWithin);
    });
    try {
      await Promise.race([written, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private failureOf(thrown: unknown): RecordError {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return new RecordError(`The record of who wrote what cannot be written: ${reason}`, this.path, thrown);
  }

  private async write(text: string, flushed: boolean): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    try {
      if (this.file === undefined && !this.rewrites) await this.create();
      if (this.rewrites) await this.rewrite(text);
      else await this.append(text, flushed);
    } catch (thrown) {
      this.failure ??= this.failureOf(thrown);
      throw this.failure;
    }
  }

  private async create(): Promise<void> {
    await this.files.makeFolders(this.folders);
    this.file = await this.files.create(this.path);
  }

  private async append(text: string, flushed: boolean): Promise<void> {
    try {
      await this.file?.append(text, flushed);
    } catch (thrown) {
      // Mounts of object stores take a file from its beginning to its end once, or only whole: there the file is
      // written anew with each batch. It is this process's own, so nobody else's lines can be lost by that; a reader
      // that comes in that moment, or a crash, finds less than there was, which counts as written by hand.
      if (this.written === undefined || stopping.has(errno(thrown) ?? '')) throw thrown;
      this.rewrites = true;
      await this.file?.close().catch(() => undefined);
      this.file = undefined;
      await this.rewrite(text);
      return;
    }
    if (this.written === undefined) return;
    this.written = this.written.length > rememberedLength ? undefined : this.written + text;
  }

  private async rewrite(text: string): Promise<void> {
    const whole = `${this.written ?? ''}${text}`;
    await this.files.rewrite(this.path, whole);
    this.written = whole;
  }
}
