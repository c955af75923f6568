import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errno } from '../errno';
import { isAlive, placeText, processAt, thisProcess, type Liveness, type ProcessIdentity } from './processIdentity';

/** Interval of the holder's heartbeat, in milliseconds. */
const heartbeat = 5000;
/**
 * Age of the last heartbeat at which a lock is stale, in milliseconds, if its holder is neither known to be dead, then
 * it is stale at once, nor known to live, then it never is.
 */
const staleAfter = 120_000;
/** How long the lock of a silent holder on another machine is watched for a heartbeat, in milliseconds. */
const watchFor = 2.5 * heartbeat;
/** A lock whose file is away for this long is gone, in milliseconds: another process may look at it for a moment. */
const awayAtMost = 150;
/** Interval between looks at a lock file that is away, in milliseconds. */
const awayInterval = 50;
/** Interval between attempts to acquire the lock, in milliseconds. */
const pollInterval = 250;

/** Content of a lock file. Version 0.1.0 wrote only the first three properties and reads nothing else. */
interface LockContent {
  /** unique for every acquisition */
  token: string;
  pid: number;
  /** as {@link placeText} returns it */
  machine: string;
  machineId: string;
  start: string;
}

interface Holder {
  token: string;
  process: ProcessIdentity;
  /** the name of its host */
  host: string;
}

/** Who holds a lock. */
export interface LockHolder {
  /** unique for every acquisition; empty if the lock file cannot be read */
  token: string;
  /** undefined if the lock file cannot be read */
  pid: number | undefined;
  /** the name of its host; empty if the lock file cannot be read */
  host: string;
  liveness: Exclude<Liveness, 'dead'>;
  /** milliseconds since its last heartbeat */
  silence: number;
  /** the silence after which the lock counts as nobody's, in milliseconds; undefined while it is known to live */
  silenceAtMost: number | undefined;
}

/**
 * A lock between processes: a file that names its holder. A killed holder is detected at once by its process id on the
 * same machine, otherwise by the file's modification time, which a live holder renews (heartbeat); so the lock also
 * works in folders that several machines share. (The lock packages for Node use only the time: they wait for seconds
 * after a kill, and a holder whose thread is busy for that long loses its lock.)
 *
 * A holder that was suspended for long, or whose disk was away, may have lost its lock to another process, and learns
 * it: see {@link FileLock.lost} and {@link FileLock.isOurs}.
 */
export class FileLock {
  private readonly timer: NodeJS.Timeout;
  private readonly loss = new AbortController();
  private isReleased = false;

  private constructor(
    private readonly path: string,
    /** unique for this acquisition */
    readonly token: string,
  ) {
    this.timer = setInterval(() => void this.beat(), heartbeat).unref();
  }

  /** Aborts when it is found out that the lock, before it was released, has gone or become another process's. */
  get lost(): AbortSignal {
    return this.loss.signal;
  }

