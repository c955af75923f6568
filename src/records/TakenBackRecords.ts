import path from 'node:path';
import { datasetPathOf, folderOf } from '../dataset/files/datasetPath';
import { noop } from '../base/noop';
import type { RecordPlace } from '../tags/writeMode';
import { textOfRaw } from '../tags/captionText';
import { captionChange } from './captionChange';
import type { Author } from './recordEntry';
import { foldersOfCaptions, hasRecords, recordRootOf, recordSources } from './recordFolder';
import { RecordWriter } from './RecordWriter';

/**
 * Records that what captions held comes back: a job is taken back, or a snapshot restored. From the captions alone that
 * could not be told from a person who deletes just those tags that a job added, which no job may bring back then.
 */
export class TakenBackRecords {
  private constructor(
    private readonly root: string,
    private readonly author: Author,
    private readonly writer: RecordWriter | undefined,
    private readonly isOn: (caption: string) => boolean,
  ) {}

  /**
   * Records nothing where nothing is recorded, or the records are gone.
   * @param folder of the dataset, absolute
   * @param place where it is recorded who writes what
   */
  static async of(folder: string, author: Author, place: RecordPlace): Promise<TakenBackRecords> {
    const root = recordRootOf(folder);
    const isOn = (await recordSources(root).catch(() => [])).length > 0;
    const writer = place === 'off' ? undefined : new RecordWriter(root, undefined, Date.now, place);
    /** whether folders have records of their own */
    const folders = new Map<string, boolean>();
    return new TakenBackRecords(root, author, writer, (caption) => {
      const own = folderOf(caption);
      const has = folders.get(own) ?? foldersOfCaptions([caption]).some((one) => hasRecords(path.join(root, one)));
      folders.set(own, has);
      return isOn || has;
    });
  }

  /**
   * Records a write that brings back what a caption held. Does not throw: without it, what goes counts as deleted by
   * hand.
   * @param file absolute
   * @param now what the file holds, and what it is to hold, decoded
   * @returns to be called when the file was written
   */
  async record(file: string, now: string, wanted: string): Promise<() => void> {
    const caption = datasetPathOf(this.root, file);
    if (this.writer === undefined || !this.isOn(caption)) return noop;
    const change = captionChange(textOfRaw(now), textOfRaw(wanted), new Map());
    return this.writer.write({ kind: 'undone', caption, author: this.author, ...change }).catch(() => noop);
  }

  /** Does not throw. */
  async close(): Promise<void> {
    await this.writer?.close();
  }
}
