import { stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { isOfDeadProcess } from './writeFileSafely';

/** A temporary file older than this was left behind by a process that died, in milliseconds. */
const leftoverAge = 3_600_000;

/** Removes a temporary file that a process left behind which died while it saved, unless it may still live. */
export async function removeLeftover(file: string): Promise<void> {
  try {
    const left = isOfDeadProcess(path.basename(file)) || Date.now() - (await stat(file)).mtimeMs > leftoverAge;
    if (left) await unlink(file);
  } catch {
    // Somebody else removed it, or may; it is only rubbish.
  }
}
