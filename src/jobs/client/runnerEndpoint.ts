import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileLock } from '../../base/machine/FileLock';
import { isOwn } from '../../base/machine/ownership';
import { placeText } from '../../base/machine/processIdentity';

/**
 * Where a runner listens. It is published in a file that only this user can read, so the token authenticates the user.
 */
export interface RunnerEndpoint {
  /** path of a socket; on Windows, name of a pipe */
  address: string;
  token: string;
  pid: number;
}

/** Files of runners of other places are removed when they were not touched for this long, in milliseconds: a week. */
const otherPlaceKept = 7 * 24 * 3_600_000;

/**
 * Part of the file names: each of the machines and containers that share a jobs folder has its own runner. A restart
 * makes another place of it, too, where nothing that ran before can be reached.
 */
const machine = createHash('sha256').update(placeText()).digest('hex').slice(0, 8);

function endpointFile(jobsFolder: string): string {
  return path.join(jobsFolder, `runner-${machine}.json`);
}

/** The file whose lock the runner of this machine holds. */
export function runnerLockFile(jobsFolder: string): string {
  return path.join(jobsFolder, `runner-${machine}.lock`);
}

/** The file with the output of the runner; overwritten when the next one starts. */
export function runnerLogFile(jobsFolder: string): string {
  return path.join(jobsFolder, `runner-${machine}.log`);
}

/**
 * Reads where the runner of this machine listens, or last listened; undefined if there is no such file, if it is
 * damaged, or if another user made it.
 */
export async function readEndpoint(jobsFolder: string): Promise<RunnerEndpoint | undefined> {
  try {
    const file = await open(endpointFile(jobsFolder), 'r');
    let text: string;
    try {
      if (!isOwn(await file.stat(), jobsFolder)) return undefined;
      text = await file.readFile('utf8');
    } finally {
      await file.close();
    }
    const value: unknown = JSON.parse(text);
    const { address, token, pid } = value as Partial<RunnerEndpoint>;
    if (typeof address !== 'string' || typeof token !== 'string' || typeof pid !== 'number') return undefined;
    return { address, token, pid };
  } catch {
    return undefined;
  }
}

/** Removes the files of old runners: of other machines and containers, or of this one before it was restarted. */
export async function removeOldEndpoints(jobsFolder: string): Promise<void> {
  for (const name of await readdir(jobsFolder).catch(() => [])) {
    const [, place, kind] = /^runner-([0-9a-f]{8})\.(json|lock|log)$/.exec(name) ?? [];
    if (place === undefined || place === machine) continue;
    const file = path.join(jobsFolder, name);
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    const isOld = kind === 'log' || kind === 'json' ? age > otherPlaceKept : age > 0;
    if (isOld && !(await FileLock.isHeld(path.join(jobsFolder, `runner-${place}.lock`)))) {
      await rm(file, { force: true }).catch(() => undefined);
    }
  }
}

/** Makes a new random address and token. Creates the folder of the socket. */
export function newEndpoint(): RunnerEndpoint {
  const token = randomBytes(32).toString('hex');
  if (process.platform === 'win32') {
    return { address: `\\\\.\\pipe\\dataset-captions-${randomBytes(16).toString('hex')}`, token, pid: process.pid };
  }
  // The socket is not in the jobs folder, because its path may have at most 104 bytes on macOS, and because network
  // disks may refuse sockets.
  const folder = mkdtempSync(path.join(tmpdir().length > 60 ? '/tmp' : tmpdir(), 'dataset-captions-'));
  return { address: path.join(folder, 'runner.sock'), token, pid: process.pid };
}

/** Publishes where this runner listens, atomically. */
export async function publishEndpoint(jobsFolder: string, endpoint: RunnerEndpoint): Promise<void> {
  const file = endpointFile(jobsFolder);
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  // `wx`: it must not be a link that somebody else made.
  await writeFile(temporary, JSON.stringify(endpoint), { mode: 0o600, flag: 'wx' });
  await rename(temporary, file);
}

/** Removes the published address, unless another runner replaced it, and the folder of the socket. */
export async function withdrawEndpoint(jobsFolder: string, { address, token }: RunnerEndpoint): Promise<void> {
  const published = await readEndpoint(jobsFolder);
  if (published?.token === token) await rm(endpointFile(jobsFolder), { force: true });
  const folder = path.dirname(address);
  const isOurs = process.platform !== 'win32' && path.basename(folder).startsWith('dataset-captions-');
  if (isOurs) rmSync(folder, { recursive: true, force: true });
}
