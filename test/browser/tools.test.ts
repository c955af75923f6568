import assert from 'node:assert/strict';
import path from 'node:path';
import { DatasetView, until } from './DatasetView';
import { captions } from './datasetFiles';
import { useWorkbench } from './useWorkbench';

describe('edits that a language model proposes', () => {
  const suite = useWorkbench(() => ({ folder: suite.dataset, extensions: [path.resolve('examples/api-example')] }));

  it('are asked about with what would change, refused as a whole, or made as one edit that one undo takes back', async () => {
    const folder = suite.dataset;
    const bench = await suite.window();
    const { page } = bench;
    const before = await captions(folder);
    const dialog = page.locator('.monaco-dialog-box');

    await bench.runCommand('Propose a Tag With the Tools for Language Models');
    await dialog.waitFor();
    await bench.screenshot('tool-confirmation');
    const said = await dialog.innerText();
    assert.match(said, /Change 3 captions\?/);
    for (const name of Object.keys(before)) {
      assert.ok(said.includes(`${name.replace(/\.txt$/, '')}.jpg: + my_trigger`), `${name} in: ${said}`);
    }
    await bench.dialogButton('Cancel');
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(await captions(folder), before);
    assert.equal(await page.locator('iframe.webview.ready:visible').count(), 0, 'nothing was opened');

    await bench.runCommand('Propose a Tag With the Tools for Language Models');
    await dialog.waitFor();
    await bench.dialogButton('Yes');
    const view = new DatasetView(bench);
    await view.ready();
    const isCaptioned = (wanted: (text: string) => string) => async (): Promise<boolean> => {
      const now = await captions(folder);
      return Object.entries(before).every(([name, text]) => now[name] === wanted(text));
    };
    await until(
      'the tag in each caption',
      isCaptioned((text) => `my_trigger, ${text}`),
    );
    // One whose card is there beside the panel with the output, which leaves little room.
    const near = '5_scenery/alps.jpg';
    const field = view.caption(near);
    await until('the tag on the card', async () => (await field.inputValue()).startsWith('my_trigger, '));
    await bench.screenshot('tool-edits');
    await view.card(near).click({ position: { x: 2, y: 2 } });
    await page.keyboard.press('Control+z');
    await until(
      'all captions as they were',
      isCaptioned((text) => text),
    );
  });
});
