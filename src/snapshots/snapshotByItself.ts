import { noop } from '../base/noop';
import { pruneSnapshots } from './pruneSnapshots';
import type { Snapshot } from './store/snapshotTypes';
import { takeSnapshot, type NewSnapshot } from './takeSnapshot';

/**
 * Makes an automatic snapshot, unless the limits turn them off, and deletes those that are too old or take too much
 * room.
 * @throws as {@link takeSnapshot}
 */
export async function snapshotByItself(wanted: NewSnapshot): Promise<Snapshot | undefined> {
  if (wanted.limits.days === 0) return undefined;
  const snapshot = await takeSnapshot(wanted);
  // The next one tries again.
  await pruneSnapshots(wanted.root).catch(noop);
  return snapshot;
}
