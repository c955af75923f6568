import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { captions, readText } from './datasetFiles';
import { until } from './DatasetView';
import { useWorkbench } from './useWorkbench';

const alps = '5_scenery/alps.jpg';
const sunset = '5_scenery/sunset.png';

describe('edits, undo and closing in the order in which they were done, in the real workbench', () => {
  const suite = useWorkbench({ link: { delay: 0 } });

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

  it('takes back in the dataset in which Ctrl+Z was pressed, although another one has come to the front', async () => {
    const [name, otherName] = [suite.name, 'dataset16'];
    const file = (folder: string): string => path.join(suite.scratch, folder, '5_scenery/alps.txt');
    const holds = (what: string, folder: string, text: string | undefined): Promise<boolean> =>
      until(what, async () => (await readText(file(folder)))?.trim() === text?.trim());
    const before = await readText(file(otherName));
    const other = await suite.open(otherName);
    const { link, page } = other.workbench;
    await other.type(alps, ', kept');
    await page.keyboard.press('Control+s');
    await holds('the edit of the other dataset', otherName, `${before?.trim() ?? ''}, kept`);
    const view = await suite.open(name);
    const shown = await view.caption(alps).inputValue();
    for (let edit = 1; edit <= 4; edit++) {
      await view.type(alps, `, ${edit}`);
      await page.keyboard.press('Control+s');
    }
    await holds('four edits', name, `${shown}, 1, 2, 3, 4`);
    const tab = (of: string) => page.locator('.tabs-container .tab').filter({ hasText: new RegExp(`^${of}$`) });
    const box = await tab(otherName).boundingBox();
    assert.ok(box !== null);
    link.change({ delay: 150 });
    for (let undone = 0; undone < 4; undone++) await page.keyboard.press('Control+z');
    // The keys have come to the frame: a click in another one would overtake them. The host hears of them later.
    await until('the page to show no edit', async () => (await view.caption(alps).inputValue()) === shown);
    await page.mouse.click(box.x + 20, box.y + box.height / 2);
    await holds('none of the four edits', name, shown);
    link.change({ delay: 0 });
    assert.equal((await readText(file(otherName)))?.trim(), `${before?.trim() ?? ''}, kept`);
    await other.caption(alps).click();
    await page.keyboard.press('Control+z');
    await holds('the other dataset as it was', otherName, before);
    await tab(name).click();
    await view.caption(alps).click();
    for (let redone = 1; redone <= 4; redone++) {
      await page.keyboard.press('Control+y');
      await holds(`edit ${redone} again`, name, shown + [', 1', ', 2', ', 3', ', 4'].slice(0, redone).join(''));
    }
  });

  it('gives a caption that was converted and saved its very bytes again', async () => {
    const file = path.join(suite.dataset, '5_scenery/sunset.txt');
    // A girl and a blue sky, in GBK, as Python encodes it.
    const bytes = Buffer.from('c5aebaa22c20c0b6c9abb5c4ccecbfd5', 'hex');
    await writeFile(file, bytes);
    const view = await suite.open();
    const { keyboard } = view.workbench.page;
    const text = '\u5973\u5b69, \u84dd\u8272\u7684\u5929\u7a7a';
    await view.card(sunset).getByText('Not UTF-8 (gbk)').waitFor();
    assert.equal(await view.caption(sunset).inputValue(), text);
    assert.equal(await view.caption(sunset).isEditable(), false);
    await view.card(sunset).getByRole('button', { name: 'Convert to UTF-8' }).click();
    await until('the file in UTF-8', async () => (await readFile(file, 'utf8')) === text);
    await view.card(sunset).focus();
    await keyboard.press('Control+z');
    await until('its bytes again', async () => (await readFile(file)).equals(bytes));
    await view.card(sunset).getByText('Not UTF-8 (gbk)').waitFor();
    await keyboard.press('Control+y');
    await until('the file in UTF-8 again', async () => (await readFile(file, 'utf8')) === text);
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
