import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { FakeHost } from './fakeHost';
import type { GridBrowser } from './GridPage';
import { useGridBrowser } from './useGridBrowser';

const path = (index: number): string =>
  `${String(Math.floor(index / 1000)).padStart(2, '0')}_set/image_${String(index).padStart(5, '0')}.png`;

/** What the tests use of elements: they run where there is no DOM. */
interface Styled {
  matches(selector: string): boolean;
  ownerDocument: { defaultView: { getComputedStyle(element: Styled, pseudo?: string): Style } };
}
interface Style {
  textDecorationLine: string;
  content: string;
}

describe('Bulk edits in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;

  beforeEach(() => {
    host = new FakeHost(2000);
  });

  const open = async (options?: Parameters<GridBrowser['open']>[1]): Promise<void> => {
    page = await browser.open(host, options);
    await page.getByRole('gridcell').first().waitFor();
  };
  const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 160; tries++) {
      if (await check()) return;
      await page.waitForTimeout(50);
    }
    assert.fail(`Waited in vain until ${what}`);
  };
  const dialog = (): Locator => page.getByRole('dialog', { name: 'Edit Captions' });
  const rows = (): Locator => dialog().getByRole('listbox', { name: 'Captions that change' }).getByRole('option');
  const row = (index: number): Locator => dialog().getByRole('option', { name: path(index) });
  const style = (element: Locator, pseudo?: string): Promise<Style> =>
    element.evaluate((node, part) => {
      const styled = node as unknown as Styled;
      const { textDecorationLine, content } = styled.ownerDocument.defaultView.getComputedStyle(styled, part);
      return { textDecorationLine, content };
    }, pseudo);
  const bar = (): Locator => page.getByRole('toolbar', { name: 'Selection' });
  const apply = (name: string): Locator => dialog().getByRole('button', { name, exact: true });
  const focused = (): Promise<unknown> =>
    page.evaluate(`(() => { let at = document.activeElement; while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at?.getAttribute('name') ?? at?.getAttribute('aria-label') ?? at?.textContent?.trim(); })()`);

  it('shows a bar only while images are selected, with what can be done with them', async () => {
    await open();
    assert.equal(await bar().isVisible(), false);
    for (const index of [1, 2]) host.item(path(index)).selected = true;
    host.push();
    await bar().getByText('2 selected').waitFor();
    // A button that came or went would move those beside it.
    await bar().getByRole('button', { name: 'Copy Caption', disabled: true }).waitFor();
    await bar().getByRole('button', { name: 'Caption…' }).click();
    await bar().getByRole('button', { name: 'Paste Caption' }).click();
    await bar().getByRole('button', { name: 'Delete…' }).click();
    await until('all was asked', () => host.said('deleteImages').length === 1);
    for (const name of ['captionImages', 'pasteCaption', 'deleteImages']) {
      assert.deepEqual(host.said(name), [{ scope: 'selection' }]);
    }
    await bar().getByRole('button', { name: 'Select All 2,000' }).click();
    await bar().getByText('2,000 selected').waitFor();
    await bar().getByRole('button', { name: 'Clear' }).click();
    await bar().waitFor({ state: 'hidden' });
  });

  it('edits the selection by keyboard alone: fields, preview, unticking, applying', async () => {
    for (const index of [0, 1, 2]) host.item(path(index)).selected = true;
    await open();
    host.openBulkEdit({ form: { operation: 'addTags' } });
    await dialog().waitFor();
    assert.equal(await focused(), 'tags', 'the first field has the focus');
    await page.keyboard.type('smile');
    await row(1).locator('ins').getByText('smile').waitFor();
    assert.equal(await rows().count(), 3);
    assert.equal(await dialog().getByRole('radio', { name: '3 selected images' }).isChecked(), true);
    await apply('Apply to 3 Captions').waitFor();
    // The preview is one tab stop behind the links that tick.
    await dialog().getByRole('listbox').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
    await apply('Apply to 2 Captions').waitFor();
    assert.equal(await row(1).getAttribute('aria-selected'), 'false');
    assert.deepEqual(host.said('tickPlan'), [{ index: 1, ticked: false }]);
    await page.keyboard.press('Control+Enter');
    await dialog().waitFor({ state: 'hidden' });
    assert.equal(host.item(path(0)).text, 'tag 0, sky, tree, smile');
    assert.equal(host.item(path(1)).text, 'tag 1, sky, tree');
    assert.equal(host.item(path(2)).text, 'tag 2, sky, tree, smile');
  });

  it('shows a change in a line far below, and awaits the new name of a tag that a command renames', async () => {
    host.item(path(0)).text = 'a room\nwith a view\nof the sea\nold tag, evening';
    await open();
    host.openBulkEdit({ scope: 'all', form: { operation: 'replaceTags', find: 'old tag', replacement: '' } });
    await dialog().waitFor();
    assert.equal(await focused(), 'replacement');
    await page.keyboard.type('new tag');
    const added = row(0).locator('ins');
    await added.getByText('new').waitFor();
    const [text, whole] = [await added.boundingBox(), await row(0).boundingBox()];
    assert.ok(text !== null && whole !== null && text.y + text.height <= whole.y + whole.height);
    await row(0).getByText('of the sea ⏎').waitFor();
  });

  it('keeps the tab key in the dialog and gives the focus back when Escape closes it', async () => {
    await open();
    const cell = page.getByRole('group', { name: path(0) });
    await cell.focus();
    host.openBulkEdit({ form: { operation: 'replaceTags', find: 'sky', replacement: 'heaven' } });
    await apply('Apply to 1,714 Captions').waitFor();
    const seen = new Set<unknown>();
    for (let presses = 0; presses < 24; presses++) {
      seen.add(await focused());
      await page.keyboard.press('Tab');
      assert.ok(await dialog().evaluate((node) => (node as unknown as Styled).matches(':focus-within')));
    }
    for (const name of [
      'find',
      'replacement',
      'match',
      'scope',
      'Close',
      'Cancel',
      'Captions that change',
      'Apply to 1,714 Captions',
    ]) {
      assert.ok(seen.has(name), `Tab reaches ${name}; it reached ${[...seen].join(', ')}`);
    }
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    assert.equal(await focused(), path(0));
    await until('the plan was dropped', () => host.said('dropPlan').length === 1);
    assert.equal(host.said('applyPlan').length, 0);
  });

  it('marks what goes and what comes with signs, not with colour alone', async () => {
    await open();
    host.openBulkEdit({ form: { operation: 'replaceTags', find: 'sky', replacement: 'heaven' } });
    const first = row(0);
    await first.waitFor();
    assert.equal(await first.locator('del').textContent(), 'sky');
    assert.equal(await first.locator('ins').textContent(), 'heaven');
    assert.equal((await style(first.locator('del'))).textDecorationLine, 'line-through');
    assert.match((await style(first.locator('ins'), '::before')).content, /\+/);
    assert.match((await first.locator('.hidden-text').textContent()) ?? '', /removed: sky. added: heaven/);
    await dialog().getByText('1,714').first().waitFor();
    await dialog().getByText('1,714 captions would change, 286 would not').waitFor();
  });

  it('holds a few rows of many and reaches the last one', async () => {
    await open();
    host.openBulkEdit({ form: { operation: 'addTags', tags: 'smile' } });
    await row(0).waitFor();
    await dialog().getByRole('listbox').focus();
    await page.keyboard.press('End');
    await row(1999).locator('ins').getByText('smile').waitFor();
    assert.ok((await rows().count()) < 30);
    await page.keyboard.press('Home');
    await row(0).waitFor();
  });

  it('suggests tags while they are typed', async () => {
    host.suggest = () => ({ suggestions: [{ tag: 'smile', count: 7, source: 'dataset' }], loading: false });
    await open();
    host.openBulkEdit({ form: { operation: 'addTags' } });
    await dialog().waitFor();
    await page.keyboard.type('sm');
    await dialog().getByRole('listbox', { name: 'Suggested tags' }).getByText('smile').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await row(0).locator('ins').getByText('smile').waitFor();
    assert.match(await dialog().getByRole('textbox', { name: 'Tags' }).inputValue(), /^smile,? ?$/);
    await page.keyboard.type('sm');
    await dialog().getByRole('listbox', { name: 'Suggested tags' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog().getByRole('listbox', { name: 'Suggested tags' }).waitFor({ state: 'hidden' });
    assert.ok(await dialog().isVisible(), 'the first Escape closes the suggestions only');
  });

  it('says what is missing or wrong, and applies nothing then', async () => {
    await open();
    host.openBulkEdit({ form: { operation: 'removeTags', find: '' } });
    await dialog().getByText('Type the tags to remove.').waitFor();
    assert.ok(await apply('Apply').isDisabled());
    await dialog().getByRole('radio', { name: 'a regular expression' }).check();
    await dialog().getByRole('textbox', { name: 'Regular expression' }).fill('(sky');
    await dialog().getByText('The regular expression is not valid: Unterminated group.').waitFor();
    await dialog().getByRole('textbox', { name: 'Regular expression' }).fill('^s(ky)$');
    await apply('Apply to 1,714 Captions').waitFor();
    await dialog().getByRole('textbox', { name: 'Regular expression' }).fill('nothing like it');
    await dialog().getByText('No caption would change.').waitFor();
  });

  it('cannot apply a preview of what is no longer in the form', async () => {
    await open();
    host.openBulkEdit({ form: { operation: 'addTags', tags: 'smile' } });
    await apply('Apply to 2,000 Captions').waitFor();
    host.bulkEdits.delay = 400;
    await dialog().getByRole('textbox', { name: 'Tags' }).fill('hat');
    assert.ok(await apply('Apply to 2,000 Captions').isDisabled());
    await row(0).locator('ins').getByText('hat').waitFor();
    await until('the button works again', async () => !(await apply('Apply to 2,000 Captions').isDisabled()));
  });

  it('drops a preview of an older form that comes while the form is being changed, and refuses to apply it', async () => {
    await open();
    host.openBulkEdit({ form: { operation: 'addTags' } });
    await dialog().getByText('Type the tags to add.').waitFor();
    const answers = new Map<string, () => void>();
    host.bulkEdits.planned = ({ tags }) =>
      new Promise((resolve) => {
        answers.set(tags, resolve);
      });
    await page.keyboard.type('zeb');
    await until('the first preview is on its way', () => answers.has('zeb'));
    // Its answer comes in the pause between the next key and the next question.
    await page.keyboard.type('ra');
    answers.get('zeb')?.();
    await page.keyboard.press('Control+Enter');
    await dialog().getByRole('status').getByText('The preview was not ready yet').waitFor();
    assert.equal(await page.getByText('The preview was not ready yet').count(), 1, 'it is said once');
    await until('the second preview is on its way', () => answers.has('zebra'));
    await page.keyboard.press('Control+Enter');
    assert.deepEqual(host.said('applyPlan'), [], 'the older edit is not applied');
    answers.get('zebra')?.();
    await row(0).locator('ins').getByText('zebra').waitFor();
    await apply('Apply to 2,000 Captions').waitFor();
    await until('the button works again', async () => !(await apply('Apply to 2,000 Captions').isDisabled()));
    await page.keyboard.press('Control+Enter');
    await dialog().waitFor({ state: 'hidden' });
    assert.equal(host.item(path(0)).text, 'tag 0, sky, tree, zebra');
    assert.equal(host.said('applyPlan').length, 1);
  });

  it('lists captions that cannot be edited with the reason', async () => {
    host.bulkEdits.foreign.add('1.txt');
    await open();
    host.openBulkEdit({ form: { operation: 'addTags', tags: 'smile' } });
    await dialog().getByText('1 caption cannot be edited').click();
    await dialog().getByText('The caption file is not UTF-8 (it looks like windows-1252)').waitFor();
    await apply('Apply to 1,999 Captions').waitFor();
  });

  it('means the images that the search found when nothing is selected', async () => {
    host.query = 'image_0001';
    await open({ width: 420, height: 760 });
    host.openBulkEdit({ form: { operation: 'clear' } });
    await apply('Apply to 8 Captions').waitFor();
    assert.equal(await dialog().getByRole('radio', { name: '10 images found by the search' }).isChecked(), true);
    await dialog().getByRole('radio', { name: 'all 2,000 images' }).check();
    await apply('Apply to 1,714 Captions').waitFor();
  });

  it('copies, pastes and deletes by the keys of a cell, but not by those of its caption', async () => {
    await open();
    const cell = page.getByRole('group', { name: path(0) });
    await cell.focus();
    await page.keyboard.press('Control+c');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Control+v');
    await page.keyboard.press('Delete');
    await until('all was asked', () => host.said('deleteImages').length === 1);
    assert.deepEqual(host.said('copyCaption'), [{ path: path(0), text: 'tag 0, sky, tree' }]);
    assert.equal(host.item(path(1)).text, 'tag 0, sky, tree');
    assert.deepEqual(host.said('deleteImages'), [{ path: path(1) }]);
    await cell.getByRole('textbox').focus();
    for (const key of ['Control+c', 'Control+v', 'Delete']) await page.keyboard.press(key);
    await page.waitForTimeout(100);
    assert.equal(host.said('deleteImages').length, 1);
    assert.equal(host.said('copyCaption').length, 1);
    assert.deepEqual(host.said('pasteCaption'), [], 'the page has the text itself');
  });

  it('tells VS Code which image a context menu is for', async () => {
    await open();
    const context = (): Promise<unknown> =>
      page.evaluate(`JSON.parse(document.querySelector('dataset-editor').dataset.vscodeContext ?? 'null')`);
    await page
      .getByRole('group', { name: path(2) })
      .locator('.picture')
      .click({ button: 'right' });
    assert.deepEqual(await context(), {
      webviewSection: 'image',
      path: path(2),
      imageSelected: false,
      preventDefaultContextMenuItems: true,
    });
    await page
      .getByRole('group', { name: path(2) })
      .getByRole('textbox')
      .click({ button: 'right' });
    assert.deepEqual(await context(), {});
  });

  if (process.env.SCREENSHOTS !== undefined) {
    for (const theme of ['dark', 'light', 'high-contrast'] as const) {
      for (const width of [1280, 420]) {
        it(`looks well: ${theme}, ${String(width)}`, async () => {
          for (const index of [0, 1, 2, 4]) host.item(path(index)).selected = true;
          host.item(path(4)).text = `${'a very long tag that goes on, '.repeat(12)}sky, tree`;
          host.bulkEdits.foreign.add('1.txt');
          await open({ theme, width, height: 800 });
          await page.screenshot({ path: `screenshots/bar-${theme}-${String(width)}.png` });
          host.openBulkEdit({ form: { operation: 'replaceTags', find: 'sky, tree', replacement: 'heaven' } });
          await row(0).locator('ins').getByText('heaven').waitFor();
          await page.waitForTimeout(300);
          await page.screenshot({ path: `screenshots/bulk-${theme}-${String(width)}.png` });
          host.openBulkEdit({ scope: 'all', form: { operation: 'sortTags' } });
          await page.waitForTimeout(500);
          await page.screenshot({ path: `screenshots/sort-${theme}-${String(width)}.png` });
        });
      }
    }
  }
});
