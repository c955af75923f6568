import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from './DatasetView';
import { readText } from './datasetFiles';
import { unsavedSettings } from './unsavedWorkbench';
import { useWorkbench } from './useWorkbench';

const alps = '5_scenery/alps.jpg';

describe('a caption that is open in a text editor too, in the real workbench', () => {
  const suite = useWorkbench({ workspaceSettings: unsavedSettings });

  it('shows what was typed there, saves through the editor, and makes a conflict of what was typed in both', async () => {
    const file = path.join(suite.dataset, '5_scenery/alps.txt');
    await writeFile(file, '\uFEFFmountains, snow\r\n');
    const view = await suite.open();
    const bench = view.workbench;
    const { page } = bench;
    const { keyboard } = page;
    const tab = (name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) });
    const onDisk = async (): Promise<string> => Buffer.from((await readText(file)) ?? '', 'latin1').toString();
    const typeInEditor = async (text: string): Promise<void> => {
      await keyboard.press('Control+p');
      await page.locator('.quick-input-widget input[type="text"]').first().fill(`${suite.name}/5_scenery/alps.txt`);
      await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'alps.txt' }).first().click();
      const lines = page.locator('.editor-instance .view-lines').first();
      await lines.waitFor();
      await lines.click();
      await keyboard.press('Control+Home');
      await keyboard.press('End');
      await keyboard.type(text, { delay: 10 });
    };
    const backToDataset = async (): Promise<void> => {
      await tab(suite.name).click();
      await view.ready();
    };

    await typeInEditor(', EDITOR');
    await backToDataset();
    await until(
      'the text of the editor in the card',
      async () => (await view.caption(alps).inputValue()) === 'mountains, snow, EDITOR',
    );
    await view.card(alps).getByText('A text editor has this text').waitFor();
    await bench.screenshot('open-in-editor');
    await view.type(alps, ', CARD');
    await view.saveState(alps, 'Unsaved');
    assert.equal(await onDisk(), '\uFEFFmountains, snow\r\n');
    await keyboard.press('Control+s');
    await until('both texts on disk', async () => (await onDisk()) === '\uFEFFmountains, snow, EDITOR, CARD\r\n');
    await view.saveState(alps, 'Saved');
    await until('the text editor clean', async () => (await page.locator('.tab.dirty').count()) === 0);

    await view.type(alps, ', mine');
    await view.saveState(alps, 'Unsaved');
    await typeInEditor(', theirs');
    await backToDataset();
    await view.saveState(alps, 'Conflict');
    await keyboard.press('Control+s');
    assert.equal(await onDisk(), '\uFEFFmountains, snow, EDITOR, CARD\r\n', 'neither overwrites the other');
    await view
      .card(alps)
      .getByRole('button', { name: /Keep both/ })
      .click();
    await view.caption(alps).click();
    await keyboard.press('Control+s');
    await until('both texts on disk', async () => /, mine, theirs|, theirs.*, mine/.test(await onDisk()));
    await until('nothing unsaved', async () => (await page.locator('.tab.dirty').count()) === 0);
    assert.equal(await page.locator('.monaco-dialog-box').count(), 0);
    assert.equal(
      await page
        .locator('.notification-toast')
        .filter({ hasText: /newer|overwrite|save/i })
        .count(),
      0,
    );
  });
});
