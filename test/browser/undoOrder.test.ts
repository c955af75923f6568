import assert from 'node:assert/strict';
import path from 'node:path';
import { captions, readText } from './datasetFiles';
import { until } from './DatasetView';
import { useWorkbench } from './useWorkbench';

const alps = '5_scenery/alps.jpg';
const sunset = '5_scenery/sunset.png';

describe('edits, undo and closing in the order in which they were done, in the real workbench', () => {
  const suite = useWorkbench();

  it('takes back eight edits with eight quick Ctrl+Z, in order, and brings them back; VS Code refuses none', async () => {
    const view = await suite.open();
    const { keyboard } = view.workbench.page;
    const before = await captions(suite.dataset);
    await view.caption(alps).click();
    const shown = view.caption(alps);
    const texts = [await shown.inputValue()];
    for (let edit = 1; edit <= 8; edit++) {
      await keyboard.press('Control+End');
      await keyboard.type(`, ${edit}`);
      texts.push(await shown.inputValue());
      // It makes a step of undo of what was typed. Escape may close the suggestions first.
      await keyboard.press('Control+s');
    }
    for (let undone = 0; undone < 8; undone++) await keyboard.press('Control+z');
    assert.equal(await shown.inputValue(), texts[0], 'the page shows at once what the undos bring');
    await until('the file as it was', async () => sameTexts(await captions(suite.dataset), before));
    for (let redone = 0; redone < 8; redone++) await keyboard.press('Control+y');
    assert.equal(await shown.inputValue(), texts[8]);
    const file = path.join(suite.dataset, '5_scenery/alps.txt');
    await until('the file with all edits', async () => (await readText(file))?.trim() === texts[8]?.trim());
    const messages = await view.workbench.page.locator('.monaco-dialog-box, .notification-toast').allInnerTexts();
    assert.deepEqual(
      messages.filter((text) => /undo|redo/i.test(text)),
      [],
    );
  });

  it('takes back the edit that was made last, and what is typed then goes on from what the undo leaves', async () => {
    const view = await suite.open();
    const { keyboard } = view.workbench.page;
    await view.type(alps, ', first');
    await keyboard.press('Escape');
    await view.type(sunset, 'second');
    await keyboard.press('Escape');
    await keyboard.press('Control+z');
    await view.type(sunset, 'third');
    assert.equal(await view.caption(sunset).inputValue(), 'third');
    await keyboard.press('Control+s');
    const read = (name: string): Promise<string | undefined> => readText(path.join(suite.dataset, '5_scenery', name));
    await until('the third text in its file', async () => (await read('sunset.txt'))?.trim() === 'third');
    assert.match((await read('alps.txt')) ?? '', /, first\s*$/);
  });

  it('keeps a letter that was typed the moment before the tab was closed', async () => {
    const view = await suite.open();
    const { page } = view.workbench;
    await view.caption(alps).click();
    await page.keyboard.press('Control+End');
    const close = page.locator('.tabs-container .tab.active .tab-actions .action-label');
    const box = await close.boundingBox();
    assert.ok(box !== null);
    await page.keyboard.type('!');
    // Nobody clicks sooner, and within one turn the letter may not even have left the page, which goes with the tab.
    await page.waitForTimeout(40);
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    const save = page.getByRole('button', { name: 'Save', exact: true });
    if (await save.isVisible()) await save.click();
    const file = path.join(suite.dataset, '5_scenery/alps.txt');
    await until('the letter in the file', async () => (await readText(file))?.trim().endsWith('!'));
  });
});

function sameTexts(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = Object.keys({ ...a, ...b });
  return names.every((name) => a[name]?.trim() === b[name]?.trim());
}
