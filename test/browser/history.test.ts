import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { assertAccessible } from './assertAccessible';
import { captions, readText } from './datasetFiles';
import { until, type DatasetView } from './DatasetView';
import { useWorkbench } from './useWorkbench';

const alps = '5_scenery/alps.jpg';
const themes = ['Dark Modern', 'Light Modern', 'Default High Contrast'];

describe('The history of captions in the real workbench', function () {
  this.timeout(240_000);
  const suite = useWorkbench();

  const line = (view: DatasetView, name: RegExp): Locator => view.workbench.page.getByRole('treeitem', { name });
  const option = (view: DatasetView, name: RegExp): Locator =>
    view.workbench.page.locator('.quick-input-widget').getByRole('option', { name });
  const snapshots = async (): Promise<string[]> => {
    const names = await readdir(path.join(suite.dataset, '.dataset-captions/snapshots')).catch(() => []);
    return names.filter((name) => name.endsWith('.snapshot'));
  };

  /** Adds a tag to all captions, by the keyboard alone. */
  async function addTag(view: DatasetView, tag: string): Promise<void> {
    const { keyboard } = view.workbench.page;
    await view.card(alps).focus();
    await keyboard.press('Control+h');
    const dialog = view.frame.getByRole('dialog', { name: 'Edit Captions' });
    await dialog.getByRole('textbox', { name: 'Tags' }).fill(tag);
    await dialog.getByRole('listbox', { name: 'Captions that change' }).getByRole('option').first().waitFor();
    await dialog.getByRole('button', { name: /^Apply to/ }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await until(`all captions with ${tag}`, async () =>
      Object.values(await captions(suite.dataset)).every((text) => text.includes(tag)),
    );
  }

  /** The box for the name comes after another one, which looks alike, and goes once the name was found to be possible. */
  async function giveName({ workbench: { page } }: DatasetView, name: string): Promise<void> {
    const title = page.locator('.quick-input-widget .quick-input-title').getByText('Name of the snapshot');
    await title.waitFor();
    await page.locator('.quick-input-widget input').fill(name);
    await page.keyboard.press('Enter');
    await title.waitFor({ state: 'hidden' });
  }

  it('has a snapshot before a bulk edit, which the preview shows and restores as one edit', async () => {
    const before = await captions(suite.dataset);
    const view = await suite.open();
    const { workbench, frame } = view;
    const { page } = workbench;
    assert.deepEqual(await snapshots(), []);
    await addTag(view, 'of one edit');
    await until('a snapshot', async () => (await snapshots()).length === 1);
    await workbench.runCommand('Dataset Captions: Dataset History');
    await line(view, /^Add Tags/).waitFor();
    await workbench.screenshot('history-view');

    const dialog = frame.getByRole('dialog', { name: 'Edit Captions' });
    const rows = dialog.getByRole('listbox', { name: 'Captions that change' }).getByRole('option');
    const openPreview = async (): Promise<void> => {
      await view.card(alps).focus();
      await workbench.runCommand('Dataset Captions: Restore Snapshot…');
      await option(view, /^Before Add Tags/).click();
      await rows.filter({ hasText: 'of one edit' }).first().waitFor();
    };
    const themeAtFirst = (await frame.locator('body').getAttribute('data-vscode-theme-id')) ?? '';
    const size = page.viewportSize() ?? { width: 1280, height: 800 };
    for (const theme of themes) {
      await workbench.setColorTheme(theme);
      await openPreview();
      await assertAccessible(view);
      await workbench.screenshot(`history-restore-${theme}`);
      await dialog.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    await workbench.setColorTheme(themeAtFirst);
    await line(view, /^Add Tags/).hover();
    await line(view, /^Add Tags/)
      .getByRole('button', { name: 'Restore Snapshot…' })
      .click();
    await rows.filter({ hasText: 'of one edit' }).first().waitFor();
    await page.setViewportSize({ width: 420, height: 800 });
    await workbench.screenshot('history-restore-420');
    await page.setViewportSize(size);
    await dialog.getByRole('button', { name: /^Apply to/ }).press('Enter');
    await until(
      'the captions of before',
      async () => JSON.stringify(await captions(suite.dataset)) === JSON.stringify(before),
    );
    await view.card(alps).focus();
    await page.keyboard.press('Control+z');
    await until('the edit again', async () =>
      Object.values(await captions(suite.dataset)).every((text) => text.includes('of one edit')),
    );
  });

  it('lists what a caption held, compares it in VS Code’s editor of differences and restores it, by the keyboard', async () => {
    const file = path.join(suite.dataset, '5_scenery/alps.txt');
    const before = (await readText(file)) ?? '';
    const view = await suite.open();
    const { workbench } = view;
    const { page } = workbench;
    await addTag(view, 'later');
    await until('a snapshot', async () => (await snapshots()).length === 1);
    const openHistory = async (): Promise<void> => {
      await view.card(alps).focus();
      await workbench.runCommand('Dataset Captions: History of This Caption…');
      await option(view, /^Now/).waitFor();
    };
    await openHistory();
    await workbench.screenshot('history-caption');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await option(view, /^Compare with Now/).waitFor();
    await page.keyboard.press('Enter');
    const differences = page.locator('.monaco-diff-editor');
    await differences.waitFor();
    await until('the tag that came', async () => (await differences.innerText()).includes('later'));
    await workbench.screenshot('history-compare');
    await workbench.runCommand('View: Close Editor');

    await openHistory();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await option(view, /^Restore This Caption/).waitFor();
    await option(view, /^Restore This Caption/).click();
    await until('the caption of before', async () => (await readText(file)) === before);
    await view.card(alps).focus();
    await page.keyboard.press('Control+z');
    await until('the caption again', async () => (await readText(file))?.includes('later') === true);
  });

  it('makes, names, compares and deletes snapshots', async () => {
    const view = await suite.open();
    const { workbench } = view;
    const { page } = workbench;
    await workbench.runCommand('Dataset Captions: Create Snapshot…');
    await giveName(view, 'mine');
    await workbench.notification(/^Snapshot made: 3 captions of 8 images/);
    await writeFile(path.join(suite.dataset, '5_scenery/alps.txt'), 'other, words');
    await until('the other caption', async () => (await view.caption(alps).inputValue()) === 'other, words');
    await view.card(alps).focus();
    await workbench.runCommand('Dataset Captions: Compare Snapshots…');
    await option(view, /^mine/).click();
    await option(view, /^Now/).click();
    const comparison = view.frame.getByRole('dialog', { name: 'Compare Captions' });
    await comparison.getByText('1 image with another caption').waitFor();
    await comparison.getByRole('option', { name: /alps\.jpg\. removed: .+\. added: other, words$/ }).waitFor();
    await workbench.screenshot('history-comparison');
    await page.keyboard.press('Escape');
    await comparison.waitFor({ state: 'hidden' });
    await view.card(alps).focus();
    await workbench.runCommand('Dataset Captions: Rename Snapshot…');
    await option(view, /^mine/).click();
    await giveName(view, 'ours');
    await workbench.runCommand('Dataset Captions: Dataset History');
    await line(view, /^ours/).waitFor();
    await view.card(alps).focus();
    await workbench.runCommand('Dataset Captions: Delete Snapshot…');
    await option(view, /^ours/).click();
    await workbench.dialogButton('Delete');
    await until('no snapshot', async () => (await snapshots()).length === 0);
    await line(view, /^ours/).waitFor({ state: 'detached' });
  });
});
