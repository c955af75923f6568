import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Locator, Page } from 'playwright-core';
import type { TagSuggestion } from '../../src/protocol/page/suggestProtocol';
import { FakeHost } from './fakeHost';
import { useGridBrowser } from './useGridBrowser';

const first = '00_set/image_00000.png';
const second = '00_set/image_00001.png';

/** What the tests use of a field: they run where there is no DOM. */
interface Focusable {
  selectionStart: number;
  getRootNode(): { activeElement: unknown };
}

const known: TagSuggestion[] = ['blue eyes', 'blue_sky', 'light blue', 'blue hair', 'mountain', 'moon'].map((tag) => ({
  tag,
  count: 1,
  source: 'dataset',
}));

/** The keys that type a text. */
function keysOf(text: string): string[] {
  return Array.from(text);
}

/** How many random sequences of keys, and which: another seed finds others. */
const sequences = Number(process.env.DATASET_CAPTIONS_LINK_SEQUENCES ?? 10);
const seed = Number(process.env.DATASET_CAPTIONS_LINK_SEED ?? 20_261_128);

describe('suggested tags over a slow link', function () {
  this.timeout(60_000);
  const browser = useGridBrowser();
  let host: FakeHost;
  let page: Page;

  beforeEach(() => {
    host = new FakeHost(60);
    host.settings.commitDelay = 5000;
    host.suggest = ({ prefix }) => ({
      suggestions: prefix.trim() === '' ? known : known.filter(({ tag }) => tag.includes(prefix.trim())),
      loading: false,
    });
  });

  const caption = (path = first): Locator => page.getByRole('textbox', { name: `Caption of ${path}` });
  const until = async (what: string, check: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 160; tries++) {
      if (await check()) return;
      await page.waitForTimeout(25);
    }
    assert.fail(`Waited in vain until ${what}`);
  };
  const value = (path = first): Promise<string> => caption(path).inputValue();
  const isFocused = (locator: Locator): Promise<boolean> =>
    locator.evaluate((element: unknown) => (element as Focusable).getRootNode().activeElement === element);
  const idle = (): Promise<void> =>
    until('nothing is on its way', () =>
      page.evaluate<boolean>(`
        (() => {
          const popup = document.querySelector('dataset-editor').shadowRoot.querySelector('suggestion-popup');
          return !popup.isAwaited && (popup.hold?.waiting.length ?? 0) === 0;
        })()`),
    );
  const press = async (keys: readonly string[], pause = 0): Promise<void> => {
    for (const key of keys) {
      await page.keyboard.press(key);
      if (pause > 0) await page.waitForTimeout(pause);
    }
  };
  /** Opens the page far away, with the caret at the end of the first line of a caption. */
  const open = async (text: string, distance = 150): Promise<void> => {
    host.item(first).text = text;
    page = await browser.open(host);
    await caption().waitFor();
    await caption().focus();
    await press(['Control+Home', 'End']);
    host.distance = distance;
  };

  const cases: readonly (readonly [what: string, keys: readonly string[], text: string])[] = [
    ['Down and Enter', [...keysOf(', blu'), 'ArrowDown', 'Enter'], 'sky, blue eyes, \nend'],
    [
      'Down twice, Enter and letters',
      [...keysOf(', blu'), 'ArrowDown', 'ArrowDown', 'Enter', ...keysOf('x y')],
      'sky, blue_sky, x y\nend',
    ],
    ['Down and Tab', [...keysOf(', moo'), 'ArrowDown', 'Tab', ...keysOf('a')], 'sky, moon, a\nend'],
    ['Up and Enter', [...keysOf(', blu'), 'ArrowUp', 'Enter'], 'sky, blue hair, \nend'],
    ['Ctrl+Space, Down and Enter', [...keysOf(', '), 'Control+Space', 'ArrowDown', 'Enter'], 'sky, blue eyes, \nend'],
    [
      'Down and letters, which go on with the tag',
      [...keysOf(', blu'), 'ArrowDown', ...keysOf('e h')],
      'sky, blue h\nend',
    ],
    [
      'Down, letters, Down, Enter',
      [...keysOf(', blu'), 'ArrowDown', ...keysOf('e h'), 'ArrowDown', 'Enter'],
      'sky, blue hair, \nend',
    ],
    [
      'Down, Enter, Backspace',
      [...keysOf(', moo'), 'ArrowDown', 'Enter', 'Backspace', 'Backspace', '!'],
      'sky, moon!\nend',
    ],
    ['Down where nothing is suggested', [...keysOf(', zz'), 'ArrowDown', 'x'], 'sky, zz\nendx'],
    ['Enter alone', [...keysOf(', blu'), 'Enter', 'x'], 'sky, blu\nx\nend'],
    ['Down a little later', ['ArrowDown', 'x'], 'sky\nendx'],
  ];
  for (const [what, keys, text] of cases) {
    it(`are taken, or not, as near by: ${what}`, async () => {
      for (const pause of [0, 50]) {
        await open('sky\nend');
        await press(keys, pause);
        await idle();
        assert.equal(await value(), text, `${pause} ms apart`);
        assert.ok(await isFocused(caption()));
        await until('the host has it', () => host.item(first).text === text);
        await browser.closePages();
        host.distance = 0;
      }
    });
  }

  it('leave Tab alone while none is chosen, and keep what is typed when the focus goes', async () => {
    await open('sky');
    await press([...keysOf(', blu'), 'Tab']);
    assert.ok(!(await isFocused(caption())), 'it goes on at once');
    assert.equal(await value(), 'sky, blu');
    await caption().focus();
    await press(['End', ...keysOf(', m'), 'ArrowDown', ...keysOf('oss')]);
    assert.equal(await value(), 'sky, blu, m', 'the letters wait');
    await caption(second).focus();
    assert.equal(await value(), 'sky, blu, moss');
    await until('the host has it', () => host.item(first).text === 'sky, blu, moss');
  });

  it('are followed by what is typed into the next caption, and only there', async () => {
    await open('sky');
    await press([...keysOf(', moo'), 'ArrowDown', 'Enter', 'Control+Enter', 'End', ...keysOf(', next')]);
    await until('the next caption has it', async () => (await value(second)) === 'tag 1, sky, tree, next');
    assert.equal(await value(), 'sky, moon, ');
    assert.ok(await isFocused(caption(second)));
  });

  it('do not keep typing when the link is gone', async () => {
    await open('sky', 20_000);
    await press([...keysOf(', moo'), 'ArrowDown', ...keysOf('se')]);
    assert.equal(await value(), 'sky, moo');
    await until('it goes on', async () => (await value()) === 'sky, moose');
  });

  it('become chips', async () => {
    host.item(first).text = 'sky';
    page = await browser.open(host);
    await page.addInitScript(`sessionStorage.setItem('state', JSON.stringify({ captionMode: 'tags' }))`);
    await page.reload();
    const field = page.getByRole('textbox', { name: `Add a tag to ${first}` });
    await field.focus();
    host.distance = 150;
    await press([...keysOf('moo'), 'ArrowDown', 'Enter', ...keysOf('tree'), 'Enter'], 40);
    await until('both are there', () => host.item(first).text === 'sky, moon, tree');
    await press([...keysOf('moo'), 'Enter'], 40);
    await until('it is taken as it is', () => host.item(first).text === 'sky, moon, tree, moo');
  });

  it('lead to the same text at any distance, whatever the keys', async function () {
    this.timeout(300_000);
    await open('sky', 0);
    const outcome = async (keys: readonly string[], distance: number, pauses: readonly number[]): Promise<unknown> => {
      host.distance = 0;
      await idle();
      await caption().fill('sky\nend');
      await press(['Control+Home', 'End']);
      await idle();
      host.distance = distance;
      for (const [index, key] of keys.entries()) {
        await page.keyboard.press(key);
        if (distance === 0) await idle();
        else await page.waitForTimeout(pauses[index % pauses.length] ?? 0);
      }
      await idle();
      const caret = await caption().evaluate((element: unknown) => (element as Focusable).selectionStart);
      return { text: await value(), caret };
    };
    const stroke = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('b', 'l', 'o', 'm', 'z').map((key) => [key]) },
      { weight: 3, arbitrary: fc.constantFrom(keysOf(', '), keysOf(', moo'), ['Space'], ['Control+Space']) },
      { weight: 6, arbitrary: fc.constantFrom('ArrowDown', 'ArrowUp', 'Enter').map((key) => [key]) },
      { weight: 2, arbitrary: fc.constantFrom('Backspace', 'ArrowLeft', 'Home', 'End').map((key) => [key]) },
    );
    const keys = fc.array(stroke, { minLength: 2, maxLength: 7 }).map((strokes) => strokes.flat());
    const pauses = fc.array(fc.constantFrom(0, 0, 10, 40), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(keys, pauses, fc.constantFrom(75, 150), async (typed, waits, distance) => {
        assert.deepEqual(await outcome(typed, distance, waits), await outcome(typed, 0, []));
      }),
      { numRuns: sequences, seed, endOnFailure: true },
    );
  });
});
