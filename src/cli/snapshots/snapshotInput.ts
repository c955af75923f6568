import { stat } from 'node:fs/promises';
import path from 'node:path';
import { captionExtensionProblem } from '../../dataset/files/imageFiles';
import { recordRootOf } from '../../records/recordFolder';
import { isAbout, openSnapshot, type CaptionStates } from '../../snapshots/CaptionStates';
import { findSnapshot } from '../../snapshots/store/snapshotFiles';
import type { Snapshot } from '../../snapshots/store/snapshotTypes';
import type { CommandInput } from '../shared/Command';
import { UsageError } from '../shared/UsageError';

/** The dataset whose snapshots are meant. */
export interface SnapshotPlace {
  /** absolute */
  folder: string;
  /** of its records, absolute */
  root: string;
  captionExtension: string;
}

/** The folder that a command was given. @throws UsageError */
export async function snapshotPlace(input: CommandInput, given: string | undefined): Promise<SnapshotPlace> {
  if (given === undefined || given === '') throw new UsageError('Which folder? None was given.');
  const folder = path.resolve(given);
  const info = await stat(folder).catch(() => undefined);
  if (info === undefined) throw new UsageError(`There is no such folder: ${folder}`);
  if (!info.isDirectory()) throw new UsageError(`Not a folder: ${folder}`);
  const captionExtension = input.text('caption-extension') ?? '.txt';
  const problem = captionExtensionProblem(captionExtension);
  if (problem !== undefined) throw new UsageError(`--caption-extension "${captionExtension}": ${problem}`);
  return { folder, root: recordRootOf(folder), captionExtension };
}

/**
 * Opens the snapshot that a command was given, for the folder.
 * @throws UsageError if it is of other captions; SnapshotError if there is none
 */
export async function givenSnapshot(
  { folder, root, captionExtension }: SnapshotPlace,
  given: string,
): Promise<{ snapshot: Snapshot; states: CaptionStates }> {
  const snapshot = await findSnapshot(root, given);
  if (snapshot.captionExtension !== captionExtension) {
    const { captionExtension: other } = snapshot;
    throw new UsageError(`Snapshot ${snapshot.id} is of ${other} files: give --caption-extension ${other}, too.`);
  }
  if (!isAbout(snapshot, root, folder)) {
    throw new UsageError(`Snapshot ${snapshot.id} is of ${path.join(root, snapshot.folder)}, not of ${folder}.`);
  }
  return { snapshot, states: await openSnapshot(root, snapshot, folder) };
}
