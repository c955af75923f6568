import { stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { noop } from '../base/noop';
import { keyLength, type CaptionKey } from './store/captionKey';
import { ContentStore } from './store/ContentStore';
import { listOfBytes } from './store/imageLists';
import { writeNewFile } from './store/newFile';
import { PackWriter } from './store/PackWriter';
import { fileName, snapshotFolderOf, snapshotNames } from './store/snapshotFolder';
import { deleteSnapshot, listSnapshots } from './store/snapshotFiles';
import { isKept, type Snapshot } from './store/snapshotTypes';
import { graceOfPacks } from './takeSnapshot';

const dayMs = 24 * 3_600_000;
/** If there are more packs than this, small ones are merged. */
const manyPacks = 48;
/** Packs up to this many bytes are small. */
const smallPack = 1024 * 1024;
/** If less than this part of a pack is needed, that part is copied to a new pack. */
const worthKeeping = 0.5;
/** Incomplete files are removed after this time, in milliseconds: the process that wrote them has died. */
const abandonedAge = dayMs;

export interface PruneOptions {
  /** ms since 1970 */
  now?: number;
  /** see {@link graceOfPacks}; for tests */
  grace?: number;
}

export interface Pruned {
  /** the ids of the snapshots that were deleted */
  snapshots: string[];
  /** how many packs were deleted: no snapshot has needed them for an hour */
  packs: number;
}

/**
 * Deletes automatic snapshots that are too old or take too much room, each by the limits that were set where it was
 * made; and the contents that no snapshot needs any more, an hour after that is known (until then their pack is
 * doomed). Others may make and read snapshots at the same time: no new snapshot relies on a doomed pack. Snapshots
 * that a person made or named stay.
 * @param root of the dataset's records
 * @throws SnapshotError SNAPSHOT_UNSAFE; errors of the disk
 */
export async function pruneSnapshots(root: string, options: PruneOptions = {}): Promise<Pruned> {
  const { now = Date.now(), grace = graceOfPacks } = options;
  const folder = snapshotFolderOf(root);
  const { snapshots: listed, unreadable } = await listSnapshots(root);
  const old = listed.filter((one) => !isKept(one) && now - one.created > one.limits.days * dayMs);
  let snapshots = listed.filter((one) => !old.includes(one));
  const names = await snapshotNames(root);
  const sizes = new Map<string, number>();
  for (const name of names) {
    const info = await stat(path.join(folder, name)).catch(() => undefined);
    if (info === undefined) continue;
    sizes.set(name, info.size);
    const isAbandoned = fileName.temporary.test(name) && now - info.mtimeMs > abandonedAge;
    if (isAbandoned) await unlink(path.join(folder, name)).catch(noop);
  }
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const limit = Math.max(0, ...snapshots.filter((one) => !isKept(one)).map((one) => one.limits.megabytes)) * 1e6;
  const isTooLarge = total > limit && snapshots.some((one) => !isKept(one));
  const hasWork =
    old.length > 0 ||
    isTooLarge ||
    names.filter((name) => fileName.pack.test(name)).length > manyPacks ||
    names.some((name) => fileName.doomed.test(name));
  if (!hasWork) return { snapshots: [], packs: 0 };
  const store = await ContentStore.open(root, { withDoomed: true });
  const needed = new NeededContents(store);
  const large = isTooLarge ? await beyond(snapshots, limit, new NeededContents(store)) : [];
  snapshots = snapshots.filter((one) => !large.includes(one));
  for (const one of [...old, ...large]) await deleteSnapshot(root, one.id);
  for (const one of snapshots) await needed.add(one);
  // It is not known what an unreadable snapshot needs, so nothing is deleted.
  const packs = unreadable.length > 0 ? 0 : await prunePacks(root, store, needed.keys, now, grace);
  return { snapshots: [...old, ...large].map(({ id }) => id), packs };
}

/**
 * Dooms packs that are not needed any more after a snapshot was deleted.
 * @throws as {@link pruneSnapshots}
 */
export async function dropUnneeded(root: string): Promise<void> {
  const { snapshots, unreadable } = await listSnapshots(root);
  if (unreadable.length > 0) return;
  const store = await ContentStore.open(root, { withDoomed: true });
  const needed = new NeededContents(store);
  for (const one of snapshots) await needed.add(one);
  await prunePacks(root, store, needed.keys, Date.now(), graceOfPacks);
}

/** The oldest automatic snapshots, as many as exceed a size; never the latest one. */
async function beyond(snapshots: readonly Snapshot[], limit: number, needed: NeededContents): Promise<Snapshot[]> {
  for (const one of snapshots) if (isKept(one)) await needed.add(one);
  const automatic = snapshots.filter((one) => !isKept(one)).reverse();
  for (const [index, one] of automatic.entries()) {
    await needed.add(one);
    if (index > 0 && needed.size > limit) return automatic.slice(index);
  }
  return [];
}

/** The contents that some snapshots need. */
class NeededContents {
  readonly keys = new Set<CaptionKey>();
  /** about how many compressed bytes they take in packs */
  size = 0;
  private readonly ratios = new Map<string, number>();

  constructor(private readonly store: ContentStore) {
    const raw = new Map<string, number>();
    for (const { pack, length } of store.all()) raw.set(pack, (raw.get(pack) ?? 0) + length + keyLength);
    for (const [pack, stored] of store.packs) this.ratios.set(pack, stored / Math.max(1, raw.get(pack) ?? 1));
  }

  async add({ lists }: Snapshot): Promise<void> {
    for (const list of lists) {
      if (this.keys.has(list)) continue;
      this.need(list);
      // Keep what can be read of a damaged list.
      const read = await this.store.read(list).then(listOfBytes, () => undefined);
      for (const key of read?.keys ?? []) this.need(key);
    }
  }

  private need(key: CaptionKey): void {
    if (this.keys.has(key)) return;
    this.keys.add(key);
    const pack = this.store.packOf(key);
    if (pack === undefined) return;
    this.size += (this.store.lengthOf(key) + keyLength) * (this.ratios.get(pack) ?? 1);
  }
}

/**
 * Deletes packs that have been doomed long enough, and dooms those that no snapshot needs. Before that, the needed
 * contents of mostly unneeded packs, and of small ones if there are many, are copied to a new pack.
 */
async function prunePacks(
  root: string,
  store: ContentStore,
  needed: ReadonlySet<CaptionKey>,
  now: number,
  grace: number,
): Promise<number> {
  const folder = snapshotFolderOf(root);
  const names = new Set(await snapshotNames(root));
  const live = new Map<string, { keys: CaptionKey[]; live: number; all: number }>();
  for (const pack of store.packs.keys()) live.set(pack, { keys: [], live: 0, all: 0 });
  for (const { key, pack, length } of store.all()) {
    const of = live.get(pack);
    if (of === undefined) continue;
    of.all += length;
    if (!needed.has(key)) continue;
    of.keys.push(key);
    of.live += length;
  }
  const isDoomed = (pack: string): boolean => names.has(`${pack}.doomed`);
  const hasMany = [...live.keys()].filter((pack) => !isDoomed(pack)).length > manyPacks;
  const isRewritten = (pack: string): boolean => {
    const { live: bytes, all } = live.get(pack) ?? { live: 0, all: 0 };
    return bytes < all * worthKeeping || (hasMany && (store.packs.get(pack) ?? 0) < smallPack);
  };
  const rewritten = new PackWriter(folder, now);
  const doomed: string[] = [];
  let deleted = 0;
  try {
    for (const [pack, { keys }] of live) {
      const mark = path.join(folder, `${pack}.doomed`);
      if (isDoomed(pack)) {
        if (keys.length > 0) await unlink(mark).catch(noop);
        else if (now - (await stat(mark)).mtimeMs >= grace) {
          await unlink(path.join(folder, pack));
          await unlink(mark).catch(noop);
          deleted++;
        }
      } else if (keys.length === 0) doomed.push(pack);
      else if (isRewritten(pack)) {
        // What is damaged stays where it is.
        const contents = await Promise.all(
          store.inOrder(keys).map(async (key) => [key, await store.read(key)] as const),
        ).catch(noop);
        if (contents === undefined) continue;
        for (const [key, content] of contents) await rewritten.add(key, content);
        doomed.push(pack);
      }
    }
    await rewritten.finish();
  } catch (thrown) {
    await rewritten.abandon();
    throw thrown;
  }
  for (const pack of doomed) await writeNewFile(path.join(folder, `${pack}.doomed`), '');
  return deleted;
}
