import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errno } from './errno';
import { isAlive, placeText, processAt, thisProcess, type ProcessIdentity } from './processIdentity';

/** Interval of the holder's heartbeat, in milliseconds. */
const heartbeat = 5000;
/**
 * Age of the last heartbeat at which a lock is stale, in milliseconds. A lock whose holder is known to be dead is stale
 * at once.
 */
const staleAfter = 120_000;
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
}

/**
 * A lock between processes: a file that names its holder. A killed holder is detected at once by its process id on the
 * same machine, otherwise by the file's modification time, which a live holder renews (heartbeat); so the lock also
 * works in folders that several machines share. (The lock packages for Node use only the time: they wait for seconds
 * after a kill, and a holder whose thread is busy for that long loses its lock.)
 */
export class FileLock {
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly token: string,
  ) {
    this.timer = setInterval(() => {
      const now = new Date();
      // Failures are ignored: a lock that another process has taken over cannot be renewed, and was stale by then.
      void utimes(path, now, now).catch(() => undefined);
    }, heartbeat).unref();
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
    const holder = await readHolder(path);
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    return modified !== undefined && isHolding(holder, modified);
  }

  /** Releases the lock. A lock that another process has taken over is left alone. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    const holder = await readHolder(this.path);
    if (holder?.token === this.token) await rm(this.path, { force: true });
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
  const modified = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
  if (modified === undefined) return true;
  if (isHolding(holder, modified)) return false;
  // Move the file away, then read it again: if another process has taken over the stale lock in between, this is its
  // live lock and is put back.
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return true;
  }
  const taken = await readHolder(aside);
  if (taken?.token !== holder?.token) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
  return taken?.token === holder?.token;
}

/**
 * Whether a lock is held: not if its holder is known to be dead, otherwise until its heartbeat is stale.
 * @param modified time of the last heartbeat, in milliseconds since 1970
 */
function isHolding(holder: Holder | undefined, modified: number): boolean {
  const isDead = holder !== undefined && isAlive(holder.process, modified) === 'dead';
  return !isDead && Date.now() - modified < staleAfter;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof content !== 'object' || content === null) return undefined;
    const { token, pid, machine, machineId, start } = content as Record<string, unknown>;
    if (typeof token !== 'string' || typeof pid !== 'number' || typeof machine !== 'string') return undefined;
    const more = {
      machine: typeof machineId === 'string' ? machineId : '',
      start: typeof start === 'string' ? start : '',
    };
    return { token, process: processAt(machine, pid, more) };
  } catch {
    return undefined;
  }
}
