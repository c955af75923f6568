import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { toggleTag } from '../../src/dataset/query/tagFilter';
import { FakeHost } from './fakeHost';
import type { GridBrowser } from './GridPage';
import { useGridBrowser } from './useGridBrowser';

const first = '00_set/image_00000.png';
const second = '00_set/image_00001.png';

/** What the tests use of elements: they run where there is no DOM. */
interface Focusable {
  getRootNode(): { activeElement: unknown };
}

describe('tag chips in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;

  beforeEach(() => {
    host = new FakeHost(200);
    host.settings.commitDelay = 5000;
    host.item(first).text = 'blue eyes,  sky,(tree:1.1) , sky\nsecond line, here';
  });

  const cell = (path: string): Locator => page.getByRole('group', { name: path });
  const chip = (name: string, path = first): Locator =>
    cell(path).getByRole('list').getByRole('button', { name, exact: true });
  const field = (path = first): Locator => page.getByRole('textbox', { name: `Add a tag to ${path}` });
  const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 100; tries++) {
      if (await check()) return;
      await page.waitForTimeout(30);
    }
    assert.fail(`Waited in vain until ${what}`);
  };
  const holds = (text: string, path = first): Promise<void> =>
    until(
      `the host holds ${JSON.stringify(text)}, not ${JSON.stringify(host.item(path).text)}`,
      () => host.item(path).text === text,
    );
  const isFocused = (locator: Locator): Promise<boolean> =>
    locator.evaluate((element: unknown) => (element as Focusable).getRootNode().activeElement === element);
  const focused = (locator: Locator, what: string): Promise<void> =>
    until(`${what} has the focus`, () => isFocused(locator));
  const shown = async (path = first): Promise<string[]> => cell(path).locator('.chip-text').allTextContents();
  const open = async (...options: [Parameters<GridBrowser['open']>[1]?]): Promise<void> => {
    page = await browser.open(host, ...options);
    await page.addInitScript(`sessionStorage.setItem('state', JSON.stringify({ captionMode: 'tags' }))`);
    await page.reload();
    await field().waitFor();
  };
  const commits = (): number => host.said('commit').length;

  it('come one by one out of pasted lines', async () => {
    await open();
    await field().focus();
    await page.evaluate(`(() => {
      let active = document.activeElement;
      while (active.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'long hair,\\r\\ntree\\n\\n :d\\n');
      active.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    })()`);
    await page.keyboard.press('Enter');
    await holds('blue eyes,  sky,(tree:1.1) , sky,  long hair, tree,  :d\nsecond line, here');
  });

  it('are a text, with the reason, where there are thousands, and stay what they are while somebody types', async () => {
    const tags = Array.from({ length: 20_000 }, (_, index) => `tag ${index}`);
    host.item(first).text = tags.join(', ');
    host.item(second).text = tags.slice(0, 2000).join(', ');
    page = await browser.open(host);
    await page.addInitScript(`sessionStorage.setItem('state', JSON.stringify({ captionMode: 'tags' }))`);
    await page.reload();
    const text = page.getByRole('textbox', { name: `Caption of ${first}` });
    await text.waitFor();
    assert.equal(await text.inputValue(), tags.join(', '));
    await cell(first).getByText('Too many tags to show them one by one').waitFor();
    assert.equal((await shown(second)).length, 2000);
    await text.fill('a, b');
    await holds('a, b');
    assert.equal(await text.inputValue(), 'a, b');
    await field('00_set/image_00002.png').focus();
    await chip('a').waitFor();
  });

  it('are a text, with the reason, where the caption is JSON', async () => {
    const json = '{\n  "scene": "a portrait, studio light"\n}';
    host.item(first).text = json;
    page = await browser.open(host);
    await page.addInitScript(`sessionStorage.setItem('state', JSON.stringify({ captionMode: 'tags' }))`);
    await page.reload();
    await cell(first).getByText('This caption is JSON').waitFor();
    assert.equal(await page.getByRole('textbox', { name: `Caption of ${first}` }).inputValue(), json);
    await cell(first).getByText('0 tags').waitFor();
  });

  it('show what braces and weights hold together as one, also while it is typed', async () => {
    host.item(first).text = '{red hair, long hair|short hair}, (smile, hat:1.2),sky';
    await open();
    assert.deepEqual(await shown(), ['{red hair, long hair|short hair}', '(smile, hat:1.2)', 'sky']);
    await chip('sky').focus();
    await page.keyboard.press('Alt+ArrowLeft');
    await page.keyboard.press('Alt+ArrowLeft');
    await holds('sky, {red hair, long hair|short hair},(smile, hat:1.2)');
    await field().focus();
    await page.keyboard.type('{a,b|c},');
    await chip('{a,b|c}').waitFor();
    await holds('sky, {red hair, long hair|short hair},(smile, hat:1.2), {a,b|c}');
    await chip('{red hair, long hair|short hair}').focus();
    await page.keyboard.press('Delete');
    await holds('sky,(smile, hat:1.2), {a,b|c}');
  });

  it('are added, removed and moved with the keyboard, each as one edit, and nothing else changes', async () => {
    await open();
    assert.deepEqual(await shown(), ['blue eyes', 'sky', '(tree:1.1)', 'sky']);
    await cell(first).focus();
    await page.keyboard.press('F2');
    await focused(field(), 'the field');
    await page.keyboard.type('new tag');
    await holds('blue eyes,  sky,(tree:1.1) , sky,  new tag\nsecond line, here');
    assert.equal(await chip('new tag').count(), 0, 'what is typed is no chip yet');
    await page.keyboard.press('Enter');
    await chip('new tag').waitFor();
    assert.equal(commits(), 1);
    assert.ok(await isFocused(field()), 'the next tag can be typed');
    await page.keyboard.press('ArrowLeft');
    await focused(chip('new tag'), 'the last chip');
    await page.keyboard.press('Home');
    await focused(chip('blue eyes'), 'the first chip');
    await page.keyboard.press('Alt+ArrowRight');
    await holds('sky,  blue eyes,(tree:1.1) , sky,  new tag\nsecond line, here');
    await focused(chip('blue eyes'), 'the moved chip');
    await page.keyboard.press('Delete');
    await holds('sky,(tree:1.1) , sky,  new tag\nsecond line, here');
    await focused(chip('(tree:1.1)'), 'the chip behind it');
    assert.equal(commits(), 3);
    await page.keyboard.press('ArrowRight');
    await focused(chip('sky twice'), 'the duplicate');
    await page.keyboard.press('Backspace');
    await holds('sky,(tree:1.1) ,  new tag\nsecond line, here');
    await page.keyboard.press('Escape');
    await focused(cell(first), 'the cell');
  });

  it('have the menu of text in their fields', async () => {
    await open();
    const context = (): Promise<unknown> =>
      page.evaluate(`JSON.parse(document.querySelector('dataset-editor').dataset.vscodeContext ?? 'null')`);
    await chip('sky').first().click({ button: 'right' });
    assert.notDeepEqual(await context(), {});
    await field().click({ button: 'right' });
    assert.deepEqual(await context(), {});
  });

  it('are changed in place, and Escape leaves them as they were', async () => {
    await open();
    await chip('sky').first().focus();
    await page.keyboard.press('F2');
    const edit = page.getByRole('textbox', { name: 'Change sky' });
    await focused(edit, 'the field');
    await page.keyboard.type('night sky');
    await holds('blue eyes,  night sky,(tree:1.1) , sky\nsecond line, here');
    await page.keyboard.press('Escape');
    await holds('blue eyes,  sky,(tree:1.1) , sky\nsecond line, here');
    await focused(chip('sky').first(), 'the chip');
    await chip('sky').first().dblclick();
    await focused(edit, 'the field');
    await page.keyboard.type('dusk');
    await page.keyboard.press('Enter');
    await holds('blue eyes,  dusk,(tree:1.1) , sky\nsecond line, here');
    await focused(chip('dusk'), 'the changed chip');
  });

  it('keep what was typed when the caption is left, and undo the document where there is nothing typed', async () => {
    await open();
    await page.evaluate(
      `window.through = 0; window.addEventListener('keydown', (e) => { if (e.ctrlKey && e.key === 'z') window.through++; })`,
    );
    await field().focus();
    await page.keyboard.type('one,');
    // A chip that comes in the middle of a word would cut what one undo takes back.
    await chip('one').waitFor();
    await page.keyboard.type(' two');
    await holds('blue eyes,  sky,(tree:1.1) , sky,  one,  two\nsecond line, here');
    assert.equal(commits(), 1, 'the comma ended the first');
    await page.keyboard.press('Control+z');
    await holds('blue eyes,  sky,(tree:1.1) , sky,  one\nsecond line, here');
    assert.equal(await page.evaluate('window.through'), 0);
    await page.keyboard.type('three');
    await page.keyboard.press('Control+Enter');
    await focused(field(second), 'the next caption');
    await chip('three').waitFor();
    await holds('blue eyes,  sky,(tree:1.1) , sky,  one,  three\nsecond line, here');
    assert.ok(host.log.map(({ name }) => name).includes('save'));
    await page.keyboard.press('Control+z');
    await holds('blue eyes,  sky,(tree:1.1) , sky,  one\nsecond line, here');
    assert.equal(host.said('undo').length, 1, 'the document undoes');
    assert.equal(await page.evaluate('window.through'), 0, 'because the page asked for it, and not VS Code');
    host.item(first).text = 'undone, by the document';
    host.push();
    await chip('undone').waitFor();
    assert.deepEqual(await shown(), ['undone', 'by the document']);
  });

  it('leave what is in the field to the undo of the document once it is an edit of it', async () => {
    host.settings.commitDelay = 300;
    await open();
    const before = host.item(first).text;
    await field().focus();
    await page.keyboard.type('foo');
    await until('the pause committed', () => commits() === 1);
    await page.keyboard.press('Control+z');
    await until('the document is asked', () => host.said('undo').length === 1);
    host.item(first).text = before;
    host.push();
    await until('the field is empty', async () => (await field().inputValue()) === '');
    await page.keyboard.press('Escape');
    await page.waitForTimeout(600);
    assert.equal(host.item(first).text, before, 'what was taken back does not come again');
  });

  it('are searched for with a click or a key', async () => {
    await open();
    await chip('blue eyes').click({ modifiers: ['Control'] });
    const one = toggleTag('', 'blue eyes', false);
    await until('it is searched for', () => host.query === one);
    await field().waitFor();
    await chip('(tree:1.1)').focus();
    await page.keyboard.press('Alt+Shift+Enter');
    const both = toggleTag(one, '(tree:1.1)', true);
    await until('the other is excluded', () => host.query === both);
    assert.deepEqual(host.said('setQuery'), [{ query: one }, { query: both }]);
  });

  it('are dragged with the mouse, and Escape ends that', async () => {
    await open();
    const from = (await chip('(tree:1.1)').boundingBox())!;
    const to = (await chip('blue eyes').boundingBox())!;
    const drag = async (): Promise<void> => {
      await page.mouse.move(from.x + 10, from.y + 8);
      await page.mouse.down();
      await page.mouse.move(from.x, from.y + 4);
      await page.mouse.move(to.x + 4, to.y + 8);
    };
    await drag();
    await page.screenshot({ path: 'screenshots/chips-drag.png' });
    await page.keyboard.press('Escape');
    await page.mouse.up();
    assert.equal(host.item(first).text, 'blue eyes,  sky,(tree:1.1) , sky\nsecond line, here');
    await drag();
    await page.mouse.up();
    await holds('(tree:1.1),  blue eyes,sky , sky\nsecond line, here');
    assert.deepEqual(await shown(), ['(tree:1.1)', 'blue eyes', 'sky', 'sky']);
  });

  it('say what is there twice, take it away, and are suggested', async () => {
    host.suggest = ({ prefix }) => ({
      suggestions: prefix === 'blu' ? [{ tag: 'blue sky', count: 3, source: 'dataset' }] : [],
      loading: false,
    });
    await open();
    await cell(first).getByText('1 duplicate').waitFor();
    await cell(first).getByText('6 tags · 50').waitFor();
    await cell(first).getByRole('button', { name: 'Remove duplicate sky' }).click();
    await holds('blue eyes,  sky,(tree:1.1) \nsecond line, here');
    await cell(first).getByText('1 duplicate').waitFor({ state: 'hidden' });
    await field().focus();
    await page.keyboard.type('blu');
    await page.getByRole('option', { name: /blue sky/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await holds('blue eyes,  sky,(tree:1.1),  blue sky \nsecond line, here');
    await chip('blue sky').waitFor();
    assert.equal(await field().inputValue(), '');
    assert.ok(await isFocused(field()));
  });

  it('can be read in every theme, and scroll inside their card', async () => {
    host.item(first).text = Array.from({ length: 40 }, (_, number) => `tag number ${number}`).join(', ');
    host.item(second).text =
      'sky, sky, (tree:1.1), {a|b} dress, a very long tag that does not fit into the card at all, x\nmore';
    for (const theme of ['dark', 'light', 'high-contrast'] as const) {
      await open({ theme, width: theme === 'light' ? 420 : 900, height: 560 });
      const height = (await cell(first).boundingBox())!.height;
      assert.ok((await cell(first).locator('tag-chips').boundingBox())!.height < height / 2);
      await chip('sky', second).focus();
      await page.screenshot({ path: `screenshots/chips-${theme}.png` });
    }
  });
});
