import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { datasetPathOf, isDatasetPath, pathBelow } from '../dataset/files/datasetPath';
import { captionPathOf, isImageName } from '../dataset/files/imageFiles';
import { isContent, keyOf, type CaptionKey } from './store/captionKey';
import { ContentStore } from './store/ContentStore';
import { listOfBytes } from './store/imageLists';
import { readExactCaptions, type GivenCaptions } from './readExactCaptions';
import type { Snapshot } from './store/snapshotTypes';
import { usableKnown } from './takeSnapshot';

/** The captions of a folder as they were in a snapshot, or as they are on the disk. */
export interface CaptionStates {
  /** by the paths of the images, relative to the folder, with `/` */
  keys: ReadonlyMap<string, CaptionKey>;
  /** whether an image, if it existed then, is included */
  covers: (image: string) => boolean;
  /** How many images are missing in `keys` because their list is damaged; it is not known which ones. */
  lost: number;
  /** @throws SnapshotError SNAPSHOT_DAMAGED if the content is missing or damaged */
  read: (key: CaptionKey) => Promise<Uint8Array>;
  /** sorts keys by the place of their contents, so that reading them in order is fast */
  inOrder: (keys: Iterable<CaptionKey>) => CaptionKey[];
}

/**
 * Opens a snapshot for the images of a folder: that of the snapshot, one inside it, or a parent. Images in damaged
 * lists are missing.
 * @param root of the dataset's records
 * @param folder absolute
 * @throws errors of the disk
 */
export async function openSnapshot(root: string, snapshot: Snapshot, folder: string): Promise<CaptionStates> {
  const store = await ContentStore.open(root, { withDoomed: true });
  const toFolder = pathsBelow(path.join(root, snapshot.folder), folder);
  const keys = new Map<string, CaptionKey>();
  let [listed, damaged] = [0, 0];
  for (const list of snapshot.lists) {
    const read = await store.read(list).then(listOfBytes, () => undefined);
    if (read === undefined) {
      damaged++;
      continue;
    }
    listed += read.images.length;
    for (const [index, one] of read.images.entries()) {
      const image = toFolder(one);
      const key = read.keys[index];
      // Others may have written the list: ignore paths that no scan would find.
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
    lost: damaged === 0 ? 0 : Math.max(damaged, snapshot.images - listed),
    read: (key) => store.read(key),
    inOrder: (wanted) => store.inOrder(wanted),
  };
}

/**
 * Turns the states of a snapshot that was just made into current states: contents that are damaged in the packs are
 * read from the caption files.
 * @param folder absolute
 */
export function withFiles(states: CaptionStates, folder: string, captionExtension: string): CaptionStates {
  let images: Map<CaptionKey, string> | undefined;
  return {
    ...states,
    read: async (key) => {
      try {
        return await states.read(key);
      } catch (thrown) {
        images ??= new Map(Array.from(states.keys, ([image, one]) => [one, image]));
        const image = images.get(key);
        const file = image === undefined ? undefined : path.join(folder, captionPathOf(image, captionExtension));
        const content = file === undefined ? undefined : await readFile(file).catch(() => undefined);
        if (content === undefined || keyOf(content) !== key) throw thrown;
        return content;
      }
    },
  };
}

/** Why it is not known what the caption of an image was in a snapshot of which a list is damaged. */
export function lostReason(): string {
  return l10n.t('A list of the images of the snapshot is damaged, so it is not known what this caption held then.');
}

/**
 * The captions of a folder as they are on the disk; those that did not change since the last snapshot are not read
 * again.
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
      // A copy: the slice would keep the whole buffer in memory.
      if (isContent(key) && !contents.has(key)) contents.set(key, Uint8Array.from(content));
    },
  });
  let store: Promise<ContentStore> | undefined;
  const states: CaptionStates = {
    keys: new Map(images.map((image, index) => [image, keys[index] ?? ''])),
    covers: () => true,
    lost: 0,
    read: async (key) => {
      const content = contents.get(key);
      if (content !== undefined) return content;
      store ??= ContentStore.open(root, { withDoomed: true });
      return (await store).read(key);
    },
    inOrder: (wanted) => [...wanted],
  };
  return withFiles(states, folder, captionExtension);
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
