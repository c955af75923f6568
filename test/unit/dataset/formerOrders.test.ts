import assert from 'node:assert/strict';
import { FormerOrders } from '../../../src/dataset/view/FormerOrders';

describe('The orders that a page was told of', () => {
  const list = (length: number): string[] => new Array<string>(length).fill('image');

  it('are remembered by their numbers, and nothing else is', () => {
    const orders = new FormerOrders<string>();
    orders.note(3, { images: ['a', 'b'], byName: true });
    orders.note(3, { images: ['other'], byName: false });
    orders.note(4, { images: ['b', 'a'], byName: false });
    assert.deepEqual(orders.get(3), { images: ['a', 'b'], byName: true });
    assert.deepEqual(orders.get(4), { images: ['b', 'a'], byName: false });
    assert.equal(orders.get(2), undefined);
  });

  it('are forgotten from the oldest on: after 64 of them, or two million images', () => {
    const orders = new FormerOrders<string>();
    for (let order = 1; order <= 65; order++) orders.note(order, { images: ['a'], byName: true });
    assert.deepEqual([orders.get(1), orders.get(2)?.images], [undefined, ['a']]);
    orders.note(66, { images: list(1_500_000), byName: true });
    assert.equal(orders.get(4)?.images.length, 1);
    orders.note(67, { images: list(1_500_000), byName: true });
    assert.equal(orders.get(66), undefined);
    orders.note(68, { images: list(3_000_000), byName: true });
    assert.equal(orders.get(68)?.images.length, 3_000_000, 'the latest one stays, however long it is');
  });
});
