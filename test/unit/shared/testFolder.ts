import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** Gives each test of the surrounding `describe` an empty folder of its own, which is removed after it. */
export function testFolder(): () => string {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'dataset-captions-test-'));
    // Tests that act as another user must get in.
    await chmod(folder, 0o777);
  });
  // What was given up may still make its last file.
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return () => folder;
}

/** Whether a folder lies on a disk that one machine at a time mounts, such as ext4 (0xef53), XFS, Btrfs or tmpfs. */
export function hasLocalDisk(folder: string): boolean {
  const local = [0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630];
  return process.platform === 'linux' && local.includes(statfsSync(folder).type);
}

/** Names and contents of files. */
export type TestFiles = Record<string, string | Uint8Array>;

/** Writes files below a folder, with an mtime in the past, so that any later write shows. */
export async function writeFiles(folder: string, files: TestFiles): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    await utimes(file, 1_000_000, 1_000_000);
  }
}

/** Identity and times of a file: equal only if nobody wrote it in between. */
export async function fingerprint(file: string): Promise<string> {
  const { ino, mtimeNs, ctimeNs, size, mode } = await stat(file, { bigint: true });
  return [ino, mtimeNs, ctimeNs, size, mode].join(' ');
}

/**
 * What changes with every write of a file. A kill may leave the second name that a new file has while it is written; its
 * removal changes the file's `ctime`, and nothing else.
 */
export async function writtenAs(file: string): Promise<string> {
  const { ino, mtimeNs, size } = await stat(file, { bigint: true });
  return [ino, mtimeNs, size].join(' ');
}

/** The names in a folder, sorted, without the folder of records that jobs have beside the captions. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== '.dataset-captions').sort();
}

/** A small generator of random numbers that gives the same ones in every run. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Waits for something that another process does. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, limit = 30_000): Promise<void> {
  const end = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The user id and group id with the fewest rights. */
export const nobody = { uid: 65534, gid: 65534 };

/** Whether a process can be run as {@link nobody}: only root may, and node must lie where everybody can run it. */
export function canActAsNobody(): boolean {
  try {
    execFileSync(process.execPath, ['--version'], { ...nobody, stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

/** Whether a process is there. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
