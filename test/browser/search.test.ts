import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { FakeHost } from './fakeHost';
import type { PageOptions } from './GridPage';
import { useGridBrowser } from './useGridBrowser';

describe('the search in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;

  before(() => mkdir('screenshots', { recursive: true }));
  beforeEach(() => {
    host = new FakeHost(60);
    for (const [index, item] of host.items.entries()) {
      item.text = index % 3 === 0 ? '1girl, long hair, sky' : index % 3 === 1 ? '1girl, long_skirt, tree' : '';
    }
  });

  const open = async (options?: PageOptions): Promise<void> => {
    page = await browser.open(host, options);
    await page
      .getByText(/60 images/)
      .first()
      .waitFor();
  };
  const field = (): Locator => page.getByRole('combobox', { name: 'Search captions and file names' });
  const isFocused = (): Promise<boolean> =>
    field().evaluate((element: unknown) => {
      const own = element as { getRootNode(): { activeElement: unknown } };
      return own.getRootNode().activeElement === own;
    });
  const option = (name: string | RegExp): Locator => page.getByRole('option', { name });
  const activeOption = (): Locator => page.locator('search-field [role=option][aria-selected=true]');
  const chip = (label: string): Locator => page.getByRole('button', { name: `Remove filter: ${label}`, exact: true });
  const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 160; tries++) {
      if (await check()) return;
      await page.waitForTimeout(25);
    }
    assert.fail(`Waited in vain until ${what}`);
  };
  const holds = (text: string): Promise<void> =>
    until(`the field holds ${text}`, async () => (await field().inputValue()) === text);
  const asksFor = (query: string): Promise<void> => until(`the host searches for ${query}`, () => host.query === query);

  it('finds a tag by the keyboard alone', async () => {
    await open();
    host.focusSearch();
    await until('it has the focus', isFocused);
    await page.keyboard.type('ta');
    await option(/^tag:/).waitFor();
    assert.equal(await field().getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('ArrowDown');
    assert.equal(await activeOption().count(), 1);
    assert.equal(await field().getAttribute('aria-activedescendant'), await activeOption().getAttribute('id'));
    await page.keyboard.press('Enter');
    await holds('tag:');
    await option(/1girl/).waitFor();
    await page.keyboard.type('lo');
    await option(/long hair/).waitFor();
    await page.keyboard.press('Tab');
    await holds('tag:"long hair" ');
    await asksFor('tag:"long hair"');
    await page.getByText('20 of 60 images', { exact: true }).waitFor();
    assert.equal(await field().getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('Escape');
    await holds('');
    await asksFor('');
  });

  it('completes what is typed now, also while the suggestions for it are on their way', async () => {
    await open();
    host.focusSearch();
    await until('it has the focus', isFocused);
    await page.keyboard.type('tag:');
    await option(/1girl/).waitFor();
    // No pause between letter and key: the list is still that of all tags, with 1girl at its top.
    await page.keyboard.type('tr');
    await page.keyboard.press('Tab');
    await holds('tag:tree ');
    await page.keyboard.type('tag:');
    await option(/1girl/).waitFor();
    await page.keyboard.type('tree s');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await until('nothing typed is lost', async () => (await field().inputValue()).startsWith('tag:tree tag:tree s'));
  });

  it('moves through the list and back to the text, and Escape closes the list first', async () => {
    await open();
    await field().click();
    await page.keyboard.type('is:');
    await option(/is:empty/).waitFor();
    await page.keyboard.press('ArrowUp');
    await option(/is:selected/)
      .and(activeOption())
      .waitFor();
    await page.keyboard.press('ArrowDown');
    await until('nothing is chosen', async () => (await activeOption().count()) === 0);
    assert.equal(await field().getAttribute('aria-activedescendant'), null);
    await page.keyboard.press('Escape');
    await until('the list is closed', async () => (await field().getAttribute('aria-expanded')) === 'false');
    await holds('is:');
  });

  it('leaves the field with Tab while a plain word is typed', async () => {
    await open();
    await field().click();
    await page.keyboard.type('lon');
    await option(/long hair/).waitFor();
    await page.keyboard.press('Tab');
    await holds('lon');
    assert.ok(!(await isFocused()));
    assert.equal(await field().getAttribute('aria-expanded'), 'false');
  });

  it('marks a mistake where it is, says what is wrong, and keeps the results', async () => {
    await open();
    await field().fill('1girl');
    await page.getByText('40 of 60 images', { exact: true }).waitFor();
    await field().fill('1girl tags:many');
    await page.getByText('tags: needs a number after it, such as tags:<5.').waitFor();
    assert.equal(await field().getAttribute('aria-invalid'), 'true');
    assert.equal(await page.locator('.mark').textContent(), 'tags:many');
    const mark = await page.locator('.mark').boundingBox();
    const text = await field().boundingBox();
    assert.ok(mark !== null && text !== null && mark.x > text.x + 20, 'it is under the second word');
    assert.ok(Math.abs(mark.y - text.y) < 6, 'it is on the line of the text');
    await page.getByText('40 of 60 images', { exact: true }).waitFor();
    await page.screenshot({ path: 'screenshots/search-mistake.png' });
    await field().fill('1girl tags:<3');
    await until('nothing is wrong', async () => (await field().getAttribute('aria-invalid')) === 'false');
  });

  it('does not complain about a quote that is still being typed', async () => {
    await open();
    await field().click();
    await page.keyboard.type('tag:"long', { delay: 20 });
    await asksFor('tag:"long');
    assert.equal(await field().getAttribute('aria-invalid'), 'false');
    await page.getByText('This quote is not closed.').waitFor();
    assert.equal(await field().getAttribute('aria-invalid'), 'true');
  });

  it('shows a chip for each term, and takes a term out with its chip', async () => {
    await open();
    await field().fill('1girl AND -tag:"long hair" (sky OR tree)');
    await chip('not tag: long hair').waitFor();
    await page.screenshot({ path: 'screenshots/search-chips.png' });
    await chip('not tag: long hair').click();
    await holds('1girl (sky OR tree)');
    await asksFor('1girl (sky OR tree)');
    await chip('“1girl”').focus();
    await page.keyboard.press('Enter');
    await asksFor('(sky OR tree)');
  });

  it('saves a search, offers it when the field is empty, and forgets it', async () => {
    await open();
    const star = page.getByRole('button', { name: 'Save this search' });
    await field().fill('tag:tree');
    await asksFor('tag:tree');
    await star.click();
    await until('it is saved', async () => (await star.getAttribute('aria-pressed')) === 'true');
    await field().fill('');
    await asksFor('');
    await page.keyboard.press('ArrowDown');
    await option(/My tag:tree/).click();
    await asksFor('tag:tree');
    await holds('tag:tree');
    await star.click();
    await until('it is forgotten', async () => (await star.getAttribute('aria-pressed')) === 'false');
  });

  it('remembers a search that was meant, and Enter makes its results anew', async () => {
    await open();
    await field().fill('tag:sky');
    await field().press('Enter');
    await until('it is remembered', () => host.said('rememberSearch').length > 0);
    assert.equal(host.said('refreshResults').length, 1);
  });

  it('sorts by the keyboard', async () => {
    await open();
    const by = page.getByRole('combobox', { name: 'Sort by' });
    await by.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await until('the newest come first', () => host.sort.key === 'modified' && host.sort.descending);
    await page.getByRole('button', { name: 'Sorted newest first, change to oldest first' }).press('Enter');
    await until('the oldest come first', () => !host.sort.descending);
  });

  it('takes back with one undo what was typed in one go, also if results came meanwhile', async () => {
    await open();
    await field().focus();
    await page.keyboard.type('lo');
    await page.getByText('40 of 60 images', { exact: true }).waitFor();
    await page.keyboard.type('ng hair');
    await page.getByText('20 of 60 images', { exact: true }).waitFor();
    await page.keyboard.press('Control+z');
    await holds('');
    await page.keyboard.press('Control+y');
    await holds('long hair');
    await page.keyboard.press('Home');
    await page.keyboard.type('x');
    await page.keyboard.press('Control+z');
    await holds('long hair');
  });

  it('takes back a deleted word as one step, and stops at each text that was there', async () => {
    await open();
    await field().focus();
    await page.keyboard.type('foo bar');
    await page.keyboard.press('Control+Backspace');
    await holds('foo ');
    await page.keyboard.press('Control+z');
    await holds('foo bar');
    await page.keyboard.press('Control+z');
    await holds('');
    await page.keyboard.type('sky');
    for (const key of ['Home', 'End', 'Backspace', 'Backspace', 'Backspace']) await page.keyboard.press(key);
    // A part of the page goes, which ends the browser's own run.
    await page.waitForTimeout(600);
    await page.keyboard.type('tree');
    await page.keyboard.press('Control+z');
    await holds('sky');
    await page.keyboard.press('Control+y');
    await holds('tree');
  });

  it('takes back what an input method composed, and no more', async () => {
    await open();
    await field().focus();
    await page.keyboard.type('ab');
    await page.keyboard.press('Home');
    await page.keyboard.type('q');
    const inputMethod = await page.context().newCDPSession(page);
    for (const text of ['k', 'か', 'かn', 'かな']) {
      const end = text.length;
      await inputMethod.send('Input.imeSetComposition', { text, selectionStart: end, selectionEnd: end });
    }
    await page.keyboard.insertText('仮名');
    await holds('q仮名ab');
    await page.keyboard.press('Control+z');
    await holds('ab');
    await page.keyboard.press('Control+y');
    await holds('q仮名ab');
  });

  it('says when results are out of date, how far a search is, and that it was cancelled', async () => {
    await open();
    host.search.shown = { stale: 3 };
    host.push();
    await page.getByText('3 changed').waitFor();
    await page.getByRole('button', { name: 'Refresh Results' }).click();
    await until('the host is asked', () => host.said('refreshResults').length === 1);
    host.search.shown = { progress: { done: 1200, total: 10_000 } };
    host.push();
    await page.getByText('Searching: 1,200 of 10,000 images').waitFor();
    await page.getByRole('button', { name: 'Cancel Search' }).click();
    await until('the host is told', () => host.said('cancelSearch').length === 1);
    host.search.shown = { cancelled: true };
    host.push();
    await page.getByRole('button', { name: 'Search Again' }).waitFor();
  });

  it('takes over a search that comes from elsewhere', async () => {
    await open();
    host.query = 'tag:sky';
    host.push();
    await holds('tag:sky');
    await page.getByText('20 of 60 images', { exact: true }).waitFor();
  });

  for (const [theme, width] of [
    ['dark', 1280],
    ['light', 900],
    ['high-contrast', 900],
    ['dark', 420],
  ] as const) {
    it(`looks tidy in ${theme} at ${width} pixels`, async () => {
      await open({ theme, width, height: 640 });
      await field().fill('1girl -tag:"long hair" tags:>2 l');
      await field().press('End');
      await page.keyboard.type('o');
      await option(/long hair/).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.screenshot({ path: `screenshots/search-${theme}-${width}.png` });
      const wide = await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth');
      assert.ok(wide, 'nothing sticks out');
    });
  }
});
