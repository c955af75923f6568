import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Where a runner listens. It is published in a file that only this user can read, so the token authenticates the user.
 */
export interface RunnerEndpoint {
  /** path of a socket; on Windows, name of a pipe */
  address: string;
  token: string;
  pid: number;
}

/** Part of the file names, because each of the machines that share a jobs folder has its own runner. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

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
 * Reads where the runner of this machine listens, or last listened; undefined if there is no such file or it is
 * damaged.
 */
export async function readEndpoint(jobsFolder: string): Promise<RunnerEndpoint | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(endpointFile(jobsFolder), 'utf8'));
    const { address, token, pid } = value as Partial<RunnerEndpoint>;
    if (typeof address !== 'string' || typeof token !== 'string' || typeof pid !== 'number') return undefined;
    return { address, token, pid };
  } catch {
    return undefined;
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
  await writeFile(`${file}.tmp`, JSON.stringify(endpoint), { mode: 0o600 });
  await rename(`${file}.tmp`, file);
}

/** Removes the published address, unless another runner replaced it, and the folder of the socket. */
export async function withdrawEndpoint(jobsFolder: string, { address, token }: RunnerEndpoint): Promise<void> {
  const published = await readEndpoint(jobsFolder);
  if (published?.token === token) await rm(endpointFile(jobsFolder), { force: true });
  const folder = path.dirname(address);
  const isOurs = process.platform !== 'win32' && path.basename(folder).startsWith('dataset-captions-');
  if (isOurs) rmSync(folder, { recursive: true, force: true });
}
