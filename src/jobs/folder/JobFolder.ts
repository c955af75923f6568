import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { isDatasetPath } from '../../dataset/files/datasetPath';
import { fileLines } from '../../base/fileLines';
import type { LockHolder } from '../../base/machine/FileLock';
import { errno } from '../../base/errno';
import { isOwn } from '../../base/machine/ownership';
import { SerialQueue } from '../../base/SerialQueue';
import { errorMessage } from '../../protocol/channel/wireError';
import { isJobManifest, isJobState } from './jobChecks';
import { JobError } from '../JobError';
import { noOutcomes } from '../imageOutcomes';
import { JobJournal } from './JobJournal';
import { JobLock } from './JobLock';
import { isJobName, stateFile } from '../jobNames';
import { readJournal, type ImageRecord } from './journalEntries';
import { mergeShardJournals } from './shardJournals';
import type { CaptionerManifest, JobImage, JobManifest, JobState, TaggerManifest } from '../jobTypes';

/** Holds the {@link JobManifest}: what the job is to do. */
export const manifestFile = 'manifest.json';
/** The list of a job's images, one per line. */
export const imagesFile = 'images.jsonl';
const journalFile = 'journal.jsonl';
/** A half-written or half-removed job folder older than this was abandoned, in milliseconds. */
const abandonedAge = 3_600_000;

/** A manifest without what {@link JobFolder.create} adds. */
export type NewTaggerJob = Omit<TaggerManifest, 'version' | 'id' | 'created' | 'total'>;
export type NewCaptionerJob = Omit<CaptionerManifest, 'version' | 'id' | 'created' | 'total'>;
export type NewJob = NewTaggerJob | NewCaptionerJob;

/**
 * A job on disk: a folder with what it is to do (`manifest.json` and `images.jsonl`, which never change), what it did
 * (`journal.jsonl`, append-only) and its progress (`state.json`). A process that runs or reverts the job holds its
 * lock.
 */
export class JobFolder {
  private readonly stateWrites = new SerialQueue();

  constructor(
    /** absolute */
    readonly path: string,
  ) {}

  get id(): string {
    return path.basename(this.path);
  }

  /**
   * Writes a new job in one step: it is complete or not there. Only this user may read it, except for a cluster job,
   * whose workers may be other users.
   * @param jobsFolder where all jobs are; created if missing
   * @throws errors of the file system
   */
  static async create(jobsFolder: string, job: NewJob, images: readonly JobImage[]): Promise<JobFolder> {
    const [folderMode, fileMode] = job.place.kind === 'cluster' ? [0o777, 0o666] : [0o700, 0o600];
    await mkdir(jobsFolder, { recursive: true, mode: folderMode });
    const created = new Date();
    const id = `${created.toISOString().replace(/[-:]|\.\d+Z$/g, '')}-${randomBytes(4).toString('hex')}`;
    const base = { id, created: created.toISOString(), total: images.length };
    const manifest: JobManifest =
      'captioner' in job ? { version: 2, ...base, ...job } : { version: 1, ...base, ...job };
    const unfinished = path.join(jobsFolder, unfinishedName(id));
    try {
      await mkdir(unfinished, { mode: folderMode });
      await writeFlushed(path.join(unfinished, imagesFile), linesOfImages(images), fileMode);
      await writeFlushed(path.join(unfinished, manifestFile), [`${JSON.stringify(manifest, null, 2)}\n`], fileMode);
      const state: JobState = newState(created.getTime());
      await writeFlushed(path.join(unfinished, stateFile), [JSON.stringify(state)], fileMode);
      await rename(unfinished, path.join(jobsFolder, id));
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    }
    return new JobFolder(path.join(jobsFolder, id));
  }

  /** All jobs of a folder, oldest first; none if the folder does not exist. @throws errors of the file system */
  static async list(jobsFolder: string): Promise<JobFolder[]> {
    const names = await readdir(jobsFolder).catch((error: unknown) => {
      if (errno(error) === 'ENOENT') return [];
      throw error;
    });
    return names
      .filter(isJobName)
      .sort()
      .map((name) => new JobFolder(path.join(jobsFolder, name)));
  }

