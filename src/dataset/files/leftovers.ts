import { readdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { isOfDeadProcess, isSavingName } from './temporaryNames';
import { finishSave, type CutSave } from './writeInPlace';

/** A temporary file older than this was left behind by a process that died, in milliseconds. */
const leftoverAge = 3_600_000;

/**
 * Removes a temporary file that a process left behind when it died while saving. If the process may still be alive, the
 * file is removed only once it is old. The note of a file that was being written in place is not only removed: what was
 * begun is completed.
 * @returns what became of the file that was being written in place; undefined if there was none
 */
export async function removeLeftover(file: string): Promise<CutSave | undefined> {
  try {
    const { mtimeMs } = await stat(file);
    const left = isOfDeadProcess(file, mtimeMs) || Date.now() - mtimeMs > leftoverAge;
    if (!left) return undefined;
    if (isSavingName(path.basename(file))) return finishSave(file);
    await unlink(file);
  } catch {
    // Another process has removed it, or will; it is only a leftover.
  }
  return undefined;
}

/**
 * Completes the writes in place in a folder that were cut off when a process ended, as {@link removeLeftover} does.
 * @param folder absolute
 */
export async function finishSavesIn(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (isSavingName(name)) await removeLeftover(path.join(folder, name));
}
