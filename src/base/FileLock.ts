import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { link, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { errno } from './errno';

/** Milliseconds between two signs of life of a holder. */
const heartbeat = 5000;
/** Milliseconds without a sign of life after which a lock of another machine, or one that cannot be read, is nobody's. */
const staleAfter = 120_000;
/** Milliseconds between two tries. */
const pollInterval = 250;

interface Holder {
  /** differs for every lock that was ever taken */
  token: string;
  pid: number;
  /** the machine, and on Linux its start and the container: where `pid` means something */
  machine: string;
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
      // A lock that was taken away cannot be renewed; whoever took it has waited long.
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
    const holder: Holder = { token: randomUUID(), pid: process.pid, machine: thisMachine() };
    if (await create(path, holder)) return new FileLock(path, holder.token);
    if (!(await removeIfStale(path)) || !(await create(path, holder))) return undefined;
    return new FileLock(path, holder.token);
  }

  /** Whether a live process has the lock, as far as can be told. */
  static async isHeld(path: string): Promise<boolean> {
    const holder = await readHolder(path);
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    return modified !== undefined && isAlive(holder, modified);
  }

  /** Gives the lock back. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    const holder = await readHolder(this.path);
    if (holder?.token === this.token) await rm(this.path, { force: true });
  }
}

/** Makes the file with its content in one step, so that no reader sees it empty. */
async function create(path: string, holder: Holder): Promise<boolean> {
  const temporary = `${path}.${holder.token}`;
  const content = JSON.stringify(holder);
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
  if (isAlive(holder, modified)) return false;
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

function isAlive(holder: Holder | undefined, modified: number): boolean {
  const isHere = holder?.machine === thisMachine();
  return !(isHere && !isRunning(holder.pid)) && Date.now() - modified < staleAfter;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof content !== 'object' || content === null) return undefined;
    const { token, pid, machine } = content as Record<string, unknown>;
    if (typeof token !== 'string' || typeof pid !== 'number' || typeof machine !== 'string') return undefined;
    return { token, pid, machine };
  } catch {
    return undefined;
  }
}

let machine: string | undefined;

/** Process ids mean something within one start of one machine, and there within one container only. */
function thisMachine(): string {
  machine ??= [
    hostname(),
    orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    orEmpty(() => readlinkSync('/proc/self/ns/pid')),
  ].join(' ');
  return machine;
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errno(error) === 'EPERM';
  }
}
