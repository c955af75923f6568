import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';

/** Where a runner is reached. Its file can be read by this user only, so whoever knows the token is this user. */
export interface RunnerEndpoint {
  /** path of a socket, or name of a pipe on Windows */
  address: string;
  token: string;
  pid: number;
}

/** Several machines may share a folder of jobs; each has its own runner. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

function endpointFile(jobsFolder: string): string {
  return path.join(jobsFolder, `runner-${machine}.json`);
}

/** The file whose lock the runner of this machine holds. */
export function runnerLockFile(jobsFolder: string): string {
  return path.join(jobsFolder, `runner-${machine}.lock`);
}

/** What the runner prints; replaced when one starts. */
export function runnerLogFile(jobsFolder: string): string {
  return path.join(jobsFolder, `runner-${machine}.log`);
}

/** Reads where the runner of this machine is, or was; undefined where there is nothing to read. */
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

/** Makes up an address that nobody else can have made, and a token. */
export function newEndpoint(): RunnerEndpoint {
  const token = randomBytes(32).toString('hex');
  if (process.platform === 'win32') {
    return { address: `\\\\.\\pipe\\dataset-captions-${randomBytes(16).toString('hex')}`, token, pid: process.pid };
  }
  // Not beside the jobs: the path of a socket has 104 characters at most, and network disks may refuse sockets.
  const folder = mkdtempSync(path.join(tmpdir().length > 60 ? '/tmp' : tmpdir(), 'dataset-captions-'));
  return { address: path.join(folder, 'runner.sock'), token, pid: process.pid };
}

/** Tells clients where this runner is, in one step. */
export async function publishEndpoint(jobsFolder: string, endpoint: RunnerEndpoint): Promise<void> {
  const file = endpointFile(jobsFolder);
  await writeFile(`${file}.tmp`, JSON.stringify(endpoint), { mode: 0o600 });
  await rename(`${file}.tmp`, file);
}

/** Removes what a runner that is gone, or is about to go, left. */
export async function withdrawEndpoint(jobsFolder: string, { address, token }: RunnerEndpoint): Promise<void> {
  const published = await readEndpoint(jobsFolder);
  if (published?.token === token) await rm(endpointFile(jobsFolder), { force: true });
  const folder = path.dirname(address);
  const isOurs = process.platform !== 'win32' && path.basename(folder).startsWith('dataset-captions-');
  if (isOurs) rmSync(folder, { recursive: true, force: true });
}
