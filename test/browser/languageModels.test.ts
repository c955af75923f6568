import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ByKeys } from './ByKeys';
import { captions } from './datasetFiles';
import { until, type DatasetView } from './DatasetView';
import { useWorkbench } from './useWorkbench';

const prose = 'A quiet harbour, seen from a hill.';
const image = '5_scenery/acanthus.jpg';

describe('models of VS Code in the real workbench', () => {
  const suite = useWorkbench(() => ({
    extensions: [path.resolve('test/fixtures/model-provider')],
    settings: { 'chat.disableAIFeatures': false, 'datasetCaptions.autoSaveDelay': 200 },
  }));

  /** Selects a model and captions one image with it. */
  async function captionWith(view: DatasetView, keys: ByKeys, model: string): Promise<void> {
    await keys.run('Dataset Captions: Select Captioner');
    await keys.shows('WD14 taggers');
    await keys.choose(model);
    await view.frame.getByRole('button', { name: `Captioner: ${model}` }).waitFor();
    await view.card(image).getByRole('button', { name: 'Caption' }).click();
  }

  it('caption an image, by hand and after a look at the answer, as an edit that undo takes back', async () => {
    const before = await captions(suite.dataset);
    const view = await suite.open();
    const { workbench } = view;
    const keys = new ByKeys(workbench);
    await keys.run('Dataset Captions: Select Captioner');
    await keys.shows('WD14 taggers');
    await keys.type('stand-in');
    await keys.shows('Stand-in seer');
    await workbench.screenshot('models of VS Code');
    const rows = await workbench.page.locator('.quick-input-widget .monaco-list-row .label-name').allTextContents();
    assert.ok(!rows.some((row) => row.includes('blind')), 'one that says that it takes no pictures is not offered');
    await workbench.page.keyboard.press('Escape');

    await captionWith(view, keys, 'Stand-in seer');
    await until('the caption on the card', async () => (await view.caption(image).inputValue()) === prose);
    await until(
      'the caption in its file',
      async () => (await captions(suite.dataset))['5_scenery/acanthus.txt'] === prose,
    );
    await until('the record of who wrote it', async () => {
      const names = await readdir(suite.dataset, { recursive: true });
      const records = names.filter((name) => name.includes('records') && name.endsWith('.jsonl'));
      const texts = await Promise.all(records.map((name) => readFile(path.join(suite.dataset, name), 'utf8')));
      return texts.some((text) => text.includes('captioner') && text.includes('Stand-in seer'));
    });
    await view.card(image).click({ position: { x: 2, y: 2 } });
    await workbench.page.keyboard.press('Control+z');
    await until('no caption again', async () => {
      return JSON.stringify(await captions(suite.dataset)) === JSON.stringify(before);
    });
  });

  it('say in words what is wrong, and write nothing', async () => {
    const before = await captions(suite.dataset);
    const view = await suite.open();
    const { workbench } = view;
    const keys = new ByKeys(workbench);
    for (const [model, said] of [
      ['Stand-in refuser', /wrote no caption for 5_scenery\/acanthus\.jpg: The model refused/],
      ['Stand-in spent', /takes no more requests for now.*allowance/],
      ['Stand-in pretender', /takes no pictures/],
    ] as const) {
      await captionWith(view, keys, model);
      await workbench.notification(said);
      await workbench.runCommand('Notifications: Clear All Notifications');
    }
    assert.deepEqual(await captions(suite.dataset), before);
  });
});
