// A bulk edit in the real editor, timed at what a user sees: the preview, the dialog that closes, the words in the toolbar.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundled } from './bundled.mjs';
import { allImages, inEditor } from './inEditor.mjs';

/** Nothing is saved but by a key, so that each step is timed alone. */
const settings = { 'datasetCaptions.autoSaveDelay': 0, 'files.autoSave': 'off' };

/**
 * @param {string} root of the checkout
 * @param {number} count of captions
 * @returns {Promise<import('./editRun').EditRun>} the times of the page included; the edit in the model and its journal are one
 */
export async function editInEditor(root, count) {
  const { makeDataset, hashOfCaptions } = await bundled('bench/editRun.ts');
  const folder = await mkdtemp(path.join(tmpdir(), 'dataset-captions-bench-'));
  try {
    await makeDataset(folder, count);
    const before = await hashOfCaptions(folder);
    return await inEditor({ root, folder, settings }, async ({ workbench, frame, report }) => {
      const { keyboard } = workbench.page;
      const all = count.toLocaleString('en');
      const timeout = 120_000;
      const timed = async (act, seen) => {
        const begun = Date.now();
        await act();
        await seen();
        return Date.now() - begun;
      };
      const summary = (text) => frame.locator('.summary').filter({ hasText: text }).waitFor({ timeout });
      await allImages(frame, count);
      await summary('all saved');
      await frame.locator('image-card[data-index="0"]').focus();
      await keyboard.press('Control+h');
      const dialog = frame.getByRole('dialog', { name: 'Edit Captions' });
      const tags = dialog.getByRole('textbox', { name: 'Tags' });
      const apply = dialog.getByRole('button', { name: `Apply to ${all} Captions` });
      await tags.fill('trigger');
      await apply.waitFor({ timeout });
      const previewMs = await timed(
        () => tags.fill('trigger word'),
        () =>
          dialog
            .getByRole('option')
            .filter({ hasText: /trigger word/ })
            .first()
            .waitFor({ timeout }),
      );
      const applyMs = await timed(
        () => apply.click(),
        () => summary(`${all} unsaved`),
      );
      await frame.locator('image-card[data-index="0"]').focus();
      const saveMs = await timed(
        () => keyboard.press('Control+s'),
        () => summary('all saved'),
      );
      const undoMs = await timed(
        () => keyboard.press('Control+z'),
        () => summary(/unsaved|saving/),
      );
      const undoSaveMs = await timed(
        () => keyboard.press('Control+s'),
        () => summary('all saved'),
      );
      const { longestBlockMs } = await report();
      return {
        captions: count,
        previewMs,
        applyMs,
        journalMs: 0,
        saveMs,
        filesPerSecond: (count * 1000) / saveMs,
        undoMs,
        undoSaveMs,
        identical: (await hashOfCaptions(folder)) === before,
        longestBlockMs,
        longestBlockIn: 'all of it',
      };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
