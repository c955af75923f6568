import { stat } from 'node:fs/promises';
import path from 'node:path';
import { noop } from '../../base/noop';
import { decodeCaption } from '../../dataset/captions/captionContent';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import type { FileContent, FileWrite, FileWriter } from '../../dataset/files/FileWriter';
import type { EditRecords } from './EditRecords';
import { entriesOfWrite } from './entriesOfWrite';

/** Writes the caption files of an open dataset. Before each write it records who made the edits that are saved. */
export class RecordedWriter implements FileWriter {
  constructor(
    private readonly writer: FileWriter,
    private readonly records: EditRecords,
    /** the picture of a caption, both by the absolute paths of their files */
    private readonly pictureOf: (file: string) => string | undefined = () => undefined,
  ) {}

  unsavedText(file: string): string | undefined {
    return this.writer.unsavedText?.(file);
  }

  async write({ steps, ...write }: FileWrite): Promise<string | null> {
    const finish = await this.record(write, steps).catch((thrown: unknown) => {
      // A failure to record must not stop the save.
      this.records.giveUp(thrown);
      return noop;
    });
    const held = await this.writer.write(write);
    finish();
    return held;
  }

  private async record({ file, content, expected }: FileWrite, steps: FileWrite['steps']): Promise<() => void> {
    const { root } = this.records;
    // A file that gets its bytes in another encoding again shows the same text as before.
    if (root === undefined || content instanceof Uint8Array) return noop;
    const caption = datasetPathOf(root, path.resolve(file));
    const [first, ...rest] = entriesOfWrite(caption, rawOf(expected), content, steps);
    if (first === undefined) return noop;
    // Whose history it is: another picture may have taken the name since the last write.
    const picture = this.pictureOf(file);
    const info = picture === undefined ? undefined : await stat(picture).catch(() => undefined);
    return this.records.write([{ ...first, ...(info === undefined ? {} : { pictureSize: info.size }) }, ...rest]);
  }
}

function rawOf(content: FileContent): string | null {
  return content instanceof Uint8Array ? decodeCaption(content).raw : content;
}
