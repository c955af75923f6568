// How long a bulk edit of 20,000 captions takes, from its preview to the undone files: the model alone, and in the editor.
import path from 'node:path';
import { bundled } from './bundled.mjs';
import { editInEditor } from './editInEditor.mjs';
import { rounded, table } from './measure.mjs';

const captions = 20_000;

/**
 * @param {{ root: string, seconds: number }} options
 * @returns {Promise<{ model: import('./editRun').EditRun, editor: import('./editRun').EditRun }>}
 */
export async function measure({ root }) {
  const { editRun } = await bundled('bench/editRun.ts');
  const short = (run) =>
    Object.fromEntries(
      Object.entries(run).map(([name, value]) => [name, typeof value === 'number' ? rounded(value) : value]),
    );
  return {
    model: short(await editRun(captions, path.join(root, 'dist'))),
    editor: short(await editInEditor(root, captions)),
  };
}

/** @param {{ model: import('./editRun').EditRun, editor: import('./editRun').EditRun }} result */
export function describe({ model, editor }) {
  const row = (what, run) => ({
    '': what,
    captions: run.captions,
    'preview, ms': run.previewMs,
    'apply, ms': run.applyMs,
    'journal, ms': run.journalMs === 0 ? '' : run.journalMs,
    'save with fsync, ms': run.saveMs,
    'save, files/s': run.filesPerSecond,
    'undo, ms': run.undoMs,
    'save of the undo, ms': run.undoSaveMs,
    'files as before': run.identical ? 'all' : 'NOT ALL',
    'longest block of the loop, ms': run.longestBlockMs,
    'which was in': run.longestBlockIn,
  });
  return table([row('model alone', model), row('editor, as seen', editor)]);
}
