import { open, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { captionHash } from '../dataset/captions/captionHash';
import type { FileWriter } from '../dataset/files/FileWriter';
import { folderInside } from '../dataset/files/datasetPath';
import { folderOf } from '../dataset/view/folderRun';
import { removeLeftover } from '../dataset/files/leftovers';
import { isTemporaryName } from '../dataset/files/writeFileSafely';
import { JobFaultError, jobFault } from '../jobs/run/jobFault';
import { imageOfLine, imagesFile, JobFolder, manifestFile } from '../jobs/folder/JobFolder';
import { JobJournal } from '../jobs/folder/JobJournal';
import { captionWork } from '../jobs/run/captionWork';
import { settleIntents } from '../jobs/run/settleIntents';
import { parseJournal, type ImageRecord, type WriteIntent } from '../jobs/folder/journalEntries';
import type { JobImage, JobManifest, JobState } from '../jobs/jobTypes';
import { mergeRecords, shardJournalName, shardJournals } from '../jobs/folder/shardJournals';
import type { TaggerProcess } from '../protocol/child/TaggerProcess';
import type { TaggerSetup } from '../protocol/tagging/taggerProtocol';
import { hashOf, type ShardData } from './shards';

export interface ShardRunOptions {
  /** the folder that all machines share, as this one has it */
  root: string;
  /** of letters, digits, `-` and `_`; no other worker has it */
  worker: string;
  tagger: Pick<TaggerProcess, 'request'>;
  writer: FileWriter;
  /** has the tagger of a job ready on this machine. @returns it, and how many images to have in work */
  prepare: (manifest: JobManifest, signal: AbortSignal) => Promise<{ setup: TaggerSetup; imagesInWork: number }>;
  /** aborted when the shard is another worker's by now, or is to be given back */
  signal: AbortSignal;
  onProgress: (handled: number) => void;
}

/** How the work on a shard ended: `left` because the job was paused or cancelled, or the signal aborted. */
export type ShardEnd = 'done' | 'left';

/** What is known of the images of a shard, by their index in the job. */
interface Known {
  records: Map<number, ImageRecord>;
  /** what workers were about to write into captions, as all of them say */
  intents: Map<number, WriteIntent[]>;
  /** somebody had this shard before */
  isTaken: boolean;
}

/** The job of a shard, as its folder has it. @throws JobFaultError */
export async function readShardJob(
  root: string,
  data: ShardData,
): Promise<{ folder: JobFolder; manifest: JobManifest }> {
  const folder = new JobFolder(await folderOnShared(root, data.folder));
  const text = await readFile(path.join(folder.path, manifestFile)).catch((thrown: unknown) => {
    throw unreadableFolder(data.folder, thrown);
  });
  const manifest = await folder.readManifest();
  if (hashOf(text) !== data.manifest || manifest.place.kind !== 'cluster') {
    throw new JobFaultError('FOLDER_MISSING', `The folder of the job has another job in it (${data.folder}).`);
  }
  return { folder, manifest: { ...manifest, root: await folderOnShared(root, manifest.place.dataset) } };
}

/**
 * A folder below the one that all machines share, as the queue or a job names it.
 * @throws JobFaultError FOLDER_MISSING, also for one that leads elsewhere
 */
export async function folderOnShared(root: string, relative: string): Promise<string> {
  const found = await folderInside(root, relative).catch((thrown: unknown) => {
    throw unreadableFolder(relative, thrown);
  });
  if (found !== undefined) return found;
  throw new JobFaultError(
    'FOLDER_MISSING',
    `${relative} leads out of the folder that all machines share, perhaps by a link. Give the folder in which both lie as --root.`,
  );
}

/** Why a job cannot be worked on. */
export function unreadableFolder(folder: string, thrown: unknown): JobFaultError {
  const message = `The folder of the job cannot be read (${folder}). Is --root the folder that all machines share?`;
  return new JobFaultError('FOLDER_MISSING', message, thrown);
}

/** Whether workers have to leave a job alone. Who only lost sight of them does not mean them. */
export function isHeld({ status, fault }: JobState): boolean {
  return status === 'cancelled' || (status === 'paused' && fault?.code !== 'CLUSTER_UNREACHABLE');
}

/**
 * Captions the images of a shard that have no outcome yet. A bad image is an outcome; what is wrong with the machine ends
 * the run, and another one goes on.
 * @throws JobFaultError
 */
export async function runShard(data: ShardData, options: ShardRunOptions): Promise<ShardEnd> {
  try {
    const { folder, manifest } = await readShardJob(options.root, data);
    if (isHeld(await folder.readState()) || options.signal.aborted) return 'left';
    const images = await readLines(folder.path, data);
    const known = await readKnown(folder.path, data);
    const name = shardJournalName(data.generation, data.shard, options.worker);
    const journal = await JobJournal.open(path.join(folder.path, name), 0o666);
    try {
      return await work(manifest, images, known, journal, data, options);
    } finally {
      await journal.close();
    }
  } catch (thrown) {
    if (options.signal.aborted) return 'left';
    throw jobFault(thrown);
  }
}

async function work(
  manifest: JobManifest,
  images: readonly JobImage[],
  known: Known,
  journal: JobJournal,
  { first }: ShardData,
  { tagger, writer, prepare, signal, onProgress }: ShardRunOptions,
): Promise<ShardEnd> {
  await settleWrites(manifest, images, first, known, journal);
  if (known.isTaken) await sweep(manifest, images);
  const records = new Map<number, ImageRecord>();
  for (const [index, record] of known.records) records.set(index - first, record);
  let handled = [...records.values()].filter(({ outcome }) => outcome !== undefined).length;
  onProgress(handled);
  if (handled === images.length) return 'done';
  const { setup, imagesInWork } = await prepare(manifest, signal);
  // A worker that lost its shard to another one must not write any more.
  const guarded: FileWriter = {
    write: async (write) => {
      signal.throwIfAborted();
      return writer.write(write);
    },
  };
  const { options } = manifest;
  const result = await captionWork({
    manifest,
    images,
    firstIndex: first,
    records,
    journal,
    flushIntents: true,
    writer: guarded,
    listedOnly: true,
    signal,
    prepareTagger: () => ({
      makeTags: async (imagePath, stopped) =>
        (await tagger.request('captionImage', { imagePath, setup, options }, stopped)).tags,
      imagesInWork,
    }),
    onOutcome: () => {
      onProgress(++handled);
    },
  });
  if (result.error !== undefined) throw result.error;
  return result.status === 'completed' ? 'done' : 'left';
}

/** The images of a shard: its part of the job's list. */
async function readLines(folder: string, { bytes: [start, end], count }: ShardData): Promise<JobImage[]> {
  const file = await open(path.join(folder, imagesFile), 'r');
  try {
    const bytes = Buffer.alloc(end - start);
    await file.read(bytes, 0, bytes.length, start);
    const lines = bytes.toString().split('\n').slice(0, -1);
    if (lines.length !== count) throw new JobFaultError('DISK_ERROR', 'The list of images of the job is damaged.');
    return lines.map(imageOfLine);
  } finally {
    await file.close();
  }
}

async function readKnown(folder: string, { shard, first, count }: ShardData): Promise<Known> {
  const known: Known = { records: new Map(), intents: new Map(), isTaken: false };
  const isOurs = (index: number): boolean => index >= first && index < first + count;
  for (const journal of shardJournals(await readdir(folder))) {
    if (journal.shard !== undefined && journal.shard !== shard) continue;
    const found = parseJournal(await readFile(path.join(folder, journal.name), 'utf8'));
    for (const index of [...found.keys()]) if (!isOurs(index)) found.delete(index);
    for (const [index, { intent }] of found) {
      if (intent !== undefined) known.intents.set(index, [...(known.intents.get(index) ?? []), intent]);
    }
    known.isTaken ||= journal.shard !== undefined;
    mergeRecords(known.records, found, journal.shard === undefined);
  }
  return known;
}

/** What workers were writing when they died, and wrote, is done. */
async function settleWrites(
  manifest: JobManifest,
  images: readonly JobImage[],
  first: number,
  { records, intents }: Known,
  journal: JobJournal,
): Promise<void> {
  const unsettled = [...intents].flatMap(([index, candidates]) => {
    const record = records.get(index);
    const image = images[index - first];
    if (record === undefined || record.outcome !== undefined || image === undefined) return [];
    return [{ index, path: image.path, intents: candidates }];
  });
  await settleIntents(manifest, unsettled, async (index, intent) => {
    // A file that held this text before proves nothing.
    if (captionHash(intent.previous) === intent.written) return;
    Object.assign(records.get(index) ?? {}, { outcome: 'written', milliseconds: 0, intent });
    const previous = intent.previous === null ? null : Buffer.from(intent.previous).toString('base64');
    await journal.append(['w', index, previous, intent.written]);
    await journal.append(['o', index, 'written', 0], true);
  });
}

/** Removes what workers left behind that were killed while they wrote. */
async function sweep({ root }: JobManifest, images: readonly JobImage[]): Promise<void> {
  for (const folder of new Set(images.map(({ path: image }) => folderOf(image)))) {
    const names = await readdir(path.join(root, folder)).catch(() => []);
    for (const name of names) if (isTemporaryName(name)) await removeLeftover(path.join(root, folder, name));
  }
}
