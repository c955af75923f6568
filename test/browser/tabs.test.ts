import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatasetView, until } from './DatasetView';
import { captions, makeScratch, processesOf, readText, removeScratch } from './datasetFiles';
import { Workbench } from './Workbench';

const first = '5_scenery/acanthus.jpg';

describe('what is open in the real workbench', () => {
  let scratch: string;
  let dataset: string;
  let workbench: Workbench | undefined;

  beforeEach(async () => {
    scratch = await makeScratch();
    dataset = path.join(scratch, 'dataset');
    // Nothing is saved but by hand.
    await mkdir(path.join(scratch, '.vscode'));
    const settings = { 'datasetCaptions.autoSaveDelay': 0, 'files.autoSave': 'off' };
    await writeFile(path.join(scratch, '.vscode/settings.json'), JSON.stringify(settings));
  });

  afterEach(async function () {
    await workbench?.disposeAfter(this.currentTest);
    workbench = undefined;
    await removeScratch(scratch);
  });

  it('is one text in two editors of a dataset, and stays when its tab is hidden, moved and reloaded', async () => {
    const bench = (workbench = await Workbench.open({ folder: scratch }));
    const { page } = bench;
    const view = await DatasetView.open(bench, 'dataset');
    const search = view.frame.getByLabel('Search captions and file names').first();
    await search.click();
    await page.keyboard.type('scenery acanthus');
    await view.card('5_scenery/alps.jpg').waitFor({ state: 'detached' });
    await view.type(first, 'typed first');
    await view.saveState(first, 'Unsaved');

    await bench.runCommand('View: Split Editor Right');
    const frames = page.locator('iframe.webview.ready:visible');
    await until('two webviews', async () => (await frames.count()) === 2);
    const fields = [frames.nth(0), frames.nth(1)].map((frame) =>
      frame
        .contentFrame()
        .frameLocator('#active-frame')
        .getByRole('textbox', { name: `Caption of ${first}`, exact: true }),
    );
    const onBothSides = (expected: string): Promise<boolean> =>
      until(`"${expected}" on both sides`, async () => {
        const texts = await Promise.all(fields.map((field) => field.inputValue()));
        return texts.every((text) => text === expected);
      });
    let expected = 'typed first';
    await onBothSides(expected);
    for (const [side, field] of [...fields, ...fields].entries()) {
      await field.click();
      await page.keyboard.press('Control+End');
      await page.keyboard.type(`, ${side}`, { delay: 15 });
      expected += `, ${side}`;
      await onBothSides(expected);
    }
    await bench.screenshot('split');
    await page.keyboard.press('Control+s');
    await until('the text on disk', async () => (await captions(dataset))['5_scenery/acanthus.txt'] === expected);
    await bench.runCommand('View: Close Editor');
    await until('one webview', async () => (await frames.count()) === 1);

    const isAsBefore = async (where: string): Promise<void> => {
      await view.ready();
      await until(`the text ${where}`, async () => (await view.caption(first).inputValue()) === expected);
      await view.card('5_scenery/alps.jpg').waitFor({ state: 'detached' });
    };
    await view.type(first, ', unsaved');
    expected += ', unsaved';
    // Behind another editor VS Code throws the webview away.
    await bench.runCommand('File: New Untitled Text File');
    await until('no webview', async () => (await frames.count()) === 0);
    await bench.runCommand('View: Close Editor');
    await isAsBefore('after it was hidden');
    await bench.runCommand('View: Move Editor into Right Group');
    await isAsBefore('in another group');
    await sleep(1500);
    await bench.reload();
    await isAsBefore('after the reload');
    await view.saveState(first, 'Unsaved');
  });

  it('is every caption old or new, and the rest offered again, when the extension host is killed in a save', async () => {
    const many = 2000;
    const set = path.join(scratch, 'many');
    await mkdir(set);
    const newText = (n: number): string => `new ${n}, ${'tag, '.repeat(50)}`;
    const names = Array.from({ length: many }, (_, n) => String(n).padStart(4, '0'));
    for (const [n, name] of names.entries()) {
      await writeFile(path.join(set, `${name}.txt`), `old ${n}`);
      await writeFile(path.join(set, `${name}.png`), '');
    }
    const bench = (workbench = await Workbench.open({ folder: scratch }));
    // What a window left behind that is gone: this many edits cannot be typed. No system gives out such a process id.
    const folder = createHash('sha256').update(set).digest('hex').slice(0, 32);
    const journal = path.join(bench.storageFolder, 'unsaved', folder, '4194999-aa.jsonl');
    await mkdir(path.dirname(journal), { recursive: true });
    const lines = names.map((name, n) => {
      const base = Buffer.from(`old ${n}`).toString('base64');
      return `\n${JSON.stringify({ captionPath: `${name}.txt`, images: [`${name}.png`], raw: newText(n), base })}`;
    });
    await writeFile(journal, lines.join(''));

    const view = await DatasetView.open(bench, 'many');
    await view.saveState('0000.png', 'Unsaved');
    assert.equal(await view.caption('0000.png').inputValue(), newText(0));
    const [host = 0] = await processesOf('type=extensionHost');
    await bench.page.keyboard.press('Control+s');
    await until('some captions on disk', async () => (await readText(path.join(set, '0200.txt')))?.startsWith('new'));
    process.kill(host, 'SIGKILL');
    await sleep(500);
    let written = 0;
    for (const [n, name] of names.entries()) {
      const content = await readFile(path.join(set, `${name}.txt`), 'utf8');
      if (content === newText(n)) written++;
      else assert.equal(content, `old ${n}`);
    }
    assert.ok(written > 0 && written < many, `${written} were written before the kill`);

    await bench.page.reload();
    await bench.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    const again = await DatasetView.open(bench, 'many');
    await again.frame.getByText(`${(many - written).toLocaleString('en')} unsaved`).waitFor();
    await bench.screenshot('killed-in-a-save');
    await again.caption('0000.png').click();
    await bench.page.keyboard.press('Control+s');
    await until('all captions on disk', async () => {
      const contents = await Promise.all(names.map((name) => readText(path.join(set, `${name}.txt`))));
      return contents.every((content, n) => content === newText(n));
    });
    const left = (await readdir(set)).filter((name) => name.startsWith('.'));
    assert.deepEqual(left, [], 'no temporary file is left');
  });
});
