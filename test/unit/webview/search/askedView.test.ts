import assert from 'node:assert/strict';
import type { GridSnapshot } from '../../../../src/protocol/page/gridProtocol';
import type { ImageSort } from '../../../../src/protocol/page/imageSort';
import { AskedView } from '../../../../src/webview/search/AskedView';

const byName: ImageSort = { key: 'name', descending: false };
const newest: ImageSort = { key: 'modified', descending: true };

function snapshot(asked: number, query: string, more: Partial<GridSnapshot> = {}): GridSnapshot {
  return { asked, query, sort: byName, order: asked + 1, matching: 10 * asked, ...more } as GridSnapshot;
}

describe('the search and order that the page asked for', () => {
  let view: AskedView;
  beforeEach(() => {
    view = new AskedView();
  });

  it('are what the host tells as long as the page asks for nothing', () => {
    const told = snapshot(0, 'tag:sky', { sort: newest });
    assert.equal(view.shownAfter(told, undefined), told);
    assert.deepEqual([view.query, view.sort], ['tag:sky', newest]);
  });

  it('are not changed by a snapshot that is older than what was asked last, nor are the images', () => {
    const first = snapshot(0, '');
    view.shownAfter(first, undefined);
    const numbers = [view.search('s'), view.search('sk')];
    assert.deepEqual(numbers, [1, 2]);
    const shown = view.shownAfter(snapshot(1, 's', { empty: 4 }), first);
    const { query, order, matching, empty } = shown;
    assert.deepEqual({ query, order, matching, empty }, { query: '', order: 1, matching: 0, empty: 4 });
    assert.equal(view.query, 'sk');
    const last = snapshot(2, 'sk');
    assert.equal(view.shownAfter(last, shown), last);
  });

  it('are replaced by a search that was set elsewhere after the last one arrived', () => {
    view.shownAfter(snapshot(0, ''), undefined);
    view.search('s');
    view.shownAfter(snapshot(1, 's'), undefined);
    view.shownAfter(snapshot(1, 'tag:tree'), undefined);
    assert.equal(view.query, 'tag:tree');
    // What was set elsewhere before a newer search of the page arrived does not replace it.
    view.search('tag:tree a');
    view.shownAfter(snapshot(1, 'is:empty'), snapshot(1, 'tag:tree'));
    assert.equal(view.query, 'tag:tree a');
  });

  it('have one order: an answer to an older one does not put it back', () => {
    const first = snapshot(0, '');
    view.shownAfter(first, undefined);
    view.order({ key: 'name', descending: true });
    view.order(newest);
    view.shownAfter(snapshot(1, '', { sort: { key: 'name', descending: true } }), first);
    assert.deepEqual(view.sort, newest);
  });

  it('go on with the numbers of an earlier page, and do not wait for what failed', () => {
    view.shownAfter(snapshot(57, 'sky'), undefined);
    const number = view.search('tree');
    assert.equal(number, 58);
    assert.ok(view.isNewest(58));
    view.failed(number);
    const told = snapshot(57, 'sky');
    assert.equal(view.shownAfter(told, snapshot(57, 'old')), told);
  });

  it('keep the text of a search that failed, while the images are those of the host', () => {
    const first = snapshot(0, 'sky');
    view.shownAfter(first, undefined);
    view.failed(view.search('tree'));
    const told = snapshot(0, 'sky', { matching: 7 });
    assert.equal(view.shownAfter(told, first), told);
    assert.equal(view.query, 'tree');
    const number = view.order(newest);
    view.shownAfter(snapshot(number, 'sky', { sort: newest }), told);
    assert.deepEqual([view.query, view.sort], ['tree', newest]);
    view.shownAfter(snapshot(number, 'tag:sea'), told);
    assert.equal(view.query, 'tag:sea', 'a search that was set elsewhere');
  });
});
