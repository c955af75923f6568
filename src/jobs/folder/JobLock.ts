import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { errno } from '../../base/errno';
import { FileLock, type LockHolder } from '../../base/machine/FileLock';
import { describeProcess } from '../describeProcess';
import { JobError } from '../JobError';

/** What a process can ask the one that has a job's lock to do with the job. */
export type StopRequest = 'paused' | 'cancelled';

const lockFile = 'lock';
/** Asks the holder of the lock to stop the job; holds the lock's token, so that it is for nobody else. */
const requestFile = 'stop.json';
/** Interval at which the holder of a lock looks for a request, in milliseconds. */
const requestPoll = 1000;
/** A holder that gave no sign of life for this long is said to be silent, in milliseconds: three heartbeats. */
const silent = 15_000;

/**
 * The lock of a job: who runs, reverts, removes or changes it, or has it in a queue. Other processes can ask its holder
 * to stop the job; one that was suspended may find that it has lost the lock.
 */
export class JobLock {
  private readonly timer: NodeJS.Timeout;
  private listener: ((as: StopRequest) => void) | undefined;
  private asked: StopRequest | undefined;

  private constructor(
    private readonly folder: string,
    private readonly lock: FileLock,
  ) {
    this.timer = setInterval(() => void this.lookForRequest(), requestPoll).unref();
  }

  /**
   * Takes the lock of a job.
   * @param folder of the job, absolute
   * @throws JobError JOB_BUSY with the name of the process that has it, JOB_MISSING; errors of the file system
   */
  static async take(folder: string): Promise<JobLock> {
    const lock = await JobLock.tryTake(folder);
    if (lock !== undefined) return lock;
    const holder = await JobLock.holder(folder);
    // Without a holder, it was released just now.
    const taken = holder === undefined ? await JobLock.tryTake(folder) : undefined;
    if (taken !== undefined) return taken;
    throw busy(folder, holder);
  }

  /** @returns undefined while another process has it @throws JobError JOB_MISSING; errors of the file system */
  static async tryTake(folder: string): Promise<JobLock | undefined> {
    try {
      const lock = await FileLock.tryAcquire(path.join(folder, lockFile));
      if (lock === undefined) return undefined;
      // One for an earlier holder.
      await rm(path.join(folder, requestFile), { force: true }).catch(() => undefined);
      return new JobLock(folder, lock);
    } catch (thrown) {
      if (errno(thrown) !== 'ENOENT') throw thrown;
      throw new JobError('JOB_MISSING', l10n.t('There is no job {0}.', path.basename(folder)), folder, thrown);
    }
  }

  /** The live process that has the lock, as far as this process can know. */
  static holder(folder: string): Promise<LockHolder | undefined> {
    return FileLock.holder(path.join(folder, lockFile));
  }

  /** Aborts when this process has lost the lock: the job must not be touched any more. */
  get lost(): AbortSignal {
    return this.lock.lost;
  }

  /** Whether this process still has the lock, and the job's folder still exists. */
  isOurs(): Promise<boolean> {
    return this.lock.isOurs();
  }

  /** Must be called before each step that only the holder may take. @throws JobError JOB_TAKEN if the lock is lost */
  async check(): Promise<void> {
    if (!(await this.isOurs())) throw await this.lossError();
  }

  /** The error that says who has the lock instead. */
  async lossError(): Promise<JobError> {
    const holder = await JobLock.holder(this.folder).catch(() => undefined);
    const message =
      holder === undefined
        ? l10n.t('The job was stopped: its folder is gone, or its lock was taken away.')
        : l10n.t('The job was stopped here: this process was suspended for long, and {0} has it now.', nameOf(holder));
    return new JobError('JOB_TAKEN', message, this.folder);
  }

  /** Sets the listener for the request of another process to stop the job; replaces the one set before. */
  whenAskedToStop(listener: (as: StopRequest) => void): void {
    this.listener = listener;
    if (this.asked !== undefined) listener(this.asked);
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.lock.release();
  }

  private async lookForRequest(): Promise<void> {
    const as = await readRequest(this.folder, this.lock.token);
    if (as === undefined || as === this.asked) return;
    this.asked = as;
    this.listener?.(as);
  }
}

/**
 * Asks the process that has the lock of a job to stop it; the process looks once a second.
 * @param holder as {@link JobLock.holder} returns it
 * @throws errors of the file system
 */
export async function askToStop(folder: string, holder: LockHolder, as: StopRequest): Promise<void> {
  const temporary = path.join(folder, `${requestFile}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await writeFile(temporary, JSON.stringify({ token: holder.token, as }), { mode: 0o600 });
    await rename(temporary, path.join(folder, requestFile));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The error for a job that another process has. */
export function busy(folder: string, holder: LockHolder | undefined): JobError {
  return new JobError('JOB_BUSY', busyMessage(holder), folder);
}

/** The error for a job whose process was asked to stop it, and has not. */
export function notStopped(folder: string, holder: LockHolder): JobError {
  const asked = l10n.t('It was asked to stop, and will as soon as it goes on.');
  const has = holder.silence < silent ? l10n.t('The job is busy: {0} has it.', nameOf(holder)) : busyMessage(holder);
  return new JobError('JOB_BUSY', `${has} ${asked}`, folder);
}

/** The process that has a lock, in words. */
export function nameOf({ pid, host, liveness }: LockHolder): string {
  return describeProcess(pid, host, liveness !== 'unknown');
}

function busyMessage(holder: LockHolder | undefined): string {
  if (holder === undefined) return l10n.t('Another process has this job.');
  const name = nameOf(holder);
  const seconds = Math.round(holder.silence / 1000);
  if (holder.silence < silent) return l10n.t('The job is busy: {0} has it. Stop it there first.', name);
  if (holder.silenceAtMost === undefined) {
    return l10n.t(
      'The job is busy: {0} has it, but seems to be suspended (no sign of life for {1} s). Let it go on, or end it.',
      name,
      seconds,
    );
  }
  const left = Math.max(1, Math.round((holder.silenceAtMost - holder.silence) / 1000));
  return l10n.t(
    'The job is busy: {0} has it, which gave no sign of life for {1} s. If it is gone, the job is free in {2} s.',
    name,
    seconds,
    left,
  );
}

async function readRequest(folder: string, token: string): Promise<StopRequest | undefined> {
  try {
    const request: unknown = JSON.parse(await readFile(path.join(folder, requestFile), 'utf8'));
    if (typeof request !== 'object' || request === null) return undefined;
    const { token: meant, as } = request as Record<string, unknown>;
    return meant === token && (as === 'paused' || as === 'cancelled') ? as : undefined;
  } catch {
    return undefined;
  }
}
