import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { RecordHistory } from '../../src/records/RecordHistory';
import { assertAccessible } from './assertAccessible';
import { captions, fingerprint, processesOf } from './datasetFiles';
import { type DatasetView, until } from './DatasetView';
import { useWorkbench } from './useWorkbench';

const alps = '5_scenery/alps';
const sunset = '5_scenery/sunset';

describe('the question before captions are changed, and the preview, in the real workbench', () => {
  const suite = useWorkbench();

  const buttons = async (view: DatasetView): Promise<string[]> => {
    const all = await view.workbench.page.locator('.monaco-dialog-box .dialog-buttons [role=button]').allInnerTexts();
    // Each platform has them in its own order.
    return all.map((text) => text.trim()).sort();
  };

  async function question(view: DatasetView, says: string | RegExp): Promise<void> {
    await view.workbench.page.locator('.monaco-dialog-box', { hasText: says }).waitFor();
  }

  const previewIn = (view: DatasetView): Locator => view.frame.getByRole('dialog', { name: /^Preview of/ });
  const heading = async (view: DatasetView): Promise<string> =>
    (await previewIn(view).getByRole('heading').textContent())?.trim() ?? '';

  /** The bytes of all files, and which they are. */
  async function bytes(): Promise<string> {
    const prints = Object.entries(await fingerprint(suite.dataset));
    return prints.map(([name, print]) => `${name} ${print.split(' ')[0] ?? ''}`).join('\n');
  }

  it('shows what a job would do before it is done, and does what is ticked as one edit by the tagger', async () => {
    const view = await suite.open();
    const { workbench, frame } = view;
    const before = await captions(suite.dataset);
    const bytesBefore = await bytes();
    await workbench.runCommand('Dataset Captions: Caption All');
    // Nothing is recorded of these captions.
    await question(view, 'what is there counts as yours, and tags are only added');
    assert.deepEqual(await buttons(view), ['Cancel', 'Caption All', 'Preview…', 'Replace Instead']);
    await workbench.screenshot('update-question');
    await workbench.dialogButton('Preview…');
    const dialog = previewIn(view);
    await dialog.waitFor();
    const rows = dialog.getByRole('listbox', { name: 'Captions that change' }).getByRole('option');
    await rows.first().waitFor();
    const images = (await fingerprintedImages()).length;
    await until('the totals', async () => (await heading(view)).endsWith(`in ${String(images)} captions`));
    const [, adds = '', keeps = ''] = /: adds (\d+), removes 0, keeps (\d+) tags/.exec(await heading(view)) ?? [];
    assert.ok(Number(adds) > 0 && Number(keeps) > 0, await heading(view));
    await workbench.screenshot('caption-preview');
    assert.equal(await bytes(), bytesBefore, 'nothing was written');
    assert.ok(!existsSync(path.join(suite.dataset, '.dataset-captions')));
    // Its tagger is gone; that of a job may stay for a while.
    await until('no tagger', async () => (await processesOf('/dist/tagger.js')).length <= thumbnailers);

    const { page } = workbench;
    const size = page.viewportSize() ?? { width: 1280, height: 800 };
    await page.setViewportSize({ width: 420, height: 800 });
    await workbench.screenshot('caption-preview-420');
    await page.setViewportSize(size);

    // The keyboard is in the list.
    const names = await rows.allInnerTexts();
    for (let row = names.findIndex((name) => name.includes(alps)); row > 0; row--)
      await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await until('fewer captions', async () => (await heading(view)).endsWith(`in ${String(images - 1)} captions`));
    await dialog.getByRole('button', { name: `Apply to ${String(images - 1)} Captions` }).waitFor();
    await page.keyboard.press('Control+Enter');
    await dialog.waitFor({ state: 'detached' });
    await until('the captions on disk', async () => Object.keys(await captions(suite.dataset)).length === images);
    const after = await captions(suite.dataset);
    assert.equal(after[`${alps}.txt`], before[`${alps}.txt`], 'what was not ticked is as it was');
    for (const [name, text] of Object.entries(before)) assert.ok(after[name]?.startsWith(text.trimEnd()), name);
    const authors = async (): Promise<string[]> =>
      (await RecordHistory.read(suite.dataset))
        .entriesOf(`${sunset}.txt`)
        .map(({ author: { by, name = '', thresholds = [] } }) => `${by} ${name} ${String(thresholds.length)}`);
    await until('the record', async () => (await authors()).length > 0);
    assert.deepEqual(await authors(), ['tagger Palette 1']);
    const { parts } = (await RecordHistory.read(suite.dataset)).originsOf(
      `${sunset}.txt`,
      (after[`${sunset}.txt`] ?? '').trim(),
    );
    assert.ok(parts.every(({ by, score }) => by === 'tagger' && score !== undefined));

    await view.card(`${alps}.jpg`).focus();
    await workbench.page.keyboard.press('Control+z');
    await until('the old bytes', async () => JSON.stringify(await captions(suite.dataset)) === JSON.stringify(before));

    // A dialog for edits is the user's again.
    await view.card(`${alps}.jpg`).focus();
    await workbench.page.keyboard.press('Control+h');
    await frame.getByRole('dialog', { name: 'Edit Captions' }).getByRole('textbox', { name: 'Tags' }).waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  /** A process makes the pictures of the cards, another one those that may crash it. */
  const thumbnailers = 2;

  async function fingerprintedImages(): Promise<string[]> {
    return Object.keys(await fingerprint(suite.dataset)).filter((name) => /\.(jpg|png|webp)$/.test(name));
  }

  it('can be read in every theme, and leaves nothing behind when it is closed', async () => {
    const view = await suite.open();
    const { workbench } = view;
    const bytesBefore = await bytes();
    const themeAtFirst = (await view.frame.locator('body').getAttribute('data-vscode-theme-id')) ?? '';
    for (const theme of ['Dark Modern', 'Light Modern', 'Default High Contrast', themeAtFirst]) {
      await workbench.setColorTheme(theme);
      await workbench.runCommand('Dataset Captions: Caption All');
      await workbench.dialogButton('Preview…');
      const dialog = previewIn(view);
      await dialog.getByRole('option').first().waitFor();
      await assertAccessible(view);
      await workbench.screenshot(`caption-preview-${theme}`);
      await dialog.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    assert.equal(await bytes(), bytesBefore);
    assert.ok(!existsSync(path.join(suite.dataset, '.dataset-captions')));
  });

  it('proposes to update what is there, and replaces it for one job where the user says so', async () => {
    const view = await suite.open();
    const { workbench } = view;
    const file = `${sunset}.txt`;
    const text = async (): Promise<string> => (await captions(suite.dataset))[file] ?? '';
    await view.press(/^Caption Empty/);
    await view.jobDone('Caption Empty');
    const written = await text();
    await view.type(`${sunset}.png`, ', mine');
    await until('the tag', async () => (await text()) === `${written}, mine`);

    await workbench.runCommand('Dataset Captions: Caption All');
    await question(view, /captions will be updated: what you wrote or deleted stays so\./);
    await workbench.dialogButton('Caption All');
    await view.jobDone('Caption All');
    assert.equal(await text(), `${written}, mine`);
    await view.frame.getByRole('region', { name: 'Jobs' }).waitFor({ state: 'detached', timeout: 10_000 });

    // One image: the same, without a preview.
    await view
      .card(`${sunset}.png`)
      .getByRole('button', { name: `Caption ${sunset}.png`, exact: true })
      .click();
    await question(view, 'Update the caption of this image? What you wrote or deleted stays so.');
    assert.deepEqual(await buttons(view), ['Cancel', 'Replace Instead', 'Update Caption']);
    await workbench.screenshot('update-question-one');
    await workbench.dialogButton('Replace Instead');
    await until('the tagger’s caption', async () => (await text()) === written);

    // It held for that job only.
    await workbench.runCommand('Dataset Captions: Caption All');
    await question(view, /captions will be updated/);
    await workbench.dialogButton('Cancel');
  });
});
