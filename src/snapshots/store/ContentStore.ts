import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { errno } from '../../base/errno';
import { LruMap } from '../../base/LruMap';
import { keyOf, type CaptionKey } from './captionKey';
import { groupContents, groupHead, groupRows, headLength } from './packGroup';
import { SnapshotError } from './SnapshotError';
import { fileName, snapshotFolderOf, snapshotNames } from './snapshotFolder';

/** A group of a pack. */
interface Group {
  pack: string;
  /** where its compressed contents begin, how long they are, and how long before */
  start: number;
  compressed: number;
  raw: number;
}

/** Where a content lies. */
interface Place {
  group: Group;
  /** in the contents of the group */
  offset: number;
  length: number;
}

/** How many groups are kept as they were read, of half a megabyte each. */
const keptGroups = 16;

/** All contents that the packs of a dataset have. A pack that was cut off has what stands before the cut. */
export class ContentStore {
  private readonly places = new Map<CaptionKey, Place>();
  private readonly groups = new LruMap<Group, Promise<Buffer>>(keptGroups);
  /** The packs that were read, and how many bytes of compressed contents each has. */
  readonly packs = new Map<string, number>();

  private constructor(private readonly folder: string) {}

  /**
   * Reads which contents there are.
   * @param root of the dataset's records
   * @param options.withDoomed also packs that will soon be deleted; who writes must not count on them
   * @throws SnapshotError SNAPSHOT_UNSAFE; errors of the disk
   */
  static async open(root: string, { withDoomed }: { withDoomed: boolean }): Promise<ContentStore> {
    const store = new ContentStore(snapshotFolderOf(root));
    const names = await snapshotNames(root);
    const doomed = new Set(names.filter((name) => fileName.doomed.test(name)));
    // Packs that stay come last: of a content in several, the one that stays counts.
    const packs = names.filter((name) => fileName.pack.test(name));
    const isDoomed = (name: string): boolean => doomed.has(`${name}.doomed`);
    if (withDoomed) for (const name of packs.filter(isDoomed)) await store.addPack(name);
    for (const name of packs.filter((one) => !isDoomed(one))) await store.addPack(name);
    return store;
  }

  has(key: CaptionKey): boolean {
    return this.places.has(key);
  }

  /** Of all contents: key, pack, and length. */
  *all(): Generator<{ key: CaptionKey; pack: string; length: number }> {
    for (const [key, { group, length }] of this.places) yield { key, pack: group.pack, length };
  }

  packOf(key: CaptionKey): string | undefined {
    return this.places.get(key)?.group.pack;
  }

  /** In bytes; 0 if it is not there. */
  lengthOf(key: CaptionKey): number {
    return this.places.get(key)?.length ?? 0;
  }

  /** Sorts keys by where their contents lie, so that each group is read once. */
  inOrder(keys: Iterable<CaptionKey>): CaptionKey[] {
    const placed = Array.from(keys, (key) => ({ key, place: this.places.get(key) }));
    placed.sort((a, b) => {
      if (a.place === undefined || b.place === undefined)
        return Number(b.place === undefined) - Number(a.place === undefined);
      const [one, other] = [a.place.group, b.place.group];
      if (one.pack !== other.pack) return one.pack < other.pack ? -1 : 1;
      return one.start - other.start || a.place.offset - b.place.offset;
    });
    return placed.map(({ key }) => key);
  }

  /** @throws SnapshotError SNAPSHOT_DAMAGED if the content is not there, or is not what its key says */
  async read(key: CaptionKey): Promise<Buffer> {
    const place = this.places.get(key);
    if (place === undefined) throw this.damaged(undefined);
    const { group, offset, length } = place;
    let reading = this.groups.get(group);
    if (reading === undefined) {
      reading = this.readGroup(group);
      this.groups.set(group, reading);
    }
    // A buffer of its own: another thread would get the whole group with a part of it.
    const content = Buffer.from(new Uint8Array((await reading).subarray(offset, offset + length)).buffer);
    if (keyOf(content) !== key) throw this.damaged(undefined);
    return content;
  }

  private async readGroup({ pack, start, compressed, raw }: Group): Promise<Buffer> {
    try {
      const handle = await open(path.join(this.folder, pack), 'r');
      try {
        return await groupContents(await readAt(handle, start, compressed), raw);
      } finally {
        await handle.close();
      }
    } catch (thrown) {
      throw this.damaged(thrown);
    }
  }

  private async addPack(pack: string): Promise<void> {
    let handle: FileHandle;
    try {
      handle = await open(path.join(this.folder, pack), 'r');
    } catch (thrown) {
      // Deleted since the folder was listed, or not this user's to read.
      if (['ENOENT', 'EACCES', 'EPERM'].includes(errno(thrown) ?? '')) return;
      throw thrown;
    }
    try {
      const { size } = await handle.stat();
      let stored = 0;
      for (let at = 0; at < size;) {
        const head = groupHead(await readAt(handle, at, headLength));
        if (head === undefined) break;
        const start = at + headLength + head.tableLength;
        const end = start + head.compressed;
        if (end > size) break;
        const group: Group = { pack, start, compressed: head.compressed, raw: head.raw };
        let offset = 0;
        for (const { key, length } of groupRows(await readAt(handle, at + headLength, head.tableLength))) {
          this.places.set(key, { group, offset, length });
          offset += length;
        }
        stored += head.compressed + head.tableLength;
        at = end;
      }
      this.packs.set(pack, stored);
    } finally {
      await handle.close();
    }
  }

  private damaged(cause: unknown): SnapshotError {
    const message = l10n.t('A part of the snapshot is gone or damaged. What it has of other captions can be restored.');
    return new SnapshotError('SNAPSHOT_DAMAGED', message, this.folder, cause);
  }
}

/**
 * Whether a pack is as long as its groups say: one that was cut off is not counted on.
 * @param file absolute
 */
export async function isWholePack(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const { size } = await handle.stat();
    let at = 0;
    while (at < size) {
      const head = groupHead(await readAt(handle, at, headLength));
      if (head === undefined) return false;
      at += headLength + head.tableLength + head.compressed;
    }
    return size > 0 && at === size;
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
