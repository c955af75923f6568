import path from 'node:path';
import { pathBelow } from '../dataset/files/datasetPath';
import { isContent, unreadCaption, type CaptionKey } from './store/captionKey';
import { ContentStore } from './store/ContentStore';
import { listOfBytes } from './store/imageLists';
import { listSnapshots } from './store/snapshotFiles';
import type { Snapshot } from './store/snapshotTypes';

/** What a caption held when a snapshot was made. */
export interface CaptionInSnapshot {
  snapshot: Snapshot;
  /** null: there was no file */
  content: Uint8Array | null;
}

/**
 * Finds what the caption of an image was in each snapshot that has it, oldest first. Damaged parts are skipped.
 * @param root of the dataset's records
 * @param image absolute
 * @throws SnapshotError SNAPSHOT_UNSAFE; errors of the disk; the signal's reason
 */
export async function captionInSnapshots(
  root: string,
  image: string,
  captionExtension: string,
  signal?: AbortSignal,
): Promise<CaptionInSnapshot[]> {
  const found: CaptionInSnapshot[] = [];
  const { snapshots } = await listSnapshots(root);
  if (snapshots.length === 0) return found;
  const store = await ContentStore.open(root, { withDoomed: true });
  /** most lists are in many snapshots */
  const inLists = new Map<string, CaptionKey | undefined>();
  for (const snapshot of snapshots) {
    const relative = pathBelow(path.join(root, snapshot.folder), image);
    if (relative === undefined || snapshot.captionExtension !== captionExtension) continue;
    for (const list of snapshot.lists) {
      signal?.throwIfAborted();
      const name = `${list}${relative}`;
      if (!inLists.has(name)) {
        const read = await store.read(list).then(listOfBytes, () => undefined);
        inLists.set(name, read?.keys[read.images.indexOf(relative)]);
      }
      const key = inLists.get(name);
      if (key === undefined) continue;
      const content = isContent(key) ? await store.read(key).catch(() => undefined) : null;
      if (key !== unreadCaption && content !== undefined) found.push({ snapshot, content });
      break;
    }
  }
  return found;
}
