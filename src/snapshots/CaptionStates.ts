import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { datasetPathOf, isDatasetPath, pathBelow } from '../dataset/files/datasetPath';
import { isImageName } from '../dataset/files/imageFiles';
import { isContent, type CaptionKey } from './store/captionKey';
import { ContentStore } from './store/ContentStore';
import { listOfBytes } from './store/imageLists';
import { readExactCaptions, type GivenCaptions } from './readExactCaptions';
import { SnapshotError } from './store/SnapshotError';
import { snapshotFolderOf } from './store/snapshotFolder';
import type { Snapshot } from './store/snapshotTypes';
import { usableKnown } from './takeSnapshot';

/** What the captions of a folder were in a snapshot, or are on the disk. */
export interface CaptionStates {
  /** by the paths of the images, relative to the folder, with `/` */
  keys: ReadonlyMap<string, CaptionKey>;
  /** whether an image would be among them if it had been there */
  covers: (image: string) => boolean;
  /** @throws SnapshotError SNAPSHOT_DAMAGED if the content is not there any more */
  read: (key: CaptionKey) => Promise<Uint8Array>;
  /** sorts keys by where their contents lie, so that they are read fast one after the other */
  inOrder: (keys: Iterable<CaptionKey>) => CaptionKey[];
}

/**
 * Opens a snapshot for the images of a folder: that of the snapshot, one in it, or one around it.
 * @param root of the dataset's records
 * @param folder absolute
 * @throws SnapshotError SNAPSHOT_DAMAGED if a list of images is gone; errors of the disk
 */
export async function openSnapshot(root: string, snapshot: Snapshot, folder: string): Promise<CaptionStates> {
  const store = await ContentStore.open(root, { withDoomed: true });
  const toFolder = pathsBelow(path.join(root, snapshot.folder), folder);
  const keys = new Map<string, CaptionKey>();
  for (const list of snapshot.lists) {
    const read = listOfBytes(await store.read(list));
    if (read === undefined) {
      const message = l10n.t(
        'A part of the snapshot is gone or damaged. What it has of other captions can be restored.',
      );
      throw new SnapshotError('SNAPSHOT_DAMAGED', message, snapshotFolderOf(root));
    }
    for (const [index, one] of read.images.entries()) {
      const image = toFolder(one);
      const key = read.keys[index];
      // Others may have written the list: what no scan finds is nobody's image.
      if (image === undefined || key === undefined || !isDatasetPath(image) || !isImageName(path.posix.basename(image)))
        continue;
      keys.set(image, key);
    }
  }
  const ofSnapshot = datasetPathOf(folder, path.join(root, snapshot.folder));
  const isAll = ofSnapshot === '' || ofSnapshot.split('/').every((name) => name === '..');
  return {
    keys,
    covers: (image) => isAll || image.startsWith(`${ofSnapshot}/`),
    read: (key) => store.read(key),
    inOrder: (wanted) => store.inOrder(wanted),
  };
}

/**
 * Reads what the captions of a folder are on the disk; those that the last snapshot knows are not read again.
 * @param root of the dataset's records
 * @param options.given takes precedence over the disk
 * @throws CaptionError when the folder cannot be read; SnapshotError SNAPSHOT_UNSAFE; errors of the disk; the signal's
 *   reason
 */
export async function currentStates(
  root: string,
  folder: string,
  captionExtension: string,
  options: { given?: GivenCaptions; signal?: AbortSignal; onProgress?: (images: number) => void } = {},
): Promise<CaptionStates> {
  const known = await usableKnown(root, `${datasetPathOf(root, folder)}\0${captionExtension}`);
  const contents = new Map<CaptionKey, Uint8Array>();
  const { images, keys } = await readExactCaptions({
    folder,
    captionExtension,
    known,
    ...options,
    onContent: (key, content) => {
      // A copy, as the piece would keep all that was read with it.
      if (isContent(key) && !contents.has(key)) contents.set(key, Uint8Array.from(content));
    },
  });
  let store: Promise<ContentStore> | undefined;
  return {
    keys: new Map(images.map((image, index) => [image, keys[index] ?? ''])),
    covers: () => true,
    read: async (key) => {
      const content = contents.get(key);
      if (content !== undefined) return content;
      store ??= ContentStore.open(root, { withDoomed: true });
      return (await store).read(key);
    },
    inOrder: (wanted) => [...wanted],
  };
}

/** Whether a snapshot has captions of a folder, of the folder itself, one in it or one around it. */
export function isAbout(snapshot: Snapshot, root: string, folder: string): boolean {
  const own = path.join(root, snapshot.folder);
  return pathBelow(own, folder) !== undefined || pathBelow(folder, own) !== undefined;
}

/** @returns makes paths relative to one folder relative to another; undefined for what is not in that */
function pathsBelow(from: string, to: string): (relative: string) => string | undefined {
  if (path.relative(from, to) === '') return (relative) => relative;
  return (relative) => pathBelow(to, path.join(from, relative));
}
