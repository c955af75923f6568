import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { keysOf } from './link/keySequences';
import { linkImages } from './link/linkCaptions';
import { useLinkedPage } from './link/LinkedPage';
import { farKeysTimeout, sameAtAnyDistance } from './link/sameAtAnyDistance';

/** Of three captions one has the one text, one the other, and one is empty. */
const captions = Object.fromEntries(
  linkImages.map((image, index) => [image, ['1girl, long hair, sky', '1girl, long_skirt, tree', ''][index % 3] ?? '']),
);

/** The parts of an image as the host has it that the tests look at. */
interface HostImage {
  text: string;
  selected: boolean;
}

describe('the search over a slow link', function () {
  this.timeout(60_000);
  const linked = useLinkedPage({ width: 800, height: 600 });

  const open = async (delay = 150): Promise<void> => {
    await linked.open({ captionMode: 'text', captions });
    await linked.setDelay(delay);
  };
  const field = (): Locator => linked.page.getByRole('combobox', { name: 'Search captions and file names' });
  const value = (): Promise<string> => field().inputValue();
  const query = (): Promise<string> => linked.host<string>('query');
  /** All has settled: the field holds a text, and the host searches for it. */
  const searches = async (text: string): Promise<void> => {
    await linked.wait();
    assert.equal(await value(), text);
    assert.equal(await query(), text.trim());
  };
  const found = (text: string): Promise<void> => linked.page.getByText(text, { exact: true }).waitFor();
  const firstPicture = (): Locator => linked.page.locator('image-card .picture').first();
  const selected = async (): Promise<string[]> =>
    (await linked.host<HostImage[]>('items')).filter((image) => image.selected).map(({ text }) => text);
  /** The host has another search, which was set elsewhere. */
  const setElsewhere = (text: string): Promise<unknown> =>
    linked.page.evaluate(`linkPage.host.query = ${JSON.stringify(text)}; linkPage.host.push();`);
  /** All that the summary says from now on, each text once. */
  const watchSummary = async (): Promise<() => Promise<string[]>> => {
    await linked.page.evaluate(`
      window.seen = [];
      window.watching = setInterval(() => {
        const editor = document.querySelector('dataset-editor').shadowRoot;
        const summary = editor.querySelector('dataset-toolbar').shadowRoot.querySelector('.summary span');
        const text = summary.textContent.trim();
        if (window.seen.at(-1) !== text) window.seen.push(text);
      }, 4);
    `);
    return () => linked.page.evaluate<string[]>('(clearInterval(window.watching), window.seen)');
  };

  it('keeps every letter of the field while answers to earlier ones come', async () => {
    for (const [delay, pause] of [
      [150, 240],
      [100, 180],
    ] as const) {
      await open(delay);
      await field().focus();
      // A host tells of every change, also while it searches.
      await linked.page.evaluate('setInterval(() => { linkPage.host.push(); }, 100)');
      for (const [index, letter] of keysOf('umbrella').entries()) {
        await linked.press([letter], pause);
        assert.equal(await value(), 'umbrella'.slice(0, index + 1));
      }
      await searches('umbrella');
      await found('0 of 12 images');
    }
  });

  it('does not show again what was found for a text that is gone', async () => {
    await open();
    await field().focus();
    await linked.press(keysOf('tag:sky'));
    await searches('tag:sky');
    await found('4 of 12 images');
    const seen = await watchSummary();
    // The search for it is on its way, and its answer comes after the letter is gone.
    await linked.press(['z'], 220);
    await linked.press(['Backspace']);
    await searches('tag:sky');
    assert.equal(await linked.host<number>(`said('setQuery').length`), 3);
    assert.deepEqual(await seen(), ['4 of 12 images']);
  });

  it('takes over a search that comes from elsewhere, unless what is typed is newer', async () => {
    await open();
    await field().focus();
    await linked.press(keysOf('tag:sky'));
    await searches('tag:sky');
    await setElsewhere('tag:tree');
    await searches('tag:tree');
    await field().focus();
    await linked.press(['End']);
    // The host sets another search while this one is typed and on its way to it.
    await linked.press(keysOf(' 1girl'), 15);
    await linked.wait(180);
    await setElsewhere('is:empty');
    for (let tries = 0; tries < 60; tries++) {
      assert.equal(await value(), 'tag:tree 1girl');
      await linked.wait(10);
    }
    await searches('tag:tree 1girl');
  });

  it('keeps the caret where it is when Enter searches before a pause', async () => {
    await open();
    await field().focus();
    for (const text of ['ab', 'abcd', 'abcdef']) {
      await linked.press([...keysOf(text.slice(-2)), 'Enter']);
      assert.equal(await value(), text);
    }
  });

  it('searches for all tags that are clicked, however fast, and takes out all terms', async () => {
    await open();
    await linked.page.evaluate(`
      const { actions } = document.querySelector('dataset-editor');
      actions.addFilter('1girl', false);
      actions.addFilter('long hair', true);
      actions.addFilter('sky', true);
      // Their results come only with the time that the test lets pass.
      undefined;
    `);
    await searches('tag:1girl -tag:"long hair" -tag:sky');
    for (const label of ['tag: 1girl', 'not tag: sky']) {
      await linked.page.getByRole('button', { name: `Remove filter: ${label}`, exact: true }).click();
    }
    await searches('-tag:"long hair"');
  });

  describe('has keys wait for suggestions:', () => {
    const cases: readonly (readonly [keys: readonly string[], text: string])[] = [
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
        await linked.press(keys);
        await searches(text);
        assert.ok(await linked.isFocused(field()));
      });
    }

    it('Tab goes on where there are none', async () => {
      await open();
      await field().focus();
      await linked.press([...keysOf('tag:zz'), 'Tab']);
      assert.ok(await linked.isFocused(field()));
      await linked.wait();
      assert.ok(await linked.isFocused(linked.page.getByRole('button', { name: 'Save this search' })));
    });

    it('nothing typed behind them is lost when the focus goes, or when no answer comes', async () => {
      await open(20_000);
      await field().focus();
      await linked.press([...keysOf('tag:lo'), 'ArrowDown', 'Enter', ...keysOf(' sky')]);
      assert.equal(await value(), 'tag:lo');
      await linked.page.locator('image-card').first().focus();
      assert.equal(await value(), 'tag:lo sky');
      await field().focus();
      await linked.press(['End', 'x', 'Escape', ...keysOf('yz')]);
      await linked.wait();
      // The key counts for what is there: no suggestions, so it clears the field.
      assert.equal(await value(), 'yz');
    });
  });

  it('leads to the same at any distance, whatever the keys', async function () {
    this.timeout(farKeysTimeout);
    await open();
    const chosen = linked.page.locator('search-field [role=option][aria-selected=true] .label:visible');
    await sameAtAnyDistance(linked, {
      strokes: [
        { weight: 5, keys: ['t', 'l', 'o', 's', 'z'].map((key) => [key]) },
        {
          weight: 3,
          keys: [keysOf(' tag:'), keysOf(' is:'), ['Space'], [...keysOf(' tag:l'), 'Tab'], ['t', 'a']],
        },
        { weight: 5, keys: ['ArrowDown', 'ArrowUp', 'Enter', 'Escape'].map((key) => [key]) },
        { weight: 2, keys: ['Backspace', 'ArrowLeft', 'Home', 'End'].map((key) => [key]) },
      ],
      delays: [25, 75, 150],
      reset: async () => {
        await linked.page.evaluate('linkPage.host.search.recent = []');
        await field().fill('');
        await linked.press(['Escape']);
      },
      look: async () => ({
        text: await value(),
        caret: await linked.caretOf(field()),
        chosen: await chosen.allTextContents(),
        isFocused: await linked.isFocused(field()),
        query: await query(),
      }),
    });
  });

  it('sorts by what was chosen last, not by what the host has told', async () => {
    await open();
    const direction = linked.page.getByRole('button', { name: /^Sorted/ });
    const title = (): Promise<string | null> => direction.getAttribute('title');
    const sort = (): Promise<unknown> => linked.host<unknown>('sort');
    await direction.click();
    assert.equal(await title(), 'Sorted Z to A');
    await linked.wait(100);
    await direction.click();
    assert.equal(await title(), 'Sorted A to Z');
    await linked.wait();
    assert.equal(await title(), 'Sorted A to Z');
    assert.deepEqual(await sort(), { key: 'name', descending: false });
    await linked.page.getByRole('combobox', { name: 'Sort by' }).focus();
    await linked.press(['Enter', 'ArrowDown', 'Enter']);
    await linked.wait(120);
    assert.equal(await title(), 'Sorted newest first');
    await direction.click();
    assert.equal(await title(), 'Sorted oldest first');
    await linked.wait();
    assert.equal(await title(), 'Sorted oldest first');
    assert.deepEqual(await sort(), { key: 'modified', descending: false });
  });

  it('selects no image that a search hides which was typed before the click', async () => {
    await open();
    const { x, y } = (await firstPicture().boundingBox())!;
    await field().focus();
    await linked.press(keysOf('is:empty'));
    await linked.page.mouse.click(x + 20, y + 20);
    await searches('is:empty');
    await found('4 of 12 images');
    assert.equal(await linked.host<number>(`said('select').length`), 1, 'the click has come');
    assert.deepEqual(await selected(), []);
    assert.equal(await linked.page.locator('selection-bar').isVisible(), false);
    assert.equal(await linked.page.locator('image-card.selected').count(), 0);
  });

  it('selects all that the typed search finds', async () => {
    await open();
    await field().focus();
    await linked.press(keysOf('is:empty'));
    await linked.page.locator('image-card').first().focus();
    await linked.press(['Control+a']);
    await searches('is:empty');
    assert.deepEqual(await selected(), ['', '', '', '']);
  });

  it('takes a suggestion back in one step', async () => {
    await open(0);
    await field().focus();
    await linked.press(keysOf('sky tag:lo'), 10);
    await linked.press(['Tab']);
    await searches('sky tag:"long hair" ');
    await linked.press(['x', 'Control+z']);
    await searches('sky tag:"long hair" ');
    await linked.press(['Control+z']);
    await searches('sky tag:lo');
    await linked.press(['Control+y']);
    await searches('sky tag:"long hair" ');
  });
});
