import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { TagSuggestion } from '../../src/protocol/page/suggestProtocol';
import { FakeHost } from './fakeHost';
import type { GridBrowser } from './GridPage';
import { useGridBrowser } from './useGridBrowser';

const first = '00_set/image_00000.png';
const second = '00_set/image_00001.png';

/** What the tests use of a textarea: they run where there is no DOM. */
interface TextArea {
  selectionStart: number;
  ariaActiveDescendantElement: { textContent: string } | null;
  setSelectionRange(start: number, end: number): void;
  getRootNode(): { activeElement: unknown };
}

const known: TagSuggestion[] = [
  { tag: 'blue eyes', count: 1204, source: 'dataset' },
  { tag: 'blue_sky', count: 12, source: 'dataset' },
  { tag: 'light blue', count: 3, source: 'dataset' },
  { tag: 'blue hair', count: 1_204_000, source: 'model' },
  { tag: 'aqua eyes', alias: 'blue-green eyes', count: 5200, source: 'list' },
];

describe('suggested tags in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;

  beforeEach(() => {
    host = new FakeHost(200);
    // A busy machine must not end a run of typing by a pause.
    host.settings.commitDelay = 5000;
    host.suggest = ({ prefix }) => ({
      suggestions: known.filter(({ tag, alias }) => `${tag} ${alias ?? ''}`.replace('_', ' ').includes(prefix.trim())),
      loading: false,
    });
  });

  const caption = (path: string): Locator => page.getByRole('textbox', { name: `Caption of ${path}` });
  const list = (): Locator => page.getByRole('listbox', { name: 'Suggested tags' });
  const option = (name: string | RegExp): Locator => list().getByRole('option', { name });
  const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 100; tries++) {
      if (await check()) return;
      await page.waitForTimeout(30);
    }
    assert.fail(`Waited in vain until ${what}`);
  };
  const holds = (path: string, text: string): Promise<void> =>
    until(`${path} holds "${text}"`, async () => (await caption(path).inputValue()) === text);
  const openAtEnd = async (...options: [Parameters<GridBrowser['open']>[1]?]): Promise<void> => {
    page = await browser.open(host, ...options);
    await caption(first).waitFor();
    // A picture that takes the place of its tile ends the run of typing that one undo takes back.
    await until('all pictures are there', async () => (await page.locator('image-card .tile').count()) === 0);
    await caption(first).focus();
    await page.keyboard.press('End');
  };
  const chosen = (): Promise<string | undefined> =>
    caption(first).evaluate((area: unknown) => (area as TextArea).ariaActiveDescendantElement?.textContent);

  it('come while typing, are chosen with the keyboard and taken back in one step', async () => {
    await openAtEnd();
    await page.keyboard.type(', blu', { delay: 20 });
    await option('blue eyes').waitFor();
    assert.equal(await chosen(), undefined, 'nothing is chosen yet');
    await page.keyboard.press('ArrowDown');
    assert.match((await chosen()) ?? '', /blue eyes/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    assert.equal(await option('blue eyes').getAttribute('aria-selected'), 'true');
    await page.keyboard.press('Enter');
    await holds(first, 'tag 0, sky, tree, blue eyes, ');
    await list().waitFor({ state: 'hidden' });
    await until('the host has it', () => host.item(first).text === 'tag 0, sky, tree, blue eyes, ');
    await page.keyboard.type('x');
    await page.keyboard.press('Control+z');
    await holds(first, 'tag 0, sky, tree, blue eyes, ');
    await page.keyboard.press('Control+z');
    await holds(first, 'tag 0, sky, tree, blu');
    await page.keyboard.press('Control+z');
    await holds(first, 'tag 0, sky, tree');
    await page.keyboard.press('Control+y');
    await page.keyboard.press('Control+y');
    await holds(first, 'tag 0, sky, tree, blue eyes, ');
  });

  it('do not cut the run of typing that one undo takes back', async () => {
    await openAtEnd();
    await page.keyboard.type(', blue hair and more, blue', { delay: 40 });
    await option('blue eyes').waitFor();
    await holds(first, 'tag 0, sky, tree, blue hair and more, blue');
    await page.keyboard.press('Control+z');
    await holds(first, 'tag 0, sky, tree');
  });

  it('leave Enter and Tab alone while none is chosen, and Escape closes them first', async () => {
    await openAtEnd();
    await page.keyboard.type(', blu');
    await option('blue eyes').waitFor();
    await page.keyboard.press('Escape');
    await list().waitFor({ state: 'hidden' });
    assert.equal(
      await caption(first).evaluate((area: unknown) => (area as TextArea).getRootNode().activeElement === area),
      true,
      'the caption keeps the focus',
    );
    await page.keyboard.type('e');
    await option('blue eyes').waitFor();
    await page.keyboard.press('Enter');
    await holds(first, 'tag 0, sky, tree, blue\n');
    await list().waitFor({ state: 'hidden' });
    await page.keyboard.type('blu');
    await option('blue eyes').waitFor();
    await page.keyboard.press('Tab');
    await until('Tab left the caption', async () => !(await list().isVisible()));
    assert.equal(await caption(first).inputValue(), 'tag 0, sky, tree, blue\nblu');
  });

  it('replace the tag under the caret only, and close at a comma', async () => {
    host.item(first).text = 'cat, (bl:1.1), {a|b},  dog';
    await openAtEnd();
    await caption(first).evaluate((area: unknown) => {
      (area as TextArea).setSelectionRange(8, 8);
    });
    await page.keyboard.type('u');
    await option('blue eyes').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await holds(first, 'cat, (blue eyes:1.1), {a|b},  dog');
    assert.equal(await caption(first).evaluate((area: unknown) => (area as TextArea).selectionStart), 15);
    await page.keyboard.press('End');
    await page.keyboard.type(', blu');
    await option('blue eyes').waitFor();
    await page.keyboard.type(',');
    await list().waitFor({ state: 'hidden' });
  });

  it('are there for Ctrl+Space even where nothing is typed yet, and for the mouse', async () => {
    await openAtEnd();
    await page.keyboard.type(', ');
    await page.waitForTimeout(100);
    assert.equal(await list().isVisible(), false);
    await page.keyboard.press('Control+Space');
    await option('blue eyes').waitFor();
    assert.deepEqual(
      (host.said('suggestTags') as { automatic: boolean }[]).map(({ automatic }) => automatic),
      [false],
    );
    await option(/aqua eyes/).click();
    await holds(first, 'tag 0, sky, tree, aqua eyes, ');
    await page.keyboard.type('x');
    await holds(first, 'tag 0, sky, tree, aqua eyes, x');
  });

  it('drop the answer to what was typed before', async () => {
    let release: (() => void) | undefined;
    host.suggest = async ({ prefix }) => {
      if (prefix === 'b') await new Promise<void>((resolve) => (release = resolve));
      return { suggestions: [{ tag: `${prefix} answered`, count: 1, source: 'dataset' }], loading: false };
    };
    await openAtEnd();
    await page.keyboard.type(', b');
    await until('it was asked', () => release !== undefined);
    await page.keyboard.type('l');
    await option('bl answered').waitFor();
    release?.();
    await page.waitForTimeout(100);
    assert.equal(await option('bl answered').isVisible(), true);
    assert.equal(await option('b answered').isVisible(), false);
  });

  it('take the place of all that was typed, also while the answer to it is on its way', async () => {
    const answer = host.suggest;
    host.suggest = (query) => (query.prefix.length > 4 ? new Promise(() => undefined) : answer(query));
    await openAtEnd();
    await page.keyboard.type(', blue');
    await option(/^blue hair/).waitFor();
    // The first one is "blue eyes": it does not fit any more.
    await page.keyboard.type(' h');
    await page.keyboard.press('ArrowDown');
    assert.match((await chosen()) ?? '', /^\s*blue hair/);
    await page.keyboard.press('Enter');
    await holds(first, 'tag 0, sky, tree, blue hair, ');
  });

  it('stay what was chosen when the answer comes after the choice', async () => {
    const answer = host.suggest;
    let release: (() => void) | undefined;
    host.suggest = async (query) => {
      if (query.prefix.length > 4) await new Promise<void>((resolve) => (release = resolve));
      const { suggestions, loading } = await answer(query);
      return { suggestions: suggestions.toReversed(), loading };
    };
    await openAtEnd();
    await page.keyboard.type(', blue');
    await option(/^blue hair/).waitFor();
    await page.keyboard.type(' ');
    await until('it was asked', () => release !== undefined);
    await page.keyboard.press('ArrowDown');
    const before = await chosen();
    release?.();
    await page.waitForTimeout(100);
    assert.equal(await chosen(), before);
  });

  it('are asked again while a list is being read, say where they are from, and go with the focus', async () => {
    let asked = 0;
    const answer = host.suggest;
    host.suggest = async (query) => ({ ...(await answer(query)), loading: ++asked < 3 });
    await openAtEnd();
    await page.keyboard.type(', blue');
    await option('blue hair 1.2M tagger').waitFor();
    await option(/blue-green eyes → aqua eyes/).waitFor();
    const { typed, path } = host.said('suggestTags').at(-1) as { typed: string; path: string };
    assert.deepEqual([typed, path], ['blue', first]);
    await until('it asked again', () => asked >= 3);
    await caption(second).focus();
    await list().waitFor({ state: 'hidden' });
  });

  it('stay inside the window, in every theme', async () => {
    for (const theme of ['dark', 'light', 'high-contrast'] as const) {
      host.item(first).text = 'tag 0, sky, tree';
      await openAtEnd({ theme, width: 420, height: 680 });
      await page.keyboard.type(', one, two, three, four, five, six, blue');
      await option('blue eyes').waitFor();
      await page.keyboard.press('ArrowDown');
      await page.waitForTimeout(50);
      const box = (await list().boundingBox())!;
      const field = (await caption(first).boundingBox())!;
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= 420 && box.y + box.height <= 680);
      assert.ok(box.y > field.y, 'below the line');
      await page.screenshot({ path: `screenshots/suggestions-${theme}.png` });
    }
  });

  it('are not in the way of Ctrl+Enter, which saves and goes on, and back with Shift', async () => {
    await openAtEnd();
    await page.keyboard.type(', blu');
    await option('blue eyes').waitFor();
    await page.keyboard.press('Control+Enter');
    const isIn = (path: string): Promise<boolean> =>
      caption(path).evaluate((area: unknown) => (area as TextArea).getRootNode().activeElement === area);
    await until('the next caption has the focus', () => isIn(second));
    assert.equal(await caption(first).inputValue(), 'tag 0, sky, tree, blu');
    const names = host.log.map(({ name }) => name);
    assert.ok(names.indexOf('commit') < names.indexOf('save'), 'committed, then saved');
    await page.keyboard.press('Control+Shift+Enter');
    await until('the one before has it again', () => isIn(first));
  });
});
