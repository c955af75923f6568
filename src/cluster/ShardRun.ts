import { open, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { captionHash } from '../dataset/captions/captionHash';
import type { FileWriter } from '../dataset/files/FileWriter';
import { folderInside } from '../dataset/files/datasetPath';
import { folderOf } from '../dataset/files/datasetPath';
import { removeLeftover } from '../dataset/files/leftovers';
import { isTemporaryName } from '../dataset/files/temporaryNames';
import { JobFaultError, jobFault } from '../jobs/run/jobFault';
import { imageOfLine, imagesFile, JobFolder, manifestFile } from '../jobs/folder/JobFolder';
import { JobJournal } from '../jobs/folder/JobJournal';
import { captionWork, type RunTagger } from '../jobs/run/captionWork';
import { settleIntents } from '../jobs/run/settleIntents';
import { readJournal, type ImageRecord, type WriteIntent } from '../jobs/folder/journalEntries';
import { PreviousContents } from '../jobs/folder/PreviousContents';
import type { JobImage, JobManifest, JobState, TaggerManifest } from '../jobs/jobTypes';
import { openCaptioner, type OpenCaptioner } from '../jobs/run/openCaptioner';
import { localCaptioner, type LocalCaptioners } from './localCaptioner';
import { mergeRecords, shardJournalName, shardJournals } from '../jobs/folder/shardJournals';
import type { TaggerProcess } from '../protocol/child/TaggerProcess';
import type { TaggerSetup } from '../protocol/tagging/taggerProtocol';
import { hashOf, type ShardData } from './shards';

export interface ShardRunOptions {
  /** path of the shared folder on this machine */
  root: string;
  /** unique name of the worker; of letters, digits, `-` and `_` */
  worker: string;
  tagger: Pick<TaggerProcess, 'request'>;
  writer: FileWriter;
  /** makes the tagger of a job ready on this machine. @returns it, and the maximum number of images in flight */
  prepare: (manifest: TaggerManifest, signal: AbortSignal) => Promise<{ setup: TaggerSetup; imagesInWork: number }>;
  /** the captioners of this machine; undefined if it has none */
  captioners?: LocalCaptioners | undefined;
  /** aborts when another worker has the shard, or when it is to be given back */
  signal: AbortSignal;
  /** called with the number of images that have an outcome */
  onProgress: (handled: number) => void;
  /** called with each line for the log */
  onLog: (line: string) => void;
}

/** How the work on a shard ended. `left`: not finished, as the job was paused or cancelled, or the signal aborted. */
export type ShardEnd = 'done' | 'left';

/** The records in the journals about the images of a shard, by their index in the job. */
interface Known {
  records: Map<number, ImageRecord>;
  /** the write intents of all workers */
  intents: Map<number, WriteIntent[]>;
  /** whether a worker had this shard before */
  isTaken: boolean;
}

/**
 * Reads the job of a shard from its folder.
 * @returns the manifest has the dataset's path on this machine as its root
 * @throws JobFaultError FOLDER_MISSING; JobError
 */
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
 * The absolute path of a folder below the shared folder.
 * @param root path of the shared folder on this machine
 * @param relative as the queue or a job names it, which other users may have written
 * @throws JobFaultError FOLDER_MISSING, also if it leads out of the shared folder
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

/** The fault of a worker that cannot read the folder of a job. */
export function unreadableFolder(folder: string, thrown: unknown): JobFaultError {
  const message = `The folder of the job cannot be read (${folder}). Is --root the folder that all machines share?`;
  return new JobFaultError('FOLDER_MISSING', message, thrown);
}

/**
 * Whether workers have to leave a job alone, as it was paused or cancelled. A run that paused only because it does not
 * reach the queue does not stop the workers.
 */
export function isHeld({ status, fault }: JobState): boolean {
  return status === 'cancelled' || (status === 'paused' && fault?.code !== 'CLUSTER_UNREACHABLE');
}

/**
 * Captions the images of a shard that have no outcome yet. A bad image gets the outcome `failed`; a fault of the
 * machine ends the run, and another run continues.
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
  { tagger, writer, prepare, captioners, signal, onProgress, onLog }: ShardRunOptions,
): Promise<ShardEnd> {
  await settleWrites(manifest, images, first, known, journal);
  if (known.isTaken) await sweep(manifest, images);
  const records = new Map<number, ImageRecord>();
  for (const [index, record] of known.records) records.set(index - first, record);
  let handled = [...records.values()].filter(({ outcome }) => outcome !== undefined).length;
  onProgress(handled);
  if (handled === images.length) return 'done';
  let captioner: OpenCaptioner | undefined;
  const runTagger = 'tagger' in manifest ? await taggerOf(manifest) : undefined;
  const result = await captionWork({
    manifest,
    images,
    firstIndex: first,
    records,
    journal,
    flushIntents: true,
    writer,
    beforeWrite: () => {
      // A worker that lost its shard to another one must not write any more.
      signal.throwIfAborted();
      return Promise.resolve();
    },
    listedOnly: true,
    signal,
    prepareTagger: async (_first, texts) => {
      if ('tagger' in manifest) return runTagger ?? (await taggerOf(manifest));
      const profile = localCaptioner(manifest.captioner, captioners);
      const keys = new Map(Object.entries(captioners?.keysFor(profile.endpoints) ?? {}));
      captioner = await openCaptioner({ profile, keys, tagger, signal, onLog }, texts);
      return captioner;
    },
    onRecordNote: onLog,
    onOutcome: () => {
      onProgress(++handled);
    },
  }).finally(() => captioner?.close());
  if (result.error !== undefined) throw result.error;
  return result.status === 'completed' ? 'done' : 'left';

  async function taggerOf(ofTagger: TaggerManifest): Promise<RunTagger> {
    const { setup, imagesInWork } = await prepare(ofTagger, signal);
    const { options } = ofTagger;
    return {
      makeTags: (imagePath, stopped) => tagger.request('captionImage', { imagePath, setup, options }, stopped),
      imagesInWork,
    };
  }
}

/** Reads the images of a shard from the job's list. */
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
    const found = await readJournal(path.join(folder, journal.name));
    for (const index of [...found.keys()]) if (!isOurs(index)) found.delete(index);
    for (const [index, { intent }] of found) {
      if (intent !== undefined) known.intents.set(index, [...(known.intents.get(index) ?? []), intent]);
    }
    known.isTaken ||= journal.shard !== undefined;
    mergeRecords(known.records, found, journal.shard === undefined);
  }
  return known;
}

/** Gives an outcome to the images whose captions workers had written when they died. */
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
  await PreviousContents.use((contents) =>
    settleIntents(manifest, unsettled, async (index, intent) => {
      const previous = intent.previous === null ? null : await contents.read(intent.previous);
      // If the file held the same text before, it does not show whether it was written.
      if (captionHash(previous) === intent.written) return;
      Object.assign(records.get(index) ?? {}, { outcome: 'written', milliseconds: 0, intent });
      await journal.append(['w', index, previous?.toString('base64') ?? null, intent.written]);
      await journal.append(['o', index, 'written', 0], true);
    }),
  );
}

/** Removes the temporary files of workers that were killed during a write. */
async function sweep({ root }: JobManifest, images: readonly JobImage[]): Promise<void> {
  for (const folder of new Set(images.map(({ path: image }) => folderOf(image)))) {
    const names = await readdir(path.join(root, folder)).catch(() => []);
    for (const name of names) if (isTemporaryName(name)) await removeLeftover(path.join(root, folder, name));
  }
}
