import assert from 'node:assert/strict';
import { revealImage } from '../../../../src/webview/editor/revealImage';

/** A grid whose cards are those of an order, and the images that the focus was put on. */
interface Grid {
  returnTo(index: number): void;
  show(index: number): void;
}

function page(order: number): { items: { order: number }; focused: number[]; grid: Grid } {
  const focused: number[] = [];
  return { items: { order }, focused, grid: { returnTo: (index) => focused.push(index), show: () => undefined } };
}

describe('going to an image', () => {
  it('waits until the cards of its place have come, and goes where it is then', async () => {
    const { items, focused, grid } = page(1);
    const places = [
      { index: 3, order: 2 },
      { index: 5, order: 3 },
    ];
    let shown = false;
    setTimeout(() => {
      shown = true;
      items.order = 3;
    }, 70);
    await revealImage({
      locate: () => Promise.resolve(places.shift() ?? { index: 5, order: 3 }),
      items,
      grid: () => Promise.resolve(shown ? grid : null),
      hasActed: () => false,
    });
    assert.deepEqual(focused, [5]);
  });

  it('stays where it is when the image is not shown', async () => {
    const { items, focused, grid } = page(1);
    const locate = () => Promise.resolve({ index: null, order: 1 });
    await revealImage({ locate, items, grid: () => Promise.resolve(grid), hasActed: () => false });
    assert.deepEqual(focused, []);
  });
});
