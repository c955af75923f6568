import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { keysOf } from './link/keySequences';
import { linkImages } from './link/linkCaptions';
import { useLinkedPage } from './link/LinkedPage';
import type { LinkBeginning } from './link/page/linkPage';
import { farKeysTimeout, pressFarAway, sameAtAnyDistance } from './link/sameAtAnyDistance';

const [first = '', second = ''] = linkImages;
const suggested = ['blue eyes', 'blue_sky', 'light blue', 'blue hair', 'mountain', 'moon', 'paper clip'];

describe('suggested tags over a slow link', function () {
  this.timeout(60_000);
  const linked = useLinkedPage({ width: 800, height: 600 });

  const caption = (path = first): Locator =>
    linked.page.getByRole('textbox', { name: `Caption of ${path}`, exact: true });
  const value = (path = first): Promise<string> => caption(path).inputValue();
  /** What the host has. */
  const saved = (path = first): Promise<string> => linked.host<string>(`item(${JSON.stringify(path)}).text`);
  const begin = (text: string, captionMode: LinkBeginning['captionMode']): Promise<void> =>
    // Typing is not interrupted by what follows a pause: that moves the caret to and fro.
    linked.open({ captionMode, captions: { [first]: text, [second]: 'sky, tree' }, suggested, commitDelay: 60_000 });
  /** Opens the page far away, with the caret at the end of the first line of a caption. */
  const open = async (text: string, delay = 150): Promise<void> => {
    await begin(text, 'text');
    await caption().focus();
    await linked.press(['Control+Home', 'End']);
    await linked.setDelay(delay);
  };

  /** Two lines, and the caret at the end of the first. */
  const reset = async (): Promise<void> => {
    await caption().fill('sky\nend');
    await linked.press(['Control+Home', 'End']);
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
      await open('sky');
      for (const pause of [0, 50]) {
        await pressFarAway(linked, reset, [keys, [pause], 150]);
        assert.equal(await value(), text, `${String(pause)} ms apart`);
        assert.ok(await linked.isFocused(caption()));
        assert.equal(await saved(), text);
      }
    });
  }

  it('leave Tab alone while none is chosen, and keep what is typed when the focus goes', async () => {
    await open('sky');
    await linked.press([...keysOf(', blu'), 'Tab']);
    assert.ok(!(await linked.isFocused(caption())), 'it goes on at once');
    assert.equal(await value(), 'sky, blu');
    await caption().focus();
    await linked.press(['End', ...keysOf(', m'), 'ArrowDown', ...keysOf('oss')]);
    assert.equal(await value(), 'sky, blu, m', 'the letters wait');
    await caption(second).focus();
    assert.equal(await value(), 'sky, blu, moss');
    await linked.wait();
    assert.equal(await saved(), 'sky, blu, moss');
  });

  it('leave an undo that waits behind them to where the focus goes', async () => {
    await open('sky');
    await linked.press([...keysOf(', m'), 'ArrowDown', 'Control+z']);
    assert.equal(await value(), 'sky, m', 'it waits');
    await caption(second).focus();
    await linked.wait();
    assert.equal(await saved(), 'sky');
    assert.equal(await value(), 'sky');
    assert.equal(await value(second), 'sky, tree');
  });

  it('are followed by what is typed into the next caption, and only there', async () => {
    await open('sky');
    await linked.press([...keysOf(', moo'), 'ArrowDown', 'Enter', 'Control+Enter', 'End', ...keysOf(', next')]);
    await linked.wait();
    assert.equal(await value(second), 'sky, tree, next');
    assert.equal(await value(), 'sky, moon, ');
    assert.ok(await linked.isFocused(caption(second)));
  });

  it('do not keep typing when the link is gone', async () => {
    await open('sky', 20_000);
    await linked.press([...keysOf(', moo'), 'ArrowDown', ...keysOf('se')]);
    assert.equal(await value(), 'sky, moo');
    await linked.wait();
    assert.equal(await value(), 'sky, moose');
  });

  it('become chips', async () => {
    await begin('sky', 'tags');
    await linked.page.getByRole('textbox', { name: `Add a tag to ${first}` }).focus();
    await linked.setDelay(150);
    await linked.press([...keysOf('moo'), 'ArrowDown', 'Enter', ...keysOf('tree'), 'Enter'], 40);
    await linked.wait();
    assert.equal(await saved(), 'sky, moon, tree');
    await linked.press([...keysOf('moo'), 'Enter'], 40);
    await linked.wait();
    assert.equal(await saved(), 'sky, moon, tree, moo', 'it is taken as it is');
  });

  it('lead to the same text at any distance, whatever the keys', async function () {
    this.timeout(farKeysTimeout);
    await open('sky');
    await sameAtAnyDistance(linked, {
      strokes: [
        { weight: 5, keys: ['b', 'l', 'o', 'm', 'z'].map((key) => [key]) },
        { weight: 3, keys: [keysOf(', '), keysOf(', moo'), ['Space'], ['Control+Space']] },
        { weight: 6, keys: ['ArrowDown', 'ArrowUp', 'Enter'].map((key) => [key]) },
        { weight: 3, keys: ['Backspace', 'Control+Backspace', 'ArrowLeft', 'Home', 'End'].map((key) => [key]) },
        { weight: 1, keys: [['Delete'], ['Control+v']] },
      ],
      delays: [75, 150],
      known: [
        [['z', 'Control+Space', 'm', 'ArrowDown', 'Enter', 'ArrowUp', 'm'], [40], 75],
        [['z', 'Control+Space', 'End', ...keysOf(', '), 'ArrowDown', 'Enter'], [0], 150],
        [['z', 'Backspace', 'ArrowDown', 'Enter'], [0], 150],
        [['m', 'ArrowDown', 'Enter', ...keysOf('bl z'), 'Control+Backspace', 'ArrowDown', 'Enter'], [0], 150],
        // `clip` is on the clipboard.
        [['m', 'ArrowDown', 'Enter', 'Control+v', 'ArrowDown', 'Enter'], [0], 150],
        [['m', 'm', 'ArrowDown', 'Enter', 'ArrowUp', 'm'], [40], 75],
        [['o', 'Control+Space', 'ArrowDown', 'End', 'b', 'Home'], [40, 40, 40, 40, 0, 0], 150],
      ],
      reset,
      look: async () => ({ text: await value(), caret: await linked.caretOf(caption()), saved: await saved() }),
    });
  });
});
