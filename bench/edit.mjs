// How long a bulk edit of 20,000 captions takes, from its preview to the undone files.
import path from 'node:path';
import { bundled } from './bundled.mjs';
import { rounded, table } from './measure.mjs';

const captions = 20_000;

/**
 * @param {{ root: string, seconds: number }} options
 * @returns {Promise<import('./editRun').EditRun>}
 */
export async function measure({ root }) {
  const { editRun } = await bundled('bench/editRun.ts');
  const run = await editRun(captions, path.join(root, 'dist'));
  return Object.fromEntries(
    Object.entries(run).map(([name, value]) => [name, typeof value === 'number' ? rounded(value) : value]),
  );
}

/** @param {import('./editRun').EditRun} run */
export function describe(run) {
  return table([
    {
      captions: run.captions,
      'preview, ms': run.previewMs,
      'apply in the model, ms': run.applyMs,
      'journal, ms': run.journalMs,
      'save with fsync, ms': run.saveMs,
      'save, files/s': run.filesPerSecond,
      'undo in the model, ms': run.undoMs,
      'save of the undo, ms': run.undoSaveMs,
      'files as before': run.identical ? 'all' : 'NOT ALL',
      'longest block of the loop, ms': run.longestBlockMs,
      'which was in': run.longestBlockIn,
    },
  ]);
}
