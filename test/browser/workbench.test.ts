import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Workbench } from './Workbench';

describe('the product in the real workbench', () => {
  let scratch: string;
  let workbench: Workbench | undefined;

  beforeEach(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'dataset-captions-workbench-'));
    await cp('test/fixtures/sample-dataset', path.join(scratch, 'dataset'), { recursive: true });
  });

  afterEach(async function () {
    await workbench?.disposeAfter(this.currentTest);
    workbench = undefined;
    await rm(scratch, { recursive: true, force: true });
  });

  it('opens a folder as a dataset from the Explorer, and again after a reload', async () => {
    workbench = await Workbench.open({ folder: scratch, viewport: { width: 1600, height: 1000 } });
    await workbench.explorerContextMenu('dataset', 'Open as Dataset');
    const card = workbench.webview().getByText('5_scenery/alps.jpg').first();
    await card.waitFor();
    await workbench.screenshot('dataset');

    await workbench.reload();
    await card.waitFor();
    assert.match(await workbench.extensionHostLog(), /dataset-captions\.dataset-captions/);
  });

  it('runs commands of the palette and follows the color theme', async () => {
    workbench = await Workbench.open({ folder: scratch, colorTheme: 'Dark Modern' });
    await workbench.explorerContextMenu('dataset', 'Open as Dataset');
    const body = workbench.webview().locator('body');
    await body.locator('xpath=self::*[contains(@class, "vscode-dark")]').waitFor({ state: 'attached' });
    await workbench.setColorTheme('Light Modern');
    await body.locator('xpath=self::*[contains(@class, "vscode-light")]').waitFor({ state: 'attached' });

    await workbench.runCommand('Dataset Captions: Search Captions');
    const search = workbench.webview().getByPlaceholder('Search captions and file names').first();
    await search.pressSequentially('mountains');
    await workbench.webview().getByText('5_scenery/sunset.png').waitFor({ state: 'detached' });
    await workbench.webview().getByText('5_scenery/alps.jpg').first().waitFor();
  });

  it('ends in the opened folder when npm start opens the window', async () => {
    const folder = path.join(scratch, 'dataset');
    workbench = await Workbench.open({ folder, extensions: [path.resolve('scripts/start-helper')] });
    await workbench.webview().getByText('5_scenery/alps.jpg').first().waitFor();
  });
});
