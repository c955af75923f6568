import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { ShownComparison, type ComparedTexts } from '../../src/extension/comparison/ShownComparison';
import type { WantedEdit } from '../../src/protocol/page/bulkEditProtocol';
import { FakeHost } from './fakeHost';
import type { GridBrowser } from './GridPage';
import { useGridBrowser } from './useGridBrowser';

/** What the tests use of elements: they run where there is no DOM. */
interface Styled {
  ownerDocument: { defaultView: { getComputedStyle(element: Styled): { textDecorationLine: string } } };
}

const image = (index: number): string => `set/image_${String(index).padStart(5, '0')}.png`;

describe('A comparison in a browser', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;
  let opened: ComparedTexts[];

  beforeEach(() => {
    host = new FakeHost(40);
    opened = [];
  });

  const restore: WantedEdit = {
    scope: 'all',
    form: { operation: 'restoreSnapshot', snapshot: 's1', snapshotName: 'mine', tags: '' },
  };
  /** Every image got "new 0" to "new 9" and lost "old"; of every hundredth nothing else than the order changed. */
  function compare(count: number, edit: WantedEdit | null = restore): void {
    const states = {
      read: (key: string) => Promise.resolve(Buffer.from(key.trim())),
    };
    const changes = Array.from({ length: count }, (_, index) => {
      const tag = `new ${String(index % 10)}`;
      return { image: image(index), before: 'sky, old', after: `sky, ${tag}`, came: [tag], went: ['old'] };
    });
    const parts = Array.from({ length: 10 }, (_, index) => ({
      text: `new ${String(index)}`,
      kind: 'tag' as const,
      came: Math.ceil((count - index) / 10),
      went: 0,
    }));
    const counts = {
      same: 7,
      changed: count,
      onlyForm: 2,
      new: 0,
      gone: 0,
      unknown: 0,
      damaged: [],
      lost: { before: 0, after: 0 },
    };
    const shown = new ShownComparison(
      { ...counts, changes, parts: [{ text: 'old', kind: 'tag', came: 0, went: count }, ...parts] },
      { name: 'mine, yesterday', states },
      { name: 'Now', states },
      edit,
      ', ',
    );
    host.comparison.open({
      shown,
      openCaption: (texts) => {
        opened.push(texts);
        return Promise.resolve();
      },
      openText: () => Promise.resolve(),
    });
  }
  const open = async (options?: Parameters<GridBrowser['open']>[1]): Promise<void> => {
    page = await browser.open(host, options);
    await page.getByRole('gridcell').first().waitFor();
  };
  const dialog = (): Locator => page.getByRole('dialog', { name: 'Compare Captions' });
  const rows = (): Locator => dialog().getByRole('listbox', { name: 'Captions that differ' }).getByRole('option');
  const tags = (): Locator => dialog().getByRole('listbox', { name: 'Tags and sentences that came or went' });
  const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 160; tries++) {
      if (await check()) return;
      await page.waitForTimeout(50);
    }
    assert.fail(`Waited in vain until ${what}`);
  };
  const isFocused = (element: Locator): Promise<boolean> =>
    element.evaluate((node) => (node as unknown as { matches(selector: string): boolean }).matches(':focus'));

  it('shows what came and went, old struck and new marked, with the totals, and nothing that could be ticked', async () => {
    await open();
    compare(300);
    await dialog().waitFor();
    await dialog().getByText('300 images with another caption').waitFor();
    await dialog().getByText('7 images with the same caption').waitFor();
    const first = rows().first();
    await first.locator('ins').getByText('new 0').waitFor();
    const line = await first
      .locator('del')
      .evaluate((node) =>
        (node as unknown as Styled).ownerDocument.defaultView.getComputedStyle(node as unknown as Styled),
      );
    assert.equal(line.textDecorationLine, 'line-through');
    assert.equal(await first.locator('.box').count(), 0);
    assert.equal(
      await dialog()
        .getByRole('button', { name: /Apply|Tick/ })
        .count(),
      0,
    );
    await tags().getByRole('option', { name: 'old, removed from 300 captions', exact: true }).waitFor();
    assert.deepEqual(browser.errors, []);
  });

  it('goes by the keyboard: rows, a tag that is chosen, one caption opened, and the focus back where it was', async () => {
    await open();
    const cell = page.getByRole('group').first();
    await cell.focus();
    compare(300);
    await rows().first().locator('ins').waitFor();
    await until('the rows have the focus', () =>
      isFocused(dialog().getByRole('listbox', { name: 'Captions that differ' })),
    );
    await page.keyboard.press('ArrowDown');
    assert.equal(await rows().nth(1).getAttribute('aria-selected'), 'true');
    await page.keyboard.press('Enter');
    await until('a caption is opened', () => opened.length === 1);
    assert.deepEqual(opened, [{ image: image(1), before: 'sky, old', after: 'sky, new 1' }]);
    await page.keyboard.press('Shift+Tab');
    assert.ok(await isFocused(tags()));
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await dialog().getByText('30 of 300 captions').waitFor();
    await rows()
      .first()
      .filter({ hasText: image(9) })
      .waitFor();
    assert.equal(await tags().getByRole('option', { name: 'new 9' }).getAttribute('aria-selected'), 'true');
    await page.keyboard.press('Enter');
    await dialog().getByText('30 of 300 captions').waitFor({ state: 'hidden' });
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    await until('the cell has the focus', () => isFocused(cell));
  });

  it('is filtered while somebody types', async () => {
    await open();
    compare(300);
    await rows().first().waitFor();
    await dialog().getByRole('textbox').fill('NEW 3');
    await dialog().getByText('30 of 300 captions').waitFor();
    assert.equal(await tags().getByRole('option').count(), 1);
    await dialog().getByRole('textbox').fill('nothing like it');
    await dialog().getByText('In no caption that differs.').waitFor();
    await dialog().getByRole('button', { name: 'Show All' }).click();
    await rows().first().waitFor();
  });

  it('goes on with the restoring of the tag that is chosen, and offers it only where one side is now', async () => {
    await open();
    compare(300);
    await rows().first().waitFor();
    await tags().getByRole('option', { name: 'old' }).click();
    await dialog().getByText('300 of 300 captions').waitFor();
    await dialog().getByRole('button', { name: 'Restore…' }).click();
    await dialog().waitFor({ state: 'hidden' });
    const edit = page.getByRole('dialog', { name: 'Edit Captions' });
    await edit.waitFor();
    assert.equal(await edit.getByRole('textbox', { name: 'Only these tags' }).inputValue(), 'old');
    await page.keyboard.press('Escape');
    compare(300, null);
    await rows().first().waitFor();
    assert.equal(await dialog().getByRole('button', { name: 'Restore…' }).count(), 0);
  });

  it('comes back to its row and filter when another editor lay over the page, and not after it was closed', async () => {
    await open();
    compare(300);
    await rows().first().waitFor();
    await tags().getByRole('option', { name: 'new 4' }).click();
    await dialog().getByText('30 of 300 captions').waitFor();
    await dialog().getByRole('listbox', { name: 'Captions that differ' }).focus();
    for (let index = 0; index < 12; index++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await until('a caption is opened', () => opened.length === 1);
    // As VS Code makes it anew when its tab comes to the front.
    host.comparison.pageGone();
    await page.reload();
    await dialog().getByText('30 of 300 captions').waitFor();
    const active = dialog().getByRole('option', { name: image(124) });
    await until('the row is active again', async () => (await active.getAttribute('aria-selected')) === 'true');
    await active.locator('ins').waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    host.comparison.pageGone();
    await page.reload();
    await page.getByRole('gridcell').first().waitFor();
    await page.waitForTimeout(300);
    assert.equal(await dialog().isVisible(), false);
  });

  it('of 20,000 captions has few rows in the page, and goes to the last at once', async () => {
    await open();
    compare(20_000);
    await rows().first().locator('ins').waitFor();
    assert.ok((await rows().count()) < 100);
    const begun = Date.now();
    await page.keyboard.press('End');
    await dialog()
      .getByRole('option', { name: image(19_999) })
      .locator('ins')
      .waitFor();
    assert.ok(Date.now() - begun < 2000, `${String(Date.now() - begun)} ms`);
  });
});
