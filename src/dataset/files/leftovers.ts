import { stat, unlink } from 'node:fs/promises';
import { isOfDeadProcess } from './writeFileSafely';

/** A temporary file older than this was left behind by a process that died, in milliseconds. */
const leftoverAge = 3_600_000;

/**
 * Removes a temporary file that a process left behind when it died while saving. If the process may still be alive, the
 * file is removed only once it is old.
 */
export async function removeLeftover(file: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(file);
    const left = isOfDeadProcess(file, mtimeMs) || Date.now() - mtimeMs > leftoverAge;
    if (left) await unlink(file);
  } catch {
    // Another process has removed it, or will; it is only a leftover.
  }
}
