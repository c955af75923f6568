import * as l10n from '@vscode/l10n';
import { fileName, snapshotFolderOf } from './snapshotFolder';
import { SnapshotError } from './SnapshotError';

/** Reserved names: on the command line they mean the latest snapshot, and the state on the disk. */
const takenWords: ReadonlySet<string> = new Set(['latest', 'now']);

/**
 * Why a snapshot cannot have a name, as a sentence; undefined if it can. An empty text means no name, which is fine.
 */
export function snapshotNameProblem(name: string): string | undefined {
  const wanted = name.trim();
  if (takenWords.has(wanted.toLowerCase()))
    return l10n.t('"{0}" cannot be the name of a snapshot: on the command line it means something else.', wanted);
  if (wanted.startsWith('-'))
    return l10n.t('"{0}" cannot be the name of a snapshot: the command line would take it for an option.', wanted);
  if (fileName.snapshot.test(`${wanted}.snapshot`))
    return l10n.t('"{0}" cannot be the name of a snapshot: it looks like the id of one.', wanted);
  return undefined;
}

/** @throws SnapshotError SNAPSHOT_NAME if a snapshot cannot have this name */
export function refuseName(root: string, name: string): void {
  const problem = snapshotNameProblem(name);
  if (problem !== undefined) throw new SnapshotError('SNAPSHOT_NAME', problem, snapshotFolderOf(root));
}
