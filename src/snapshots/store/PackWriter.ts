import path from 'node:path';
import type { CaptionKey } from './captionKey';
import { NewFile } from './newFile';
import { groupBytes, type GroupRow } from './packGroup';
import { newPackHash, packHashText } from './packHash';
import { newId } from './snapshotFolder';

/** Contents are compressed together up to this many bytes, as captions are too short to be compressed alone. */
const groupLength = 512 * 1024;

/** Writes contents into a new pack. The file is created with the first one. */
export class PackWriter {
  /** Its file name. */
  readonly name: string;
  /** How many bytes the pack has, once it is finished. */
  size = 0;
  private file: NewFile | undefined;
  private rows: GroupRow[] = [];
  private contents: Uint8Array[] = [];
  private length = 0;
  private readonly keys = new Set<CaptionKey>();
  private writing: Promise<void> = Promise.resolve();
  private readonly bytes = newPackHash();

  /** @param folder of the snapshots, which exists */
  constructor(
    private readonly folder: string,
    now: number,
  ) {
    this.name = `${newId(now)}.pack`;
  }

  has(key: CaptionKey): boolean {
    return this.keys.has(key);
  }

  /** Adds a content, once. Groups are compressed and written while others are added. @throws errors of the disk */
  async add(key: CaptionKey, content: Uint8Array): Promise<void> {
    if (this.keys.has(key)) return;
    this.keys.add(key);
    this.rows.push({ key, length: content.length });
    this.contents.push(content);
    this.length += content.length;
    if (this.length < groupLength) return;
    // Back-pressure: one group is written while the next one is collected, no more.
    await this.writing;
    this.writing = this.flush();
    this.writing.catch(() => undefined);
  }

  /**
   * @returns the hash of the pack, which now is on the disk under its final name; undefined if there was nothing to
   *   write
   * @throws errors of the disk
   */
  async finish(): Promise<string | undefined> {
    await this.writing;
    if (this.rows.length > 0) await this.flush();
    await this.file?.finish();
    return this.file === undefined ? undefined : packHashText(this.bytes);
  }

  /** Removes what was written. Does not throw. */
  async abandon(): Promise<void> {
    await this.writing.catch(() => undefined);
    await this.file?.abandon();
  }

  private async flush(): Promise<void> {
    const { rows, contents } = this;
    this.rows = [];
    this.contents = [];
    this.length = 0;
    const bytes = await groupBytes(rows, contents);
    this.file ??= await NewFile.create(path.join(this.folder, this.name));
    await this.file.append(bytes);
    this.bytes.update(bytes);
    this.size += bytes.length;
  }
}
