import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { answer, HubServer } from '../unit/hubServer';
import { hubEnvironment, publish, smallModel, type SmallModel } from '../unit/smallModel';
import { writeTinyModel } from '../unit/writeTinyModel';
import { captions, makeScratch } from './datasetFiles';
import { DatasetView, until } from './DatasetView';
import { Workbench } from './Workbench';

const moat = 'wd-v1-4-moat-tagger-v2';
const convnext = 'wd-convnext-tagger-v3';

describe('taggers in the real workbench', () => {
  let scratch: string;
  let hub: HubServer;
  let workbench: Workbench | undefined;
  const commits = new Map<string, string>();

  beforeEach(async () => {
    scratch = await makeScratch();
    await mkdir(path.join(scratch, 'home'));
    hub = new HubServer();
    await hub.start();
    const models = [published(moat), published(convnext)];
    for (const model of models) {
      publish(hub, model);
      commits.set(model.entry.id, model.entry.commit);
    }
    await writeFile(path.join(scratch, 'catalogue.json'), JSON.stringify(models.map(({ entry }) => entry)));
  });

  afterEach(async function () {
    await workbench?.disposeAfter(this.currentTest);
    workbench = undefined;
    await hub.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  /** A model that works, under the name of a published one: its tags are the channels of the picture. */
  function published(id: string): SmallModel {
    const folder = path.join(scratch, 'published', id);
    writeTinyModel(folder, { inputName: 'input', inputShape: ['n', 448, 448, 3], outputName: 'output' });
    const [model, tags] = ['model.onnx', 'selected_tags.csv'].map((file) => readFileSync(path.join(folder, file)));
    return smallModel(id, 0, model, tags);
  }

  async function open(settings: Record<string, unknown> = {}): Promise<DatasetView> {
    const env = hubEnvironment(scratch, hub);
    workbench = await Workbench.open({ folder: scratch, settings, env });
    return DatasetView.open(workbench, 'dataset');
  }

  it('downloads the taggers that are selected with the keyboard, captions with both and says what they run on', async () => {
    const view = await open({ 'datasetCaptions.generalThreshold': 0.1 });
    const { page } = workbench!;
    await workbench!.runCommand('Dataset Captions: Select Tagger');
    const picker = page.locator('.quick-input-widget');
    await picker.getByText('WD14 taggers').waitFor();
    await workbench!.screenshot('select tagger');
    for (const text of ['Palette', moat, convnext, `${moat} + ${convnext}`]) {
      await picker.locator('.label-name', { hasText: text }).first().waitFor();
    }
    await page.keyboard.type(`${moat} + `);
    await picker
      .locator('.label-name', { hasText: `${moat} + ${convnext}` })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await view.frame.getByRole('button', { name: `Tagger: ${moat} + ${convnext}` }).waitFor();
    assert.deepEqual(
      hub.storage.gets.map(({ path: file }) => file.replace(/\?.*/, '').split('/').slice(-4).join('/')),
      [moat, convnext].map((id) => `${id}/resolve/${commits.get(id)}/model.onnx`),
    );

    await view.press(/^Caption Empty/);
    await view.jobDone('Caption Empty');
    for (const id of [moat, convnext]) await view.frame.getByText(`${id} runs on CPU`).first().waitFor();
    await workbench!.screenshot('job of two taggers');
    const item = await workbench!.statusBarItem(/Caption Empty/);
    assert.match((await item.getAttribute('aria-label')) ?? '', /Completed/);
    const texts = Object.values(await captions(path.join(scratch, 'dataset')));
    assert.ok(
      texts.some((text) => /\b(first|second|third)\b/.test(text)),
      texts.join('\n'),
    );
    await workbench!.runCommand('Dataset Captions: Delete Downloaded Tagger');
    await picker.locator('.label-name', { hasText: moat }).first().waitFor();
    await page.keyboard.press('Enter');
    await workbench!.dialogButton('Delete');
    await until('the model is gone', async () => {
      await workbench!.runCommand('Dataset Captions: Select Tagger');
      // It closes at once when the focus comes back from the dialog only then.
      const shown = await picker
        .getByText('WD14 taggers')
        .first()
        .waitFor({ timeout: 3000 })
        .then(
          () => true,
          () => false,
        );
      if (!shown) return undefined;
      const rows = await picker.locator('.monaco-list-row').allTextContents();
      await page.keyboard.press('Escape');
      return rows.some((row) => row.includes(moat) && row.includes('downloads')) ? true : undefined;
    });
  });

  it('says in the job why a tagger cannot be had, and writes nothing', async () => {
    const before = await captions(path.join(scratch, 'dataset'));
    const view = await open({ 'datasetCaptions.taggers': [moat] });
    hub.nextOnHub(answer(403), answer(403));
    await view.press(/^Caption Empty/);
    await view.frame
      .getByText(/cannot be used.*(refused|licen|permission|token)/i)
      .first()
      .waitFor();
    await workbench!.screenshot('tagger cannot be had');
    assert.deepEqual(await captions(path.join(scratch, 'dataset')), before);
  });

  it('uses a tagger of an extra folder', async () => {
    const folder = path.join(scratch, 'my-models', 'my-tagger');
    writeTinyModel(folder, { inputName: 'input_1:0', inputShape: [1, 448, 448, 3], outputName: 'predictions_sigmoid' });
    const view = await open({
      'datasetCaptions.modelFolders': [path.join(scratch, 'my-models')],
      'datasetCaptions.generalThreshold': 0.1,
    });
    await view.frame.getByRole('button', { name: 'Tagger: Palette' }).click();
    const picker = workbench!.page.locator('.quick-input-widget');
    await picker.locator('.label-name').getByText('my-tagger', { exact: true }).first().click();
    await view.frame.getByRole('button', { name: 'Tagger: my-tagger' }).waitFor();
    await view.press(/^Caption Empty/);
    await view.jobDone('Caption Empty');
    await view.frame.getByText('my-tagger runs on CPU').first().waitFor();
  });
});
