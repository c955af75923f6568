import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Locator, Page } from 'playwright-core';
import { FakeHost } from './fakeHost';
import { useGridBrowser } from './useGridBrowser';

/** What the tests use of the field and of its element: they run where there is no DOM. */
interface Input {
  value: string;
  selectionStart: number;
  getRootNode(): { activeElement: unknown; host: { isAwaited: boolean; hold?: { waiting: unknown[] } } };
}

/** What a sequence of keys leads to. */
interface Outcome {
  text: string;
  caret: number;
  chosen: string | null;
  isFocused: boolean;
  query: string;
}

/** The keys that type a text. */
function keysOf(text: string): string[] {
  return Array.from(text);
}

/** How many random sequences of keys, and which: another seed finds others. */
const sequences = Number(process.env.DATASET_CAPTIONS_LINK_SEQUENCES ?? 10);
const seed = Number(process.env.DATASET_CAPTIONS_LINK_SEED ?? 20_261_128);

describe('the search over a slow link', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;

  beforeEach(() => {
    host = new FakeHost(60);
    for (const [index, item] of host.items.entries()) {
      item.text = index % 3 === 0 ? '1girl, long hair, sky' : index % 3 === 1 ? '1girl, long_skirt, tree' : '';
    }
  });

  const open = async (distance = 150): Promise<void> => {
    page = await browser.open(host);
    await page
      .getByText(/60 images/)
      .first()
      .waitFor();
    await page.locator('image-card').first().waitFor();
    host.distance = distance;
  };
  const field = (): Locator => page.getByRole('combobox', { name: 'Search captions and file names' });
  const option = (name: string | RegExp): Locator => page.getByRole('option', { name });
  const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 200; tries++) {
      if (await check()) return;
      await page.waitForTimeout(25);
    }
    assert.fail(`Waited in vain until ${what}`);
  };
  const value = (): Promise<string> => field().inputValue();
  const holds = async (text: string): Promise<void> => {
    await until(`the field holds ${text}`, async () => (await value()) === text).catch(async () => {
      assert.equal(await value(), text);
    });
  };
  const asksFor = async (query: string): Promise<void> => {
    await until(`the host searches for ${query}`, () => host.query === query).catch(() => {
      assert.equal(host.query, query);
    });
  };
  const found = (text: string): Promise<void> => page.getByText(text, { exact: true }).waitFor();
  /** All that the summary says from now on, each text once. */
  const watchSummary = async (): Promise<() => Promise<string[]>> => {
    await page.evaluate(`
      window.seen = [];
      window.watching = setInterval(() => {
        const editor = document.querySelector('dataset-editor').shadowRoot;
        const summary = editor.querySelector('dataset-toolbar').shadowRoot.querySelector('.summary span');
        const text = summary.textContent.trim();
        if (window.seen.at(-1) !== text) window.seen.push(text);
      }, 4);
    `);
    return () => page.evaluate<string[]>('(clearInterval(window.watching), window.seen)');
  };
  const isFocused = (): Promise<boolean> =>
    field().evaluate((element: unknown) => (element as Input).getRootNode().activeElement === element);
  const isIdle = (): Promise<boolean> =>
    field().evaluate((element: unknown) => {
      const { isAwaited, hold } = (element as Input).getRootNode().host;
      return !isAwaited && (hold?.waiting.length ?? 0) === 0;
    });
  const idle = (): Promise<void> => until('nothing is on its way', isIdle);
  const press = async (keys: readonly string[], pause = 0): Promise<void> => {
    for (const key of keys) {
      await page.keyboard.press(key);
      if (pause > 0) await page.waitForTimeout(pause);
    }
  };

  it('keeps every letter of the field while answers to earlier ones come', async () => {
    for (const [distance, pause] of [
      [150, 240],
      [100, 180],
    ] as const) {
      host.distance = host.asked = 0;
      host.query = '';
      await open(distance);
      await field().focus();
      // A host tells of every change, also while it searches.
      const telling = setInterval(() => {
        host.push();
      }, 100);
      for (const [index, letter] of keysOf('umbrella').entries()) {
        await page.keyboard.press(letter);
        await page.waitForTimeout(pause);
        assert.equal(await value(), 'umbrella'.slice(0, index + 1));
      }
      clearInterval(telling);
      await asksFor('umbrella');
      await found('0 of 60 images');
      assert.equal(await value(), 'umbrella');
    }
  });

  it('does not show again what was found for a text that is gone', async () => {
    await open();
    await field().focus();
    await page.keyboard.type('tag:sky');
    await found('20 of 60 images');
    const seen = await watchSummary();
    await page.keyboard.press('z');
    // The search for it is on its way, and its answer comes after the letter is gone.
    await page.waitForTimeout(220);
    await page.keyboard.press('Backspace');
    await until('both are answered', () => host.said('setQuery').length >= 3);
    await page.waitForTimeout(500);
    assert.deepEqual(await seen(), ['20 of 60 images']);
    assert.equal(await value(), 'tag:sky');
  });

  it('takes over a search that comes from elsewhere, unless what is typed is newer', async () => {
    await open();
    await field().focus();
    await page.keyboard.type('tag:sky');
    await found('20 of 60 images');
    host.query = 'tag:tree';
    host.push();
    await holds('tag:tree');
    await field().focus();
    await page.keyboard.press('End');
    // The host sets another search while this one is typed and on its way to it.
    await page.keyboard.type(' 1girl', { delay: 15 });
    await page.waitForTimeout(180);
    host.query = 'is:empty';
    host.push();
    for (let tries = 0; tries < 60; tries++) {
      assert.equal(await value(), 'tag:tree 1girl');
      await page.waitForTimeout(10);
    }
    assert.equal(host.query, 'tag:tree 1girl');
  });

  it('keeps the caret where it is when Enter searches before a pause', async () => {
    await open();
    await field().focus();
    for (const text of ['ab', 'abcd', 'abcdef']) {
      await page.keyboard.type(text.slice(-2));
      await page.keyboard.press('Enter');
      assert.equal(await value(), text);
    }
  });

  it('searches for all tags that are clicked, however fast, and takes out all terms', async () => {
    await open();
    await page.evaluate(`
      const { actions } = document.querySelector('dataset-editor');
      actions.addFilter('1girl', false);
      actions.addFilter('long hair', true);
      actions.addFilter('sky', true);
    `);
    await holds('tag:1girl -tag:"long hair" -tag:sky');
    await asksFor('tag:1girl -tag:"long hair" -tag:sky');
    const chip = (label: string): Locator => page.getByRole('button', { name: `Remove filter: ${label}`, exact: true });
    await chip('tag: 1girl').waitFor();
    await chip('tag: 1girl').click();
    await chip('not tag: sky').click();
    await holds('-tag:"long hair"');
    await asksFor('-tag:"long hair"');
  });

  describe('has keys wait for suggestions:', () => {
    const cases: readonly (readonly [keys: readonly string[], text: string, caret?: number])[] = [
      [[...keysOf('tag:tr'), 'Tab'], 'tag:tree '],
      [[...keysOf('tag:lo'), 'ArrowDown', 'Enter'], 'tag:"long hair" '],
      [[...keysOf('tag:lo'), 'ArrowDown', 'ArrowDown', 'Enter'], 'tag:"long skirt" '],
      [[...keysOf('tag:lo'), 'ArrowUp', 'Enter', ...keysOf('-sky')], 'tag:"long skirt" -sky'],
      [[...keysOf('ta'), 'ArrowDown', 'Enter', ...keysOf('tr'), 'Tab', ...keysOf('x y')], 'tag:tree x y'],
      [[...keysOf('tag:lo'), 'ArrowDown', ...keysOf('ng'), 'Tab', 'Backspace'], 'tag:"long hair"'],
      [[...keysOf('tag:lo'), 'ArrowDown', 'Escape', ...keysOf('ng')], 'tag:long'],
      [[...keysOf('zz'), 'Escape', 'a'], 'a'],
      [[...keysOf('tag:zz'), 'ArrowDown', 'Enter'], 'tag:zz'],
      [[...keysOf('tag:lo'), 'ArrowDown', 'Enter', 'Home', ...keysOf('sky ')], 'sky tag:"long hair" '],
    ];
    for (const [keys, text] of cases) {
      it(keys.join(' '), async () => {
        await open();
        await field().focus();
        await press(keys);
        await idle();
        await holds(text);
        assert.ok(await isFocused());
        await asksFor(text.trim());
      });
    }

    it('Tab goes on where there are none', async () => {
      await open();
      await field().focus();
      await press([...keysOf('tag:zz'), 'Tab']);
      await until('the focus has gone on', async () => !(await isFocused()));
      const focused = await page.evaluate<string>(`
        (() => {
          let { activeElement } = document;
          while (activeElement.shadowRoot?.activeElement) activeElement = activeElement.shadowRoot.activeElement;
          return activeElement.getAttribute('aria-label');
        })()`);
      assert.equal(focused, 'Save this search');
    });

    it('nothing typed behind them is lost when the focus goes, or when no answer comes', async () => {
      await open(20_000);
      await field().focus();
      await press([...keysOf('tag:lo'), 'ArrowDown', 'Enter', ...keysOf(' sky')]);
      assert.equal(await value(), 'tag:lo');
      await page.locator('image-card').first().focus();
      await holds('tag:lo sky');
      await field().focus();
      await press(['End', 'x', 'Escape', ...keysOf('yz')]);
      // The key counts for what is there: no suggestions, so it clears the field.
      await holds('yz');
    });
  });

  it('leads to the same at any distance, whatever the keys', async function () {
    this.timeout(300_000);
    await open(0);
    const outcome = async (keys: readonly string[], distance: number, pauses: readonly number[]): Promise<Outcome> => {
      host.distance = 0;
      host.search.recent = [];
      await field().fill('');
      await press(['Escape']);
      await idle();
      await asksFor('');
      await page.waitForTimeout(50);
      host.distance = distance;
      for (const [index, key] of keys.entries()) {
        await page.keyboard.press(key);
        if (distance === 0) await idle();
        else await page.waitForTimeout(pauses[index % pauses.length] ?? 0);
      }
      await idle();
      const text = await value();
      await asksFor(text.trim());
      const chosen = page.locator('search-field [role=option][aria-selected=true] .label:visible');
      return {
        text,
        caret: await field().evaluate((element: unknown) => (element as Input).selectionStart),
        chosen: (await chosen.count()) === 0 ? null : await chosen.textContent(),
        isFocused: await isFocused(),
        query: host.query,
      };
    };
    const stroke = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('t', 'l', 'o', 's', 'z').map((key) => [key]) },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          keysOf(' tag:'),
          keysOf(' is:'),
          ['Space'],
          [...keysOf(' tag:l'), 'Tab'],
          ['t', 'a'],
        ),
      },
      { weight: 5, arbitrary: fc.constantFrom('ArrowDown', 'ArrowUp', 'Enter', 'Escape').map((key) => [key]) },
      { weight: 2, arbitrary: fc.constantFrom('Backspace', 'ArrowLeft', 'Home', 'End').map((key) => [key]) },
    );
    const keys = fc.array(stroke, { minLength: 2, maxLength: 7 }).map((strokes) => strokes.flat());
    const pauses = fc.array(fc.constantFrom(0, 0, 10, 40, 90), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(keys, pauses, fc.constantFrom(25, 75, 150), async (typed, waits, distance) => {
        assert.deepEqual(await outcome(typed, distance, waits), await outcome(typed, 0, []));
      }),
      { numRuns: sequences, seed, endOnFailure: true },
    );
  });

  it('sorts by what was chosen last, not by what the host has told', async () => {
    await open();
    const direction = page.getByRole('button', { name: /^Sorted/ });
    await direction.click();
    assert.equal(await direction.getAttribute('title'), 'Sorted Z to A');
    await page.waitForTimeout(100);
    await direction.click();
    assert.equal(await direction.getAttribute('title'), 'Sorted A to Z');
    await page.waitForTimeout(800);
    assert.equal(await direction.getAttribute('title'), 'Sorted A to Z');
    assert.deepEqual(host.sort, { key: 'name', descending: false });
    await page.getByRole('combobox', { name: 'Sort by' }).focus();
    await press(['Enter', 'ArrowDown', 'Enter']);
    await page.waitForTimeout(120);
    assert.equal(await direction.getAttribute('title'), 'Sorted newest first');
    await direction.click();
    assert.equal(await direction.getAttribute('title'), 'Sorted oldest first');
    await until('both have come', () => host.sort.key === 'modified' && !host.sort.descending);
    await page.waitForTimeout(400);
    assert.equal(await direction.getAttribute('title'), 'Sorted oldest first');
  });

  it('selects no image that a search hides which was typed before the click', async () => {
    await open();
    const { x, y } = (await page.locator('image-card .picture').first().boundingBox())!;
    await field().focus();
    await page.keyboard.type('is:empty');
    await page.mouse.click(x + 20, y + 20);
    await found('20 of 60 images');
    await until('the click has come', () => host.said('select').length > 0);
    await page.waitForTimeout(400);
    assert.deepEqual(
      host.items.filter(({ selected }) => selected).map(({ path }) => path),
      [],
    );
    assert.equal(await page.locator('selection-bar').isVisible(), false);
    assert.equal(await page.locator('image-card.selected').count(), 0);
  });

  it('selects all that the typed search finds', async () => {
    await open();
    await field().focus();
    await page.keyboard.type('is:empty');
    await page.evaluate(`
      document.querySelector('dataset-editor').shadowRoot.querySelector('image-grid').shadowRoot
        .querySelector('image-card').focus()`);
    await page.keyboard.press('Control+a');
    await until('they are selected', () => host.items.some(({ selected }) => selected));
    assert.deepEqual(
      host.items.filter(({ selected }) => selected).map(({ text }) => text),
      Array.from({ length: 20 }, () => ''),
    );
  });

  it('takes a suggestion back in one step', async () => {
    await open(0);
    await field().focus();
    await page.keyboard.type('sky tag:lo');
    await option(/long hair/).waitFor();
    await page.keyboard.press('Tab');
    await holds('sky tag:"long hair" ');
    await page.keyboard.type('x');
    await page.keyboard.press('Control+z');
    await holds('sky tag:"long hair" ');
    await page.keyboard.press('Control+z');
    await holds('sky tag:lo');
    await page.keyboard.press('Control+y');
    await holds('sky tag:"long hair" ');
    await asksFor('sky tag:"long hair"');
  });
});
