import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** A folder for one test, with a copy of the sample dataset in `dataset`. */
export async function makeScratch(): Promise<string> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'dataset-captions-browser-'));
  await cp('test/fixtures/sample-dataset', path.join(scratch, 'dataset'), { recursive: true });
  return scratch;
}

/** The content of a text file; undefined when there is none. */
export async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'latin1').catch(() => undefined);
}

/**
 * Every file below a folder, but records of who wrote what, with the hash of its bytes and its modification time: what
 * must not change.
 */
export async function fingerprint(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of await readdir(folder, { recursive: true })) {
    if (name.startsWith('.dataset-captions')) continue;
    const file = path.join(folder, name);
    try {
      const info = await stat(file, { bigint: true });
      if (!info.isFile()) continue;
      const hash = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
      files[name] = `${hash} ${info.mtimeNs}`;
    } catch (thrown) {
      // What was deleted since the folder was listed is not there.
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    }
  }
  return files;
}

/** The caption files below a folder and what they hold. */
export async function captions(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    if (name.endsWith('.txt')) found[name] = (await readText(path.join(folder, name))) ?? '';
  }
  return found;
}

/** How many caption files there are in a folder itself. */
export async function countCaptions(folder: string): Promise<number> {
  return (await readdir(folder)).filter((name) => name.endsWith('.txt')).length;
}

/**
 * What people have in their folders: everything that only looks like an image. Gives the names that must fail; the folder
 * with the name of an image is none.
 */
export async function addBadImages(folder: string): Promise<string[]> {
  const good = path.join(folder, '5_scenery/alps.jpg');
  const at = (name: string): string => path.join(folder, name);
  await cp(good, at('truncated.jpg'));
  await truncate(at('truncated.jpg'), 30_000);
  await writeFile(at('zero.png'), '');
  await writeFile(at('text.png'), 'This is not a picture.\n');
  await mkdir(at('folder.jpg'));
  await cp(good, at('folder.jpg/inside.jpg'));
  await symlink('nowhere.png', at('dangling.png'));
  // A link to itself cannot be read by anybody, root included; a file without permission only by others than root.
  await symlink('loop.png', at('loop.png'));
  await cp(good, at('secret.jpg'));
  await chmod(at('secret.jpg'), 0);
  // 30,000 x 30,000 pixels of one colour: 110 kB on disk, gigabytes in memory.
  await cp('test/fixtures/huge.png', at('huge.png'));
  const bad = ['truncated.jpg', 'zero.png', 'text.png', 'dangling.png', 'loop.png', 'huge.png'];
  return process.getuid?.() === 0 ? bad : [...bad, 'secret.jpg'];
}

/** Removes what {@link makeScratch} made, also what cannot be read. */
export async function removeScratch(scratch: string): Promise<void> {
  await rm(scratch, { recursive: true, force: true });
}

/** The process ids of this test run, and of no other, whose command line has this text. */
export async function processesOf(text: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,args=']);
  const ours = new Set([process.pid]);
  const found: number[] = [];
  const rows = stdout.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []);
  // A child may stand before its parent in the list: as many rounds as there are generations.
  for (let known = 0; known < ours.size;) {
    known = ours.size;
    for (const [, pid, parent] of rows) if (ours.has(Number(parent))) ours.add(Number(pid));
  }
  for (const [, pid, , args] of rows)
    if (ours.has(Number(pid)) && args?.includes(text) === true) found.push(Number(pid));
  return found;
}
