import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { answer, HubServer } from '../unit/tagger/models/hubServer';
import { hubEnvironment, publish, smallModel, type SmallModel } from '../unit/tagger/models/smallModel';
import { writeTinyModel } from '../unit/shared/writeTinyModel';
import { captions } from './datasetFiles';
import { until } from './DatasetView';
import { type SuiteWorkbench, type SuiteWorkbenchOptions, useWorkbench } from './useWorkbench';

const moat = 'wd-v1-4-moat-tagger-v2';
const convnext = 'wd-convnext-tagger-v3';

/** A hub with two models, for the window of a suite. */
class SmallHub {
  readonly server = new HubServer();
  /** of each model, by its name */
  readonly commits = new Map<string, string>();

  async start(scratch: string): Promise<void> {
    await mkdir(path.join(scratch, 'home'));
    await this.server.start();
    const models = [moat, convnext].map((id) => published(scratch, id));
    for (const model of models) {
      publish(this.server, model);
      this.commits.set(model.entry.id, model.entry.commit);
    }
    await writeFile(path.join(scratch, 'catalogue.json'), JSON.stringify(models.map(({ entry }) => entry)));
  }
}

/** A model that works, under the name of a published one: its tags are the channels of the picture. */
function published(scratch: string, id: string): SmallModel {
  const folder = path.join(scratch, 'published', id);
  writeTinyModel(folder, { inputName: 'input', inputShape: ['n', 448, 448, 3], outputName: 'output' });
  const [model, tags] = ['model.onnx', 'selected_tags.csv'].map((file) => readFileSync(path.join(folder, file)));
  return smallModel(id, 0, model, tags);
}

/** A window whose hub is a small one. */
function useHubWorkbench(options: (scratch: string) => SuiteWorkbenchOptions): {
  suite: SuiteWorkbench;
  hub: SmallHub;
} {
  const hub = new SmallHub();
  const suite = useWorkbench(() => ({ env: hubEnvironment(suite.scratch, hub.server), ...options(suite.scratch) }));
  before(() => hub.start(suite.scratch));
  after(() => hub.server.stop());
  return { suite, hub };
}

describe('taggers in the real workbench', () => {
  const { suite, hub } = useHubWorkbench((scratch) => ({
    settings: {
      'datasetCaptions.generalThreshold': 0.1,
      'datasetCaptions.modelFolders': [path.join(scratch, 'my-models')],
    },
  }));

  it('uses a tagger of an extra folder', async () => {
    const folder = path.join(suite.scratch, 'my-models', 'my-tagger');
    writeTinyModel(folder, { inputName: 'input_1:0', inputShape: [1, 448, 448, 3], outputName: 'predictions_sigmoid' });
    const view = await suite.open();
    const { page } = view.workbench;
    await view.frame.getByRole('button', { name: 'Tagger: Palette' }).click();
    const picker = page.locator('.quick-input-widget');
    await picker.locator('.label-name').getByText('my-tagger', { exact: true }).first().click();
    await view.frame.getByRole('button', { name: 'Tagger: my-tagger' }).waitFor();
    await view.press(/^Caption Empty/);
    await view.jobDone('Caption Empty');
    await view.frame.getByText('my-tagger runs on CPU').first().waitFor();
  });

  it('downloads the taggers that are selected with the keyboard, captions with both and says what they run on', async () => {
    const gotBefore = hub.server.storage.gets.length;
    const view = await suite.open();
    const { workbench } = view;
    const { page } = workbench;
    await workbench.runCommand('Dataset Captions: Select Captioner');
    const picker = page.locator('.quick-input-widget');
    await picker.getByText('WD14 taggers').first().waitFor();
    await workbench.screenshot('select captioner');
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
      hub.server.storage.gets
        .slice(gotBefore)
        .map(({ path: file }) => file.replace(/\?.*/, '').split('/').slice(-4).join('/')),
      [moat, convnext].map((id) => `${id}/resolve/${hub.commits.get(id)}/model.onnx`),
    );

    await view.press(/^Caption Empty/);
    await view.jobDone('Caption Empty');
    for (const id of [moat, convnext]) await view.frame.getByText(`${id} runs on CPU`).first().waitFor();
    await workbench.screenshot('job of two taggers');
    const item = await workbench.statusBarItem(/Caption Empty/);
    assert.match((await item.getAttribute('aria-label')) ?? '', /Completed/);
    const texts = Object.values(await captions(suite.dataset));
    assert.ok(
      texts.some((text) => /\b(first|second|third)\b/.test(text)),
      texts.join('\n'),
    );
    await workbench.runCommand('Dataset Captions: Delete Downloaded Tagger');
    await picker.locator('.label-name', { hasText: moat }).first().waitFor();
    await page.keyboard.press('Enter');
    await workbench.dialogButton('Delete');
    await until('the model is gone', async () => {
      await workbench.runCommand('Dataset Captions: Select Captioner');
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
});

/** A server that has nothing to say yet. */
function noAnswer(): void {
  // Its connection stays open.
}

describe('a tagger that cannot be had, in the real workbench', () => {
  const { suite, hub } = useHubWorkbench(() => ({ settings: { 'datasetCaptions.taggers': [moat] } }));

  it('lets a job be cancelled while its tagger is downloaded, from the palette and from the notification', async () => {
    const before = await captions(suite.dataset);
    const view = await suite.open();
    const { workbench } = view;
    const jobs = view.frame.getByRole('region', { name: 'Jobs' });
    const cancelled = jobs.getByText('Cancelled');
    hub.server.nextOnStorage(noAnswer);
    await workbench.runCommand('Dataset Captions: Caption Empty');
    await jobs.getByText('Downloading').waitFor();
    await workbench.runCommand('Dataset Captions: Cancel Captioning Job');
    await cancelled.waitFor();
    await jobs.waitFor({ state: 'detached' });
    hub.server.nextOnStorage(noAnswer);
    await workbench.runCommand('Dataset Captions: Caption Empty');
    const notice = await workbench.notification(/Downloading/);
    await notice.hover();
    await notice.getByRole('button', { name: 'Cancel' }).click();
    await cancelled.waitFor();
    await notice.waitFor({ state: 'detached' });
    assert.deepEqual(await captions(suite.dataset), before);
  });

  it('says in the job why a tagger cannot be had, and writes nothing', async () => {
    const before = await captions(suite.dataset);
    const view = await suite.open();
    hub.server.nextOnHub(answer(403), answer(403));
    await view.press(/^Caption Empty/);
    await view.frame
      .getByText(/cannot be used.*(refused|licen|permission|token)/i)
      .first()
      .waitFor();
    await view.workbench.screenshot('tagger cannot be had');
    assert.deepEqual(await captions(suite.dataset), before);
  });
});
