import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { errno } from '../../base/errno';
import { LruMap } from '../../base/LruMap';
import { keyOf, type CaptionKey } from './captionKey';
import { groupContents, groupHead, groupRows, headLength, magic, type GroupHead } from './packGroup';
import { SnapshotError } from './SnapshotError';
import { fileName, snapshotFolderOf, snapshotNames } from './snapshotFolder';

/** A group of a pack. */
interface Group {
  pack: string;
  /** where its compressed contents begin, their length, and their length before compression */
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

/** How many decompressed groups are cached, of half a megabyte each. */
const keptGroups = 16;

/** How many bytes are searched at once for the next group of a damaged pack. */
const pieceLength = 256 * 1024;

/**
 * All contents that the packs of a dataset have. Of a pack that was cut off, all before the cut can be read; a damaged
 * place costs one group at most.
 */
export class ContentStore {
  private readonly places = new Map<CaptionKey, Place>();
  /** further places of contents that are in several packs, used if the first one is damaged */
  private readonly others = new Map<CaptionKey, Place[]>();
  private readonly groups = new LruMap<Group, Promise<Buffer>>(keptGroups);
  /** The packs that were read, and how many bytes of compressed contents each has. */
  readonly packs = new Map<string, number>();

  private constructor(private readonly folder: string) {}

  /**
   * Reads which contents there are.
   * @param root of the dataset's records
   * @param options.withDoomed also packs that will soon be deleted; new snapshots must not rely on them
   * @throws SnapshotError SNAPSHOT_UNSAFE; errors of the disk
   */
  static async open(root: string, { withDoomed }: { withDoomed: boolean }): Promise<ContentStore> {
    const store = new ContentStore(snapshotFolderOf(root));
    const names = await snapshotNames(root);
    const doomed = new Set(names.filter((name) => fileName.doomed.test(name)));
    // Packs that stay come last, so that they win for a content that is in several.
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

  /** Sorts keys by the place of their contents, so that each group is read once. */
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
    let cause: unknown;
    for (const one of place === undefined ? [] : [place, ...(this.others.get(key) ?? [])]) {
      try {
        const content = await this.contentAt(one);
        if (keyOf(content) === key) return content;
      } catch (thrown) {
        cause = thrown;
      }
    }
    throw this.damaged(cause);
  }

  private async contentAt({ group, offset, length }: Place): Promise<Buffer> {
    let reading = this.groups.get(group);
    if (reading === undefined) {
      reading = this.readGroup(group);
      this.groups.set(group, reading);
    }
    // A copy: sending a slice to another thread would send the whole group.
    return Buffer.from(new Uint8Array((await reading).subarray(offset, offset + length)).buffer);
  }

  private async readGroup({ pack, start, compressed, raw }: Group): Promise<Buffer> {
    const handle = await open(path.join(this.folder, pack), 'r');
    try {
      return await groupContents(await readAt(handle, start, compressed), raw);
    } finally {
      await handle.close();
    }
  }

  private async addPack(pack: string): Promise<void> {
    let handle: FileHandle;
    try {
      handle = await open(path.join(this.folder, pack), 'r');
    } catch (thrown) {
      // Deleted since the folder was listed, or not readable by this user.
      if (['ENOENT', 'EACCES', 'EPERM'].includes(errno(thrown) ?? '')) return;
      throw thrown;
    }
    try {
      const { size } = await handle.stat();
      let stored = 0;
      let head = await headAt(handle, 0);
      for (let at = 0; at < size;) {
        const start = at + headLength + (head?.tableLength ?? 0);
        const end = start + (head?.compressed ?? 0);
        const next = head === undefined || end > size ? undefined : await headAt(handle, end);
        if (head === undefined || end > size) {
          at = await nextGroup(handle, at + 1, size);
          head = await headAt(handle, at);
          continue;
        }
        const group: Group = { pack, start, compressed: head.compressed, raw: head.raw };
        let offset = 0;
        for (const { key, length } of groupRows(await readAt(handle, at + headLength, head.tableLength))) {
          const former = this.places.get(key);
          if (former !== undefined) this.others.set(key, [former, ...(this.others.get(key) ?? [])]);
          this.places.set(key, { group, offset, length });
          offset += length;
        }
        stored += head.compressed + head.tableLength;
        // If no group follows, the lengths in the head may be damaged.
        at = next !== undefined || end === size ? end : await nextGroup(handle, at + 1, size);
        head = next ?? (await headAt(handle, at));
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

async function headAt(handle: FileHandle, position: number): Promise<GroupHead | undefined> {
  return groupHead(await readAt(handle, position, headLength));
}

/** Where the next group of a damaged pack may begin; the end of the file if there is none. */
async function nextGroup(handle: FileHandle, from: number, size: number): Promise<number> {
  for (let at = from; at < size; at += pieceLength) {
    const found = (await readAt(handle, at, pieceLength + magic.length - 1)).indexOf(magic, 0, 'latin1');
    if (found >= 0) return at + found;
  }
  return size;
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
