import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { errno } from '../base/errno';
import { CaptionError } from '../dataset/files/CaptionError';
import { datasetPathOf } from '../dataset/files/datasetPath';
import { isContent, keyOf, noCaption, unreadCaption, type CaptionKey } from './store/captionKey';
import { ContentStore } from './store/ContentStore';
import { dividedLists, listBytes } from './store/imageLists';
import { readKnown, writeKnown, type KnownCaptions } from './store/KnownCaptions';
import { packHashOf } from './store/packHash';
import { PackWriter } from './store/PackWriter';
import { readExactCaptions, type ExactCaptions, type GivenCaptions } from './readExactCaptions';
import { SnapshotError } from './store/SnapshotError';
import { fileName, makeSnapshotFolder, newId, snapshotFolderOf, snapshotNames } from './store/snapshotFolder';
import { writeSnapshot } from './store/snapshotFiles';
import { refuseName } from './store/snapshotName';
import type { Snapshot, SnapshotCause, SnapshotLimits } from './store/snapshotTypes';

export interface NewSnapshot {
  /** the root of the dataset's records, absolute, see `recordRootOf` */
  root: string;
  /** with the captions, absolute; the root or a folder in it */
  folder: string;
  captionExtension: string;
  cause: SnapshotCause;
  name?: string;
  label?: string;
  job?: string;
  limits: SnapshotLimits;
  /** contents that take precedence over the disk */
  given?: GivenCaptions;
  signal?: AbortSignal;
  /** called with the number of images so far */
  onProgress?: (images: number) => void;
}

/**
 * A pack that no snapshot needs is deleted so long after it was doomed, in milliseconds: a snapshot that still relied
 * on it is finished by then.
 */
export const graceOfPacks = 3_600_000;

/**
 * Makes a snapshot of all captions of a folder: their exact bytes. Captions whose size, times and inode are as at the
 * last snapshot are not read again. Others may make, read and prune snapshots at the same time. A snapshot is either
 * complete or not there.
 * @throws SnapshotError; CaptionError when the folder cannot be read; the signal's reason
 */
export async function takeSnapshot(wanted: NewSnapshot): Promise<Snapshot> {
  try {
    return await take(wanted);
  } catch (thrown) {
    const isExplained = thrown instanceof CaptionError || thrown instanceof SnapshotError;
    if (isExplained || errno(thrown) === undefined) throw thrown;
    throw notWritten(thrown, snapshotFolderOf(wanted.root));
  }
}

async function take(wanted: NewSnapshot): Promise<Snapshot> {
  const { root, folder, captionExtension, given, signal } = wanted;
  if (wanted.name !== undefined) refuseName(root, wanted.name);
  const begun = Date.now();
  const place = await makeSnapshotFolder(root);
  const relative = datasetPathOf(root, folder);
  const subject = `${relative}\0${captionExtension}`;
  const known = await usableKnown(root, subject);
  const pack = new PackWriter(place, begun);
  const contents = new NewContents(root, pack, known);
  try {
    const captions = await readExactCaptions({
      folder,
      captionExtension,
      known,
      given,
      signal,
      onProgress: wanted.onProgress,
      onContent: (key, content) => contents.add(key, content),
    });
    const isSame = known !== undefined && isSameList(captions, known);
    const lists = isSame ? known.lists : await contents.addLists(captions);
    signal?.throwIfAborted();
    const packHash = await pack.finish();
    // A concurrent prune may have deleted packs that this snapshot relies on.
    if (Date.now() - begun > graceOfPacks / 2) throw tooSlow(place);
    const snapshot: Snapshot = {
      id: newId(begun),
      created: begun,
      ...(wanted.name === undefined ? {} : { name: wanted.name }),
      cause: wanted.cause,
      ...(wanted.label === undefined ? {} : { label: wanted.label }),
      ...(wanted.job === undefined ? {} : { job: wanted.job }),
      folder: relative,
      captionExtension,
      images: captions.images.length,
      captions: captions.keys.filter((key) => key !== noCaption).length,
      unread: captions.keys.filter((key) => key === unreadCaption).length,
      added: pack.size,
      limits: wanted.limits,
      lists,
    };
    await writeSnapshot(root, snapshot);
    if (!isSame || !sameNumbers(captions.stamps, known.stamps)) {
      const packs = await contents.packHashes();
      if (packHash !== undefined) packs.set(pack.name, packHash);
      // If this fails, the next snapshot only takes longer.
      await writeKnown(place, subject, { ...captions, lists, packs }).catch(() => undefined);
    }
    return snapshot;
  } catch (thrown) {
    await pack.abandon();
    throw thrown;
  }
}

