import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errno } from './errno';
import { isAlive, placeText, processAt, thisProcess, type ProcessIdentity } from './processIdentity';

/** Milliseconds between two signs of life of a holder. */
const heartbeat = 5000;
/**
 * Milliseconds without a sign of life after which a lock of another machine, or one that cannot be read, is nobody's.
 */
const staleAfter = 120_000;
/** Milliseconds between two tries. */
const pollInterval = 250;

/** What a lock's file says. The first three have been there since version 0.1.0, which reads nothing else. */
interface LockContent {
  /** differs for every lock that was ever taken */
  token: string;
  pid: number;
  /** a text of {@link placeText} */
  machine: string;
  machineId: string;
  start: string;
}

interface Holder {
  token: string;
  process: ProcessIdentity;
}

/**
 * A lock between processes: a file that names its holder. A holder that was killed is recognised at once by its process
 * id on the same machine, else by its file's time, which a live holder renews; so folders that several machines share
 * work too. (The lock packages for Node know times only: they wait for seconds after a kill, and a holder whose thread
 * computes for as long loses its lock.)
 */
export class FileLock {
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly token: string,
  ) {
    this.timer = setInterval(() => {
      const now = new Date();
      // A lock that another process took over cannot be renewed; it was stale by then.
      void utimes(path, now, now).catch(() => undefined);
    }, heartbeat).unref();
  }

  /**
   * Takes the lock, and waits for it while another process has it.
   * @param path of the lock's file, in a folder that exists
   * @param onWait called again and again while it waits
   * @throws the signal's reason; errors of the file system other than "exists"
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

  /** Takes the lock if nobody has it. */
  static async tryAcquire(path: string): Promise<FileLock | undefined> {
    const { pid, machine: machineId, start } = thisProcess();
    const content: LockContent = { token: randomUUID(), pid, machine: placeText(), machineId, start };
    if (await create(path, content)) return new FileLock(path, content.token);
    if (!(await removeIfStale(path)) || !(await create(path, content))) return undefined;
    return new FileLock(path, content.token);
  }

  /** Whether a live process has the lock, as far as can be told. */
  static async isHeld(path: string): Promise<boolean> {
    const holder = await readHolder(path);
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    return modified !== undefined && isHolding(holder, modified);
  }

  /** Gives the lock back. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    const holder = await readHolder(this.path);
    if (holder?.token === this.token) await rm(this.path, { force: true });
  }
}

/** Makes the file with its content in one step, so that no reader sees it empty. */
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
      // A file system without hard links.
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

/** Removes a lock whose holder is gone; says whether there may be none now. */
async function removeIfStale(path: string): Promise<boolean> {
  const holder = await readHolder(path);
  const modified = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
  if (modified === undefined) return true;
  if (isHolding(holder, modified)) return false;
  // Moved away, then looked at: had another process taken the stale lock over in between, this would be its live one.
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
 * Whether a lock's holder lives: not if it is known to be dead, else as long as it renews the file.
 * @param modified when the file was renewed last, in milliseconds since 1970
 */
function isHolding(holder: Holder | undefined, modified: number): boolean {
  const isDead = holder !== undefined && isAlive(holder.process) === 'dead';
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
