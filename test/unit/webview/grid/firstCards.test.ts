import assert from 'node:assert/strict';
import type { ItemsAround } from '../../../../src/protocol/page/gridViewProtocol';
import { FirstCards } from '../../../../src/webview/grid/FirstCards';

const around: ItemsAround = {
  version: 1,
  order: 2,
  matching: 9,
  anchor: null,
  found: [],
  placed: [],
  start: 0,
  items: [],
};
const question = { paths: ['a.png'], index: 4, before: 30, after: 30, find: [], places: [] };

describe('FirstCards', () => {
  it('answers the first question about the place that was said at the start, once', () => {
    const first = new FirstCards();
    assert.equal(first.take(question), undefined);
    first.keep({ path: 'a.png', index: 4 }, around);
    assert.equal(first.take(question), around);
    assert.equal(first.take(question), undefined);
    first.keep({ path: '', index: 0 }, around);
    assert.equal(first.take({ ...question, paths: [], index: 0 }), around);
  });

  it('answers no other question, and none for positions that it does not know', () => {
    const others = [
      { ...question, paths: ['b.png'] },
      { ...question, paths: [] },
      { ...question, paths: ['a.png', 'b.png'] },
      { ...question, index: 5 },
      { ...question, find: ['c.png'] },
      { ...question, places: [{ order: 1, index: 3 }] },
    ];
    for (const other of others) {
      const first = new FirstCards();
      first.keep({ path: 'a.png', index: 4 }, around);
      assert.equal(first.take(other), undefined, JSON.stringify(other));
    }
  });
});