  /** Removes half-written and half-removed jobs of processes that were killed in {@link create} or {@link remove}. */
  static async removeUnfinished(jobsFolder: string): Promise<void> {
    for (const name of await readdir(jobsFolder).catch(() => [])) {
      if (!/^\.\d{8}T\d{6}-[0-9a-f]{8}\.tmp$/.test(name)) continue;
      const folder = path.join(jobsFolder, name);
      const age = await stat(folder).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > abandonedAge) await rm(folder, { recursive: true, force: true });
    }
  }

  /** @throws JobError JOB_MISSING, JOB_UNREADABLE */
  async readManifest(): Promise<JobManifest> {
    const manifest = await this.readJson(manifestFile);
    // Other users may have written this, on a shared disk: it must not set the environment of processes here.
    const isShared = isJobManifest(manifest) && ((await this.isLink()) || manifest.place.kind === 'cluster');
    if (isJobManifest(manifest) && !isShared) {
      await this.refuseAnothers();
      return manifest;
    }
    // Every machine uses its own captioner of that name, with its own servers and keys.
    const setsNothing = isShared && !('tagger' in manifest && Object.keys(manifest.tagger.environment).length > 0);
    if (setsNothing && manifest.place.kind === 'cluster') return manifest;
    throw new JobError('JOB_UNREADABLE', l10n.t('This job was made by another version and cannot be read.'), this.path);
  }

  /** The images in the order of the job. @throws JobError JOB_MISSING, JOB_UNREADABLE */
  async readImages(): Promise<JobImage[]> {
    try {
      const images: JobImage[] = [];
      for await (const lines of fileLines(path.join(this.path, imagesFile))) {
        for (const { text } of lines) images.push(imageOfLine(text));
      }
      return images;
    } catch (error) {
      throw this.missingOrUnreadable(error);
    }
  }

  /** What was done so far, on all machines, by the index of the image. @throws JobError JOB_UNREADABLE */
  async readJournal(): Promise<Map<number, ImageRecord>> {
    try {
      const records = await readJournal(path.join(this.path, journalFile)).catch((error: unknown) => {
        if (errno(error) === 'ENOENT') return new Map<number, ImageRecord>();
        throw error;
      });
      await mergeShardJournals(this.path, records);
      return records;
    } catch (error) {
      throw unreadable(this.path, error);
    }
  }

  /** Opens the journal for appending. The caller must hold the lock. @throws JobError JOURNAL_FAILED */
  openJournal(): Promise<JobJournal> {
    return JobJournal.open(path.join(this.path, journalFile));
  }

  /** @throws JobError JOB_MISSING, JOB_UNREADABLE */
  async readState(): Promise<JobState> {
    // Fields that the state of an earlier version lacks are as in a new state.
    const first = newState(0);
    const read: { counts?: unknown } = await this.readJson(stateFile);
    const counts = typeof read.counts === 'object' ? { counts: { ...first.counts, ...read.counts } } : {};
    const state: unknown = { ...first, ...read, ...counts };
    if (isJobState(state)) return state;
    throw new JobError('JOB_UNREADABLE', `The job cannot be read: ${stateFile} says what no job does.`, this.path);
  }

  /**
   * Replaces the state atomically. Calls take effect in their order: the state of the last call stays.
   * @throws errors of the file system
   */
  writeState(state: JobState): Promise<void> {
    const content = JSON.stringify(state);
    return this.stateWrites.run(() => this.replaceState(content));
  }

  /**
   * Takes the lock, which is needed to run, revert, remove or change this job.
   * @throws JobError JOB_BUSY with the name of the process that has it, JOB_MISSING; errors of the file system
   */
  lock(): Promise<JobLock> {
    return JobLock.take(this.path);
  }

  /** Takes the lock; undefined while another process has it. @throws JobError JOB_MISSING; errors of the file system */
  tryLock(): Promise<JobLock | undefined> {
    return JobLock.tryTake(this.path);
  }

  /** The live process that has the lock, as far as this process can know; undefined if nobody has it. */
  holder(): Promise<LockHolder | undefined> {
    return JobLock.holder(this.path);
  }

  /**
   * A text that changes when another process changes the state of this job, or takes or leaves its lock. Cheap: nothing
   * but times and the lock is read.
   * @throws JobError JOB_MISSING, JOB_UNREADABLE
   */
  async version(): Promise<string> {
    const { mtimeMs, ino } = await stat(path.join(this.path, stateFile)).catch((thrown: unknown) => {
      throw this.missingOrUnreadable(thrown);
    });
    return [mtimeMs, ino, (await this.holder())?.token].join(' ');
  }

  /**
   * Deletes the job and its journal; of a job that is elsewhere, such as one of a cluster, only the link to it.
   * @param taken the lock, if the caller has it; it is released
   * @throws JobError JOB_BUSY while another process has the lock; errors of the file system
   */
  async remove(taken?: JobLock): Promise<void> {
    if (await this.isLink().catch(() => false)) {
      await taken?.release();
      await rm(this.path, { recursive: true, force: true });
      return;
    }
    try {
      const lock = taken ?? (await this.lock());
      try {
        // In one step, so that nobody finds half a job, or takes the lock once that is deleted.
        const aside = path.join(path.dirname(this.path), unfinishedName(this.id));
        const isAside = await rename(this.path, aside).then(
          () => true,
          () => false,
        );
        await rm(isAside ? aside : this.path, { recursive: true, force: true });
      } finally {
        await lock.release();
      }
    } catch (thrown) {
      if (!(thrown instanceof JobError) || thrown.code !== 'JOB_MISSING') throw thrown;
    }
  }

  private async replaceState(content: string): Promise<void> {
    const temporary = path.join(this.path, `${stateFile}.${randomBytes(4).toString('hex')}.tmp`);
    try {
      const mode = await stat(this.path).then(
        (info) => info.mode & 0o666,
        () => 0o600,
      );
      await writeFlushed(temporary, [content], mode);
      await rename(temporary, path.join(this.path, stateFile));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Refuses a job that another user put into this user's folder: a job decides which files are written, and with what.
   */
  private async refuseAnothers(): Promise<void> {
    const parent = path.dirname(this.path);
    for (const file of [this.path, path.join(this.path, manifestFile)]) {
      if (isOwn(await lstat(file), parent)) continue;
      throw new JobError('JOB_UNREADABLE', l10n.t('This job belongs to another user.'), this.path);
    }
  }

  private async isLink(): Promise<boolean> {
    return (await lstat(this.path)).isSymbolicLink();
  }

  private async readJson(name: string): Promise<object> {
    try {
      const value: unknown = JSON.parse(await this.read(name));
      if (typeof value === 'object' && value !== null) return value;
    } catch (error) {
      if (error instanceof JobError) throw error;
      throw unreadable(this.path, error);
    }
    throw new JobError('JOB_UNREADABLE', l10n.t('{0} of the job is not an object.', name), this.path);
  }

  private async read(name: string): Promise<string> {
    try {
      return await readFile(path.join(this.path, name), 'utf8');
    } catch (error) {
      throw this.missingOrUnreadable(error);
    }
  }

  private missingOrUnreadable(error: unknown): JobError {
    if (errno(error) !== 'ENOENT') return unreadable(this.path, error);
    return new JobError('JOB_MISSING', l10n.t('There is no job {0}.', this.id), this.path, error);
  }
}

/** The name of a job's folder while it is being written or deleted. */
function unfinishedName(id: string): string {
  return `.${id}.tmp`;
}

/**
 * Parses a line of {@link imagesFile}.
 * @throws SyntaxError if it is no JSON, or names no image below a dataset's folder
 */
export function imageOfLine(line: string): JobImage {
  const [image, expected]: unknown[] = listOf(JSON.parse(line));
  const isImage = typeof image === 'string' && isDatasetPath(image);
  if (isImage && (expected === null || typeof expected === 'string')) return { path: image, expected };
  throw new SyntaxError('The list of its images has a line that names no image of the dataset.');
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The state of a job that no run has begun. */
export function newState(position: number): JobState {
  return { status: 'queued', position, ran: 0, execution: [], counts: noOutcomes(), failures: [] };
}

function unreadable(folder: string, error: unknown): JobError {
  return new JobError('JOB_UNREADABLE', l10n.t('The job cannot be read: {0}', errorMessage(error)), folder, error);
}

/**
 * The content of {@link imagesFile} in chunks that take about a millisecond each, so that the process is not blocked.
 */
function* linesOfImages(images: readonly JobImage[]): Generator<string> {
  for (let start = 0; start < images.length; start += 1000) {
    const some = images.slice(start, start + 1000);
    yield some.map(({ path: image, expected }) => `${JSON.stringify([image, expected])}\n`).join('');
  }
}

async function writeFlushed(file: string, pieces: Iterable<string>, mode: number): Promise<void> {
  const handle = await open(file, 'wx', mode);
  try {
    for (const piece of pieces) await handle.appendFile(piece);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