  /**
   * Acquires the lock, waiting while another process holds it.
   * @param path of the lock file, in a folder that exists
   * @param onWait called after each failed attempt
   * @throws the signal's reason when aborted; errors of the file system other than EEXIST
   */
  static async acquire(
    path: string,
    options: { signal?: AbortSignal | undefined; onWait?: () => void },
  ): Promise<FileLock> {
    for (;;) {
      options.signal?.throwIfAborted();
      const lock = await FileLock.tryAcquire(path);
      if (lock !== undefined) return lock;
      options.onWait?.();
      await delay(pollInterval, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
  }

  /** Acquires the lock if nobody holds it; otherwise returns undefined without waiting. */
  static async tryAcquire(path: string): Promise<FileLock | undefined> {
    const { pid, machine: machineId, start } = thisProcess();
    const content: LockContent = { token: randomUUID(), pid, machine: placeText(), machineId, start };
    if (await create(path, content)) return new FileLock(path, content.token);
    if (!(await removeIfStale(path)) || !(await create(path, content))) return undefined;
    return new FileLock(path, content.token);
  }

  /** Whether a live process holds the lock, as far as this process can know. */
  static async isHeld(path: string): Promise<boolean> {
    return (await FileLock.holder(path)) !== undefined;
  }

  /** Who holds the lock, as far as this process can know; undefined if nobody does. */
  static async holder(path: string): Promise<LockHolder | undefined> {
    return describeHolder(path, await readHolder(path));
  }

  /**
   * Looks whether the lock is still this one's. If not, {@link lost} aborts before this resolves. A disk that does not
   * answer does not take the lock away.
   */
  async isOurs(): Promise<boolean> {
    for (let away = 0; this.isHad(); away += awayInterval) {
      const holder = await readHolder(this.path, true).catch(() => 'unreadable' as const);
      if (!this.isHad()) break;
      if (holder === 'unreadable' || holder?.token === this.token) return true;
      if (holder !== undefined || away >= awayAtMost) this.loss.abort();
      else await delay(awayInterval);
    }
    return false;
  }

  /** Releases the lock. A lock that another process has taken over is left alone. */
  async release(): Promise<void> {
    this.isReleased = true;
    clearInterval(this.timer);
    const holder = await readHolder(this.path);
    if (holder?.token === this.token) await rm(this.path, { force: true });
  }

  /** Whether it is neither released nor known to be lost. */
  private isHad(): boolean {
    return !this.isReleased && !this.lost.aborted;
  }

  private async beat(): Promise<void> {
    // Another process's lock must not be renewed.
    if (!(await this.isOurs())) {
      clearInterval(this.timer);
      return;
    }
    const now = new Date();
    await utimes(this.path, now, now).catch(() => undefined);
  }
}

/**
 * Creates the lock file atomically with its content, so that no reader sees it empty. Returns false if it exists
 * already.
 */
async function create(path: string, lock: LockContent): Promise<boolean> {
  const temporary = `${path}.${lock.token}`;
  const content = JSON.stringify(lock);
  try {
    await writeFile(temporary, content);
    try {
      await link(temporary, path);
      return true;
    } catch (error) {
      if (errno(error) === 'EEXIST') return false;
      // The file system has no hard links.
      return await createWithoutLink(path, content);
    }
  } finally {
    await rm(temporary, { force: true });
  }
}

async function createWithoutLink(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errno(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a stale lock. Returns whether the lock may be free now, so that acquiring it is worth another attempt. */
async function removeIfStale(path: string): Promise<boolean> {
  const holder = await readHolder(path);
  if ((await describeHolder(path, holder)) !== undefined) return false;
  if (holder !== undefined && (await isOfUnknown(path, holder)) && (await beats(path))) return false;
  // Move the file away, then read it again: if another process has taken over the stale lock in between, this is its
  // live lock and is put back.
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return true;
  }
  const taken = await readHolder(aside);
  if (taken?.token !== holder?.token) await putBack(aside, path);
  await rm(aside, { force: true });
  return taken?.token === holder?.token;
}

/** Whether nothing is known of the holder but its heartbeat. */
async function isOfUnknown(path: string, holder: Holder): Promise<boolean> {
  const modified = await modifiedAt(path);
  return modified !== undefined && isAlive(holder.process, modified, path) === 'unknown';
}

/** Whether the holder gives a sign of life: the clocks of two machines may differ by more than a lock may be silent. */
async function beats(path: string): Promise<boolean> {
  const before = await modifiedAt(path);
  for (let watched = 0; watched < watchFor; watched += pollInterval) {
    await delay(pollInterval);
    const now = await modifiedAt(path);
    if (now === undefined) return false;
    if (now !== before) return true;
  }
  return false;
}

function modifiedAt(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

/** Gives a lock its file back, unless yet another process has made one since: then its holder has lost it. */
async function putBack(aside: string, path: string): Promise<void> {
  try {
    await link(aside, path);
  } catch (error) {
    // Where there are no hard links, its holder may see a part of it and take it for another's: it stops then.
    if (errno(error) !== 'EEXIST') await copyFile(aside, path, constants.COPYFILE_EXCL).catch(() => undefined);
  }
}

/** @returns undefined if nobody holds the lock: there is no file, its holder is dead, or its heartbeat is stale */
async function describeHolder(path: string, holder: Holder | undefined): Promise<LockHolder | undefined> {
  const modified = await modifiedAt(path);
  if (modified === undefined) return undefined;
  const liveness = holder === undefined ? 'unknown' : isAlive(holder.process, modified, path);
  const silence = Math.max(0, Date.now() - modified);
  if (liveness === 'dead' || (liveness !== 'alive' && silence >= staleAfter)) return undefined;
  return {
    token: holder?.token ?? '',
    pid: holder?.process.pid,
    host: holder?.host ?? '',
    liveness,
    silence,
    silenceAtMost: liveness === 'alive' ? undefined : staleAfter,
  };
}

/**
 * Reads who holds a lock; undefined if there is no file, or one that no version wrote.
 * @param isStrict throw if the file cannot be read for another reason than that there is none
 */
async function readHolder(path: string, isStrict = false): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isStrict && errno(error) !== 'ENOENT' && errno(error) !== 'ENOTDIR') throw error;
    return undefined;
  }
  return parseHolder(text);
}

function parseHolder(text: string): Holder | undefined {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null) return undefined;
    const { token, pid, machine, machineId, start } = content as Record<string, unknown>;
    if (typeof token !== 'string' || typeof pid !== 'number' || typeof machine !== 'string') return undefined;
    const more = {
      machine: typeof machineId === 'string' ? machineId : '',
      start: typeof start === 'string' ? start : '',
    };
    const host = /^(.*) \S* \S*$/.exec(machine)?.[1] ?? machine;
    return { token, process: processAt(machine, pid, more), host };
  } catch {
    return undefined;
  }
}
