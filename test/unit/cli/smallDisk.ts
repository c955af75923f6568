import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Mounts a small disk of its own in memory and gives it to some work. Skips the test, which says so, where that is not
 * possible: only root can, on Linux, and not in every container.
 * @param size as mount takes it, such as `64k`
 */
export async function withDisk(
  test: Mocha.Context,
  folder: string,
  size: string,
  work: (disk: string) => Promise<void>,
): Promise<void> {
  const disk = path.join(folder, 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    console.log('      (no disk can be mounted here, so this is not tested)');
    test.skip();
  }
  try {
    await work(disk);
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
}
