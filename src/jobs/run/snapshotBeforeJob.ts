import * as l10n from '@vscode/l10n';
import { errorMessage } from '../../protocol/channel/wireError';
import { recordRootOf } from '../../records/recordFolder';
import { snapshotByItself } from '../../snapshots/snapshotByItself';
import { placeSnapshots } from '../../snapshots/store/snapshotFolder';
import { usualLimits } from '../../snapshots/store/snapshotTypes';
import type { JobManifest } from '../jobTypes';

/**
 * Makes a snapshot of the dataset of a job, before it writes anything; none for a single image, or where nothing is
 * recorded beside the dataset. Does not throw.
 * @returns a sentence if it could not be made
 */
export async function snapshotBeforeJob(manifest: JobManifest, signal: AbortSignal): Promise<string | undefined> {
  const { id, root: folder, label, captionExtension, total, write, snapshots: limits = usualLimits } = manifest;
  if (total < 2 || write.records === 'off') return undefined;
  try {
    const root = recordRootOf(folder);
    await placeSnapshots(root, write.records);
    await snapshotByItself({ root, folder, captionExtension, cause: 'job', label, job: id, limits, signal });
    return undefined;
  } catch (thrown) {
    return signal.aborted ? undefined : errorMessage(thrown);
  }
}

/** The note that a job has no snapshot, shown beside its providers. */
export function withoutSnapshot(problem: string): { runsOn: string; notUsed: string[] } {
  return { runsOn: l10n.t('No snapshot of the captions was made before the job'), notUsed: [problem] };
}
