import { stat } from 'node:fs/promises';
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
 * Records that captions get back what they held before: a job is reverted, or a snapshot restored. Without these
 * records it would look as if a person had deleted the tags that the job added, and no job would add them again.
 */
export class TakenBackRecords {
  private constructor(
    private readonly root: string,
    private readonly author: Author,
    private readonly writer: RecordWriter | undefined,
    private readonly isOn: (caption: string) => boolean,
  ) {}

  /**
   * The result records nothing if `place` is `off`, or the dataset has no records.
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
   * Records a write that restores a caption. Does not throw: without the record, removed parts count as deleted by
   * hand.
   * @param place.file of the caption, absolute
   * @param place.picture its file, absolute
   * @param now what the file holds, and what it is to hold, decoded
   * @returns to be called when the file was written
   */
  async record(place: { file: string; picture: string }, now: string, wanted: string): Promise<() => void> {
    const caption = datasetPathOf(this.root, place.file);
    if (this.writer === undefined || !this.isOn(caption)) return noop;
    const change = captionChange(textOfRaw(now), textOfRaw(wanted), new Map());
    // Whose history it is: another picture may have taken the name since the last write.
    const info = await stat(place.picture).catch(() => undefined);
    const sized = info === undefined ? change : { ...change, pictureSize: info.size };
    return this.writer.write({ kind: 'undone', caption, author: this.author, ...sized }).catch(() => noop);
  }

  /** Does not throw. */
  async close(): Promise<void> {
    await this.writer?.close();
  }
}
