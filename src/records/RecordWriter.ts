import path from 'node:path';
import { LruMap } from '../base/LruMap';
import { identityText, thisProcess } from '../base/machine/processIdentity';
import { RecordEncoder, type NewEntry } from './RecordEncoder';
import { RecordError } from './RecordError';
import { newRecordName, recordFolderOf, recordFoldersOf, recordStorageOf, type WrittenPlace } from './recordFolder';
import { RecordFile } from './RecordFile';
import { ownRecordFileSystem, recordFileSystem, type RecordFileSystem } from './recordFileSystem';

/**
 * Of how many captions the text after the last entry is remembered. If it is forgotten, the next entry has to repeat
 * it.
 */
const rememberedStates = 20_000;

/** An entry as callers give it; `when` is now by default. */
export type Recorded = Omit<NewEntry, 'when'> & { when?: number };

/** A caption that got another name, relative to the root. */
export interface Moved {
  from: string;
  to: string;
  when?: number;
  /** what was recorded under the old name until then is of it, ms since 1970; until `when` if it is left out */
  until?: number;
}

/**
 * Writes records of what this process does to the captions of a dataset. Each process has its own file, so windows,
 * jobs and machines never write into the same one. The file is created with the first entry.
 */
export class RecordWriter {
  private current: RecordFile | undefined;
  /**
   * new entries get at least this time, so that they come after those that were read, even if the clock was set back,
   * ms since 1970
   */
  private earliest = 0;
  /** by caption, the hash of its text after the last entry: the next entry need not repeat that text */
  private readonly known = new LruMap<string, string>(rememberedStates);

  /**
   * @param root of the dataset, absolute
   * @param files for tests
   * @param now for tests, ms since 1970
   * @param place in the dataset, or in the user's own folder on this machine
   * @param answersWithin for tests: timeout of the disk, in milliseconds
   */
  constructor(
    private readonly root: string,
    private readonly files?: RecordFileSystem,
    private readonly now: () => number = Date.now,
    private readonly place: WrittenPlace = 'dataset',
    private readonly answersWithin?: number,
  ) {}

  /** Creates the file now, to find out whether it can be written. @throws RecordError */
  async begin(): Promise<void> {
    await (await this.file()).begin();
  }

  /**
   * Records what is about to be written. Resolves when the disk has it; entries that come together share one flush.
   * @returns a function to be called when the write has completed; if it never is, the caption shows later whether it
   *   did
   * @throws RecordError if it cannot be recorded; once one failed, all later ones do
   */
  async write(entry: Recorded): Promise<() => void> {
    const file = await this.file();
    const number = await file.add({ when: this.time(), ...this.withoutKnown(entry) });
    return () => {
      file.finish(number);
    };
  }

  /**
   * Records a rename of a caption, so that it keeps its history.
   * @param from relative to the root, as `to`
   * @param when ms since 1970, before anything is recorded under the new name; just now if it is left out
   * @throws RecordError
   */
  async move({ from, to, when = this.time() - 1, until }: Moved): Promise<void> {
    const file = await this.file();
    await file.move(from, to, when, until);
  }

  /** Sets the time of the last entry that was read; new entries come after it. @param when ms since 1970 */
  comesAfter(when: number): void {
    this.earliest = Math.max(this.earliest, when + 1);
  }

  private time(): number {
    return Math.max(this.now(), this.earliest);
  }

  private async file(): Promise<RecordFile> {
    if (this.current?.isFull === true) {
      const full = this.current;
      this.current = undefined;
      await full.close();
    }
    return (this.current ??= this.newFile());
  }

  /** Ends the record. Does not throw. */
  async close(): Promise<void> {
    await this.current?.close();
    this.current = undefined;
  }

  private withoutKnown(entry: Recorded): Recorded {
    const { textBefore, ...rest } = entry;
    const isKnown = this.known.get(entry.caption) === entry.before;
    this.known.set(entry.caption, entry.after);
    return isKnown && textBefore !== undefined ? rest : entry;
  }

  private newFile(): RecordFile {
    const begun = this.time();
    const name = newRecordName(new Date(begun));
    const encoder = new RecordEncoder(path.basename(name, '.jsonl'), begun, identityText(thisProcess()));
    const isStored = this.place === 'storage';
    const folder = isStored ? recordStorageOf(this.root) : recordFolderOf(this.root);
    if (folder === undefined) throw noStorage(this.root);
    const folders = isStored ? [path.dirname(folder), folder] : recordFoldersOf(this.root);
    const files = this.files ?? (isStored ? ownRecordFileSystem : recordFileSystem);
    return new RecordFile(path.join(folder, name), folders, encoder, files, this.answersWithin);
  }
}

function noStorage(root: string): RecordError {
  return new RecordError('This user has no folder of their own on this machine for records', root, undefined);
}
