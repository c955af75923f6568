import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { RecordHistory } from '../../src/records/RecordHistory';
import { writeTinyModel } from '../unit/shared/writeTinyModel';
import { DatasetView, until } from './DatasetView';
import { useWorkbench } from './useWorkbench';

const images = 10;
/** Bright ones, so that each score of the second model, the mean of a channel, is above every threshold. */
const backgrounds = ['#e0c0c0', '#c0e0c0', '#c0c0f0', '#f0e0c0', '#e0c0f0'];
/** What the second model makes of each of them. Two of its tags the first model gives, too. */
const secondTags = ['monochrome', 'simple background', 'third'];

describe('a retag that takes no word from a person, in the real workbench', function () {
  this.timeout(240_000);
  const suite = useWorkbench(() => ({
    settings: { 'datasetCaptions.modelFolders': [path.join(suite.scratch, 'my-models')] },
    workspaceSettings: {
      'datasetCaptions.autoSaveDelay': 200,
      'datasetCaptions.writeMode': 'update',
      'datasetCaptions.generalThreshold': 0.1,
    },
  }));
  const root = (): string => path.join(suite.scratch, 'ten');
  const nameOf = (index: number): string => `${String(index)}.png`;
  const tagsOf = async (index: number): Promise<string[]> =>
    (await readFile(path.join(root(), `${String(index)}.txt`), 'utf8')).split(', ');

  async function makeTen(): Promise<void> {
    await mkdir(root());
    for (let index = 0; index < images; index++) {
      const background = backgrounds[index % backgrounds.length] ?? '';
      const picture = sharp({ create: { width: 64, height: 48, channels: 3, background } });
      await writeFile(path.join(root(), nameOf(index)), await picture.png().toBuffer());
    }
    const model = path.join(suite.scratch, 'my-models/second');
    writeTinyModel(model, { inputName: 'input_1:0', inputShape: [1, 448, 448, 3], outputName: 'predictions_sigmoid' });
    const rows = secondTags.map((tag, index) => `${String(index + 1)},${tag.replaceAll(' ', '_')},0,1\n`);
    await writeFile(path.join(model, 'selected_tags.csv'), `tag_id,name,category,count\n${rows.join('')}`);
  }

  it('leaves a tag that was corrected, one that was deleted and one that was added; all else is the other model’s', async () => {
    await makeTen();
    const view = await DatasetView.open(await suite.window(), 'ten');
    const { workbench } = view;
    const { keyboard } = workbench.page;
    await view.press(/^Caption Empty/);
    await view.jobDone('Caption Empty');
    const first = await Promise.all(Array.from({ length: images }, (_, index) => tagsOf(index)));
    for (const tags of first) {
      assert.ok(tags.includes('monochrome') && tags.includes('simple background'), tags.join());
      assert.ok(!tags.includes('third') && tags.length > 3, tags.join());
    }

    await view.frame.getByRole('radio', { name: 'Captions as tags' }).check();
    /** Goes to the chip of a tag with the arrow keys, from the field behind the last one. */
    const goTo = async (index: number, tag: string): Promise<void> => {
      const card = view.card(nameOf(index));
      await card.focus();
      await keyboard.press('F2');
      await card
        .getByRole('textbox', { name: /^Add a tag/ })
        .and(card.locator(':focus'))
        .waitFor();
      await keyboard.press('ArrowLeft');
      await keyboard.press('Home');
      const places = (await tagsOf(index)).indexOf(tag);
      for (let step = 0; step < places; step++) await keyboard.press('ArrowRight');
      await card.getByRole('button', { name: tag, exact: true }).and(card.locator(':focus')).waitFor();
    };
    await goTo(0, 'monochrome');
    await keyboard.press('Enter');
    await keyboard.type('very monochrome', { delay: 10 });
    await keyboard.press('Enter');
    await until('the correction on the disk', async () => (await tagsOf(0)).includes('very monochrome'));
    await keyboard.press('Escape');
    await goTo(1, 'simple background');
    await keyboard.press('Delete');
    await until('the deletion on the disk', async () => !(await tagsOf(1)).includes('simple background'));
    await keyboard.press('Escape');
    await view.card(nameOf(2)).focus();
    await keyboard.press('F2');
    await keyboard.type('my own', { delay: 10 });
    await keyboard.press('Enter');
    await until('the tag that was added on the disk', async () => (await tagsOf(2)).includes('my own'));
    await keyboard.press('Escape');

    await view.frame.getByRole('button', { name: /^Tagger: Palette/ }).click();
    const picker = workbench.page.locator('.quick-input-widget');
    await picker.locator('.label-name').first().waitFor();
    await keyboard.type('second');
    await picker.locator('.label-name').getByText('second', { exact: true }).first().click();
    await view.frame.getByRole('button', { name: 'Tagger: second' }).waitFor();
    await workbench.runCommand('Dataset Captions: Caption All');
    await workbench.page
      .locator('.monaco-dialog-box')
      .getByText('10 captions will be updated: what you wrote or deleted stays so.')
      .waitFor();
    await workbench.dialogButton('Caption All');
    await view.jobDone('Caption All');

    const set = (...tags: string[]): Set<string> => new Set(tags);
    const now = await Promise.all(Array.from({ length: images }, (_, index) => tagsOf(index)));
    assert.deepEqual(set(...(now[0] ?? [])), set('very monochrome', 'simple background', 'third'));
    assert.deepEqual(set(...(now[1] ?? [])), set('monochrome', 'third'));
    assert.deepEqual(set(...(now[2] ?? [])), set('monochrome', 'simple background', 'third', 'my own'));
    for (const tags of now.slice(3)) assert.deepEqual(set(...tags), set(...secondTags));

    const history = await RecordHistory.read(root());
    const writers = (index: number): Record<string, string> => {
      const { parts } = history.originsOf(`${String(index)}.txt`, (now[index] ?? []).join(', '));
      return Object.fromEntries(parts.map(({ text, by, name }) => [text, name === undefined ? by : `${by} ${name}`]));
    };
    assert.equal(writers(0)['very monochrome'], 'hand');
    assert.equal(writers(2)['my own'], 'hand');
    for (let index = 0; index < images; index++) assert.equal(writers(index).third, 'tagger second');
    assert.deepEqual(
      history.originsOf('1.txt', (now[1] ?? []).join(', ')).deleted.map(({ text }) => text),
      ['simple background'],
    );
    // The page shows what the machine wrote, and what it did not.
    const marked = (index: number): Promise<string[]> =>
      view.card(nameOf(index)).locator('.by-machine .chip-text').allTextContents();
    await until(
      'the marks',
      async () => (await marked(2)).join() === (now[2] ?? []).filter((tag) => tag !== 'my own').join(),
    );
    await workbench.screenshot('updated captions');
  });
});
