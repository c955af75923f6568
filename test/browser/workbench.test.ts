import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatasetView, until } from './DatasetView';
import { readText } from './datasetFiles';
import { useWorkbench } from './useWorkbench';

describe('the product in the real workbench', () => {
  const suite = useWorkbench();

  it('opens a folder as a dataset from the Explorer, and again after a reload', async () => {
    const workbench = await suite.window();
    await workbench.explorerContextMenu(suite.name, 'Open as Dataset');
    const card = workbench.webview().getByText('5_scenery/alps.jpg').first();
    await card.waitFor();
    await workbench.screenshot('dataset');
    const marks = await workbench.page.evaluate<string[]>(
      `performance.getEntriesByType('mark').map(({ name }) => name.replace('webview/webviewElement/', ''))`,
    );
    const [frame = -1, page = -1] = ['mounted', 'set-content'].map((name) => marks.indexOf(name));
    assert.ok(frame >= 0 && frame < page, 'VS Code loads the frame while the page is on its way');

    await workbench.reload();
    await card.waitFor();
    assert.match(await workbench.extensionHostLog(), /dataset-captions\.dataset-captions/);
  });

  it('shows what of a folder is no part of its dataset, and why', async () => {
    await mkdir(path.join(suite.dataset, 'folder.jpg'));
    await writeFile(path.join(suite.dataset, 'phone.heic'), '');
    const workbench = await suite.window();
    const view = await DatasetView.open(workbench, suite.name);
    await view.ready();
    await view.frame.getByRole('button', { name: '2 left out' }).click();
    const lines = workbench.page.locator('.view-line');
    await lines.filter({ hasText: /folder\.jpg:\sA\sfolder,\snot\san\simage\./ }).waitFor();
    await lines.filter({ hasText: /format:\s\.heic\s\(1\)/ }).waitFor();
  });

  it('runs commands of the palette and follows the color theme', async () => {
    const workbench = await suite.window();
    await workbench.setColorTheme('Dark Modern');
    await workbench.explorerContextMenu(suite.name, 'Open as Dataset');
    const body = workbench.webview().locator('body');
    await body.locator('xpath=self::*[contains(@class, "vscode-dark")]').waitFor({ state: 'attached' });
    await workbench.setColorTheme('Light Modern');
    await body.locator('xpath=self::*[contains(@class, "vscode-light")]').waitFor({ state: 'attached' });

    // No image has the focus yet: the user is asked which one.
    await new DatasetView(workbench).ready();
    const caption = path.join(suite.dataset, '5_scenery/sunset.txt');
    assert.equal(await readText(caption), undefined);
    const list = workbench.page.locator('.quick-input-list .monaco-list-row');
    await until('the list of images', async () => {
      // The editor may take the focus back from the palette so late that it closes the list.
      await workbench.runCommand('Dataset Captions: Caption Image');
      const shown = list.filter({ hasText: '5_scenery/alps.jpg' }).first().waitFor({ timeout: 3000 });
      return shown.then(() => true).catch(() => false);
    });
    const field = workbench.page.locator('.quick-input-widget input[type="text"]').first();
    await field.fill('sun moon');
    await list.filter({ hasText: 'No image has these words' }).waitFor();
    await field.fill('SUN scenery');
    await list.filter({ hasText: '5_scenery/sunset.png' }).waitFor();
    assert.equal(await list.count(), 1);
    await workbench.screenshot('pick-image');
    await list.filter({ hasText: '5_scenery/sunset.png' }).first().click();
    await until('the caption of the tagger', () => readText(caption));

    await workbench.runCommand('Dataset Captions: Search Captions');
    const search = workbench.webview().getByPlaceholder('Search captions and file names').first();
    await search.pressSequentially('mountains');
    await workbench.webview().getByText('5_scenery/sunset.png').waitFor({ state: 'detached' });
    await workbench.webview().getByText('5_scenery/alps.jpg').first().waitFor();
  });
});

describe('the window that npm start opens', () => {
  const suite = useWorkbench(() => ({ folder: suite.dataset, extensions: [path.resolve('scripts/start-helper')] }));

  it('ends in the opened folder', async () => {
    const workbench = await suite.window();
    await workbench.webview().getByText('5_scenery/alps.jpg').first().waitFor();
  });
});
