import { datasetPathOf } from '../dataset/files/datasetPath';
import { noop } from '../base/noop';
import type { RecordPlace } from '../tags/writeMode';
import { textOfRaw } from '../tags/captionText';
import { captionChange } from './captionChange';
import type { Author } from './recordEntry';
import { recordFiles, recordRootOf } from './recordFolder';
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
  ) {}

  /**
   * Records nothing where nothing is recorded, or the records are gone.
   * @param folder of the dataset, absolute
   * @param place where it is recorded who writes what
   */
  static async of(folder: string, author: Author, place: RecordPlace): Promise<TakenBackRecords> {
    const root = recordRootOf(folder);
    const isOn = place !== 'off' && (await recordFiles(root).catch(() => [])).length > 0;
    return new TakenBackRecords(root, author, isOn ? new RecordWriter(root, undefined, Date.now, place) : undefined);
  }

  /**
   * Records a write that brings back what a caption held. Does not throw: without it, what goes counts as deleted by
   * hand.
   * @param file absolute
   * @param now what the file holds, and what it is to hold, decoded
   * @returns to be called when the file was written
   */
  async record(file: string, now: string, wanted: string): Promise<() => void> {
    if (this.writer === undefined) return noop;
    const change = captionChange(textOfRaw(now), textOfRaw(wanted), new Map());
    return this.writer
      .write({ kind: 'undone', caption: datasetPathOf(this.root, file), author: this.author, ...change })
      .catch(() => noop);
  }

  /** Does not throw. */
  async close(): Promise<void> {
    await this.writer?.close();
  }
}