/** What the last snapshot of a folder found, if all packs with its contents are still there, unchanged to the byte. */
export async function usableKnown(root: string, subject: string): Promise<KnownCaptions | undefined> {
  const names = new Set(await snapshotNames(root));
  const folder = snapshotFolderOf(root);
  const known = await readKnown(folder, subject);
  const isThere = (pack: string): boolean =>
    fileName.pack.test(pack) && names.has(pack) && !names.has(`${pack}.doomed`);
  if (known === undefined || ![...known.packs.keys()].every(isThere)) return undefined;
  for (const [pack, hash] of known.packs) if ((await packHashOf(path.join(folder, pack))) !== hash) return undefined;
  return known;
}

/** Adds contents to a new pack, unless another pack of the dataset has them. */
class NewContents {
  /** the packs that have the contents of the snapshot, besides the new one */
  private readonly packs: Set<string>;
  /** contents of the last snapshot, whose packs were verified */
  private readonly checked: ReadonlySet<CaptionKey>;
  private store: Promise<ContentStore> | undefined;

  constructor(
    private readonly root: string,
    private readonly pack: PackWriter,
    private readonly known: KnownCaptions | undefined,
  ) {
    this.packs = new Set(known?.packs.keys());
    this.checked = new Set([...(known?.keys ?? []), ...(known?.lists ?? [])]);
  }

  async add(key: CaptionKey, content: Uint8Array): Promise<void> {
    if (!isContent(key) || this.pack.has(key)) return;
    this.store ??= ContentStore.open(this.root, { withDoomed: false });
    const store = await this.store;
    const stored = store.packOf(key);
    // A damaged content is written again, which also repairs earlier snapshots.
    const isWhole = stored !== undefined && (this.checked.has(key) || (await isReadable(store, key)));
    if (isWhole) this.packs.add(stored);
    else await this.pack.add(key, content);
  }

  /** The packs with the hashes of their bytes. */
  async packHashes(): Promise<Map<string, string>> {
    const hashes = new Map<string, string>();
    for (const pack of this.packs) {
      const hash = this.known?.packs.get(pack) ?? (await packHashOf(path.join(snapshotFolderOf(this.root), pack)));
      // Without a hash, the next snapshot does not rely on the pack.
      hashes.set(pack, hash ?? '');
    }
    return hashes;
  }

  /** @returns the keys of the lists */
  async addLists(captions: ExactCaptions): Promise<CaptionKey[]> {
    const keys: CaptionKey[] = [];
    for (const list of dividedLists(captions)) {
      const bytes = listBytes(list);
      const key = keyOf(bytes);
      keys.push(key);
      await this.add(key, bytes);
    }
    return keys;
  }
}

function isReadable(store: ContentStore, key: CaptionKey): Promise<boolean> {
  return store.read(key).then(
    () => true,
    () => false,
  );
}

function isSameList(captions: ExactCaptions, known: KnownCaptions): boolean {
  if (captions.images.length !== known.images.length) return false;
  return captions.images.every((image, index) => {
    return image === known.images[index] && captions.keys[index] === known.keys[index];
  });
}

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}

function notWritten(thrown: unknown, folder: string): SnapshotError {
  const isFull = errno(thrown) === 'ENOSPC' || errno(thrown) === 'EDQUOT';
  const message = isFull
    ? l10n.t('The disk is full, so no snapshot could be made.')
    : l10n.t('No snapshot can be written to {0} ({1}).', folder, errno(thrown) ?? '');
  return new SnapshotError('SNAPSHOT_FAILED', message, folder, thrown);
}

function tooSlow(folder: string): SnapshotError {
  const message = l10n.t('The snapshot took too long, so it was not kept. Is the disk busy?');
  return new SnapshotError('SNAPSHOT_FAILED', message, folder);
}
