import { constants } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import { errno } from '../../base/errno';
import { captionExtensionProblem } from '../../dataset/files/imageFiles';
import { staysInside } from '../../dataset/files/datasetPath';
import { noFollow, nonBlocking } from '../../dataset/files/openFlags';
import { keyOfText, keyText } from './captionKey';
import { writeNewFile } from './newFile';
import { SnapshotError } from './SnapshotError';
import { refuseName } from './snapshotName';
import { fileName, snapshotFolderOf, snapshotNames } from './snapshotFolder';
import type { Snapshot } from './snapshotTypes';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const key = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));

/** Others may have written the file: a dataset may come from anywhere. */
const storedSnapshot = v.object({
  version: v.literal(1),
  created: count,
  name: v.optional(v.string()),
  cause: v.picklist(['hand', 'job', 'edit', 'restore']),
  label: v.optional(v.string()),
  job: v.optional(v.string()),
  folder: v.pipe(v.string(), v.check(staysInside)),
  captionExtension: v.pipe(
    v.string(),
    v.check((extension) => captionExtensionProblem(extension) === undefined),
  ),
  images: count,
  captions: count,
  unread: count,
  added: count,
  limits: v.object({ days: count, megabytes: count }),
  lists: v.array(key),
});

/** The snapshots of a dataset. */
export interface SnapshotList {
  /** oldest first */
  snapshots: Snapshot[];
  /** absolute paths of files that cannot be read: they are cut off, or of another version */
  unreadable: string[];
}

/**
 * Lists the snapshots of a dataset.
 * @param root of the dataset's records
 * @throws SnapshotError SNAPSHOT_UNSAFE; errors of the disk
 */
export async function listSnapshots(root: string): Promise<SnapshotList> {
  const list: SnapshotList = { snapshots: [], unreadable: [] };
  for (const name of await snapshotNames(root)) {
    if (!fileName.snapshot.test(name)) continue;
    const file = path.join(snapshotFolderOf(root), name);
    try {
      list.snapshots.push(parsed(await readPlain(file), path.basename(name, '.snapshot')));
    } catch (thrown) {
      // Deleted since the folder was listed.
      if (errno(thrown) !== 'ENOENT') list.unreadable.push(file);
    }
  }
  return list;
}

/** Writes or replaces the file of a snapshot. @throws errors of the disk */
export async function writeSnapshot(root: string, snapshot: Snapshot): Promise<void> {
  const { id, lists, ...rest } = snapshot;
  const stored: v.InferInput<typeof storedSnapshot> = { version: 1, ...rest, lists: lists.map(keyText) };
  await writeNewFile(snapshotFile(root, id), `${JSON.stringify(stored)}\n`);
}

/**
 * Names a snapshot, which is kept from then on until somebody deletes it.
 * @param name empty to take the name away
 * @throws SnapshotError SNAPSHOT_MISSING, SNAPSHOT_NAME; errors of the disk
 */
export async function renameSnapshot(root: string, id: string, name: string): Promise<Snapshot> {
  refuseName(root, name);
  const renamed = { ...(await findSnapshot(root, id)) };
  if (name.trim() === '') delete renamed.name;
  else renamed.name = name.trim();
  await writeSnapshot(root, renamed);
  return renamed;
}

/**
 * Deletes a snapshot. `pruneSnapshots` later deletes contents that no other snapshot needs. @throws errors of the disk
 */
export async function deleteSnapshot(root: string, id: string): Promise<void> {
  await unlink(snapshotFile(root, id)).catch((thrown: unknown) => {
    if (errno(thrown) !== 'ENOENT') throw thrown;
  });
}

/**
 * Finds a snapshot by its id, a part at the beginning or end of it, or its name; `latest` is the last one.
 * @throws SnapshotError SNAPSHOT_MISSING if there is none, or several; errors of the disk
 */
export async function findSnapshot(root: string, given: string): Promise<Snapshot> {
  const { snapshots } = await listSnapshots(root);
  const isGiven = ({ id }: Snapshot): boolean => id.startsWith(given) || id.endsWith(given);
  const byName = snapshots.filter(({ id, name }) => id === given || name === given);
  const isLatest = given === 'latest';
  const found = isLatest ? snapshots.slice(-1) : byName.length > 0 ? byName : snapshots.filter(isGiven);
  const [first, another] = found;
  const folder = snapshotFolderOf(root);
  if (first === undefined || given === '') {
    throw new SnapshotError('SNAPSHOT_MISSING', l10n.t('There is no snapshot "{0}".', given), folder);
  }
  if (another === undefined) return first;
  const message = l10n.t('"{0}" stands for {1} snapshots. Give more of the id of one.', given, found.length);
  throw new SnapshotError('SNAPSHOT_MISSING', message, folder);
}

function snapshotFile(root: string, id: string): string {
  return path.join(snapshotFolderOf(root), `${id}.snapshot`);
}

function parsed(text: string, id: string): Snapshot {
  const { version, name, label, job, lists, ...rest } = v.parse(storedSnapshot, JSON.parse(text));
  version satisfies 1;
  return {
    id,
    ...rest,
    ...(name === undefined ? {} : { name }),
    ...(label === undefined ? {} : { label }),
    ...(job === undefined ? {} : { job }),
    lists: lists.flatMap((one) => keyOfText(one) ?? []),
  };
}

async function readPlain(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | noFollow | nonBlocking);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
