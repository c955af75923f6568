import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { listSnapshots } from '../../src/snapshots/store/snapshotFiles';
import { textsOf } from '../unit/snapshots/datasetOfTest';
import { until } from './DatasetView';
import { unsavedSettings } from './unsavedWorkbench';
import { useWorkbench } from './useWorkbench';

const alps = '5_scenery/alps.jpg';

describe('snapshots where nothing is saved by itself, in the real workbench', function () {
  this.timeout(240_000);
  const suite = useWorkbench({ workspaceSettings: unsavedSettings });

  it('have what was typed and is not saved yet, and are compared with what is typed now', async () => {
    const view = await suite.open();
    const { workbench, frame } = view;
    const { page } = workbench;
    const old = (await readFile(path.join(suite.dataset, '5_scenery/alps.txt'), 'utf8')).trim();
    await view.type(alps, ', unsaved');
    await view.saveState(alps, 'Unsaved');
    await workbench.runCommand('Dataset Captions: Create Snapshot…');
    await page.locator('.quick-input-widget .quick-input-title').waitFor();
    await page.keyboard.type('typed');
    await page.keyboard.press('Enter');
    const snapshot = await until('the snapshot', async () => (await listSnapshots(suite.dataset)).snapshots[0]);
    assert.equal((await textsOf(suite.dataset, snapshot))[alps]?.trim(), `${old}, unsaved`);
    assert.equal((await readFile(path.join(suite.dataset, '5_scenery/alps.txt'), 'utf8')).trim(), old);

    const compare = async (): Promise<void> => {
      await workbench.runCommand('Dataset Captions: Compare Snapshot with Now');
      const rows = page.locator('.quick-input-widget .monaco-list-row');
      await rows.filter({ hasText: 'typed' }).first().click();
    };
    const dialog = frame.getByRole('dialog', { name: 'Compare Captions' });
    await compare();
    await dialog.getByText('No caption differs.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await view.type(alps, ', more');
    await compare();
    const row = dialog.getByRole('option', { name: /alps\.jpg\. added: more$/ });
    await row.waitFor();
    await dialog.getByRole('button', { name: 'Open as Text' }).click();
    await page.locator('.view-line').filter({ hasText: '+ more' }).waitFor();
    await workbench.screenshot('comparison as text');
  });
});
