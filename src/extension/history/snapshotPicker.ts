import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { recordRootOf } from '../../records/recordFolder';
import { isAbout } from '../../snapshots/CaptionStates';
import { listSnapshots } from '../../snapshots/store/snapshotFiles';
import type { Snapshot } from '../../snapshots/store/snapshotTypes';
import type { DatasetDocument } from '../document/DatasetDocument';
import { snapshotFacts, snapshotTitle } from './historyEntries';

/** A snapshot as a choice. */
export interface SnapshotItem extends vscode.QuickPickItem {
  snapshot: Snapshot;
}

/** The snapshots of a dataset as choices, the latest first. @throws errors of the disk */
export async function snapshotItems({ dataset }: DatasetDocument): Promise<SnapshotItem[]> {
  const root = recordRootOf(dataset.folder);
  const { snapshots } = await listSnapshots(root);
  return snapshots
    .filter((one) => isAbout(one, root, dataset.folder))
    .reverse()
    .map((snapshot) => {
      const [description = ''] = snapshotFacts(snapshot, displayLanguage());
      return { label: snapshotName(snapshot), description, snapshot };
    });
}

/** The label of a snapshot in a list, with its time, as several may be of the same kind of edit. */
export function snapshotName(snapshot: Snapshot): string {
  const time = new Date(snapshot.created).toLocaleString(displayLanguage(), { dateStyle: 'short', timeStyle: 'short' });
  const title = snapshotTitle(snapshot);
  return snapshot.name !== undefined || snapshot.cause === 'hand'
    ? `${title}, ${time}`
    : vscode.l10n.t('Before {0}, {1}', title, time);
}
