import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { captionChange } from '../../src/records/captionChange';
import { RecordHistory } from '../../src/records/RecordHistory';
import { RecordWriter } from '../../src/records/RecordWriter';
import { DatasetView, until } from './DatasetView';
import { makeScratch, removeScratch } from './datasetFiles';
import { Workbench } from './Workbench';

describe('records of a window, in the real workbench', function () {
  this.timeout(240_000);
  let scratch: string;
  let bench: Workbench;

  before(async () => {
    scratch = await makeScratch();
    await mkdir(path.join(scratch, '.vscode'));
    // What is typed in one go is one entry, also on a busy machine.
    await writeFile(path.join(scratch, '.vscode/settings.json'), '{ "datasetCaptions.autoSaveDelay": 1500 }');
    bench = await Workbench.open({ folder: scratch });
  });
  after(async () => {
    await bench.dispose();
    await removeScratch(scratch);
  });

  const image = '5_scenery/sunset.png';
  const name = '5_scenery/sunset.txt';
  const root = (): string => path.join(scratch, 'dataset');
  const said = async (): Promise<string[]> =>
    (await RecordHistory.read(root())).entriesOf(name).map(({ kind, author }) => `${kind} ${author.by}`);

  it('begin with the first edit, which is said once with the way to the setting, and know an undo', async () => {
    const view = await DatasetView.open(bench, 'dataset');
    await view.ready();
    assert.ok(!existsSync(path.join(root(), '.dataset-captions')));
    await view.type(image, 'mine');
    await until('it is saved', () => Promise.resolve(existsSync(path.join(root(), name))));
    await until('it is recorded', async () => (await said()).length === 1);
    const notice = await bench.notification(/Who wrote what in the captions of dataset is kept from now on/);
    await bench.screenshot('records-notice');
    await notice.getByRole('button', { name: 'Change Setting' }).waitFor();
    await bench.page.keyboard.press('Escape');
    await view.caption(image).click();
    await bench.page.keyboard.press('Control+z');
    await until('it is undone', () => Promise.resolve(!existsSync(path.join(root(), name))));
    await until('that is recorded', async () => (await said()).length === 2);
    assert.deepEqual(await said(), ['written hand', 'undone hand']);
  });

  it('forget deletions of the whole dataset after a question', async () => {
    const view = await DatasetView.open(bench, 'dataset');
    const before = (await said()).length;
    await view.type(image, 'mine');
    await until('it is recorded', async () => (await said()).length === before + 1);
    const writer = new RecordWriter(root());
    const tagger = { by: 'tagger', name: 'wd' } as const;
    const change = captionChange('mine', 'mine, hat', new Map([['hat', 0.9]]));
    const finish = await writer.write({ kind: 'written', caption: name, author: tagger, ...change });
    finish();
    await writer.close();
    const deleted = async (): Promise<string[]> =>
      (await RecordHistory.read(root())).originsOf(name, 'mine').deleted.map(({ text }) => text);
    await writeFile(path.join(root(), name), 'mine, hat');
    await writeFile(path.join(root(), name), 'mine');
    const done = captionChange('mine, hat', 'mine', 'all');
    const hand = new RecordWriter(root());
    (await hand.write({ kind: 'written', caption: name, author: { by: 'hand' }, ...done }))();
    await hand.close();
    assert.deepEqual(await deleted(), ['hat']);
    await bench.runCommand('Dataset Captions: Forget Deletions…');
    await bench.dialogButton('Forget');
    await until('it is forgotten', async () => (await deleted()).length === 0);
    assert.equal(await readFile(path.join(root(), name), 'utf8'), 'mine');
  });
});
