import assert from 'node:assert/strict';
import type { CardItem } from '../../../../src/protocol/page/cardProtocol';
import type { PlaceInOrder } from '../../../../src/protocol/page/gridViewProtocol';
import { type ViewerCards, ViewerModel } from '../../../../src/webview/viewer/ViewerModel';

/** Images by name of which the page knows some: all that were in an order, whose cards come when the test says so. */
class Cards implements ViewerCards {
  order = 1;
  private known = new Map<string, CardItem>();
  private former = new Map<number, string[]>();
  /** what the host does not remember any more */
  readonly forgotten = new Set<number>();

  constructor(private paths: string[]) {}

  get count(): number {
    return this.paths.length;
  }

  /** The cards of these images have come; without names, all of them. */
  come(...paths: string[]): void {
    for (const path of paths.length === 0 ? this.paths : paths) this.known.set(path, card(path));
  }

  /** The images are others, or in another order; the cards of the new order have not come. */
  become(...paths: string[]): void {
    this.former.set(this.order++, this.paths);
    this.paths = paths;
    this.known.clear();
  }

  at(index: number): CardItem | undefined {
    return this.known.get(this.paths[index] ?? '');
  }

  placeOf(path: string): number | null {
    const index = this.paths.indexOf(path);
    return index < 0 ? null : index;
  }

  whereWas({ order, index }: PlaceInOrder): { path: string; index: number | null } | null | undefined {
    if (order === this.order) {
      const path = this.at(index)?.path;
      return path === undefined ? undefined : { path, index };
    }
    if (this.forgotten.has(order)) return null;
    const path = this.former.get(order)?.[index];
    return path === undefined ? undefined : { path, index: this.placeOf(path) };
  }
}

function card(path: string): CardItem {
  return {
    index: 0,
    path,
    captionPath: `${path}.txt`,
    text: '',
    save: { state: 'saved' },
    draft: 0,
    warnings: [],
    imageVersion: '1',
    selected: false,
  };
}

describe('The images of the viewer', () => {
  let cards: Cards;
  let model: ViewerModel;
  const show = (paths: string, path: string): void => {
    cards = new Cards(Array.from(paths));
    cards.come();
    model = new ViewerModel(() => cards);
    model.open(undefined, path);
  };
  const become = (paths: string): void => {
    cards.become(...Array.from(paths));
    model.cardsChanged();
  };
  const shown = (): [number, string | undefined] => [model.index, model.item?.path];

  it('have the ones around the shown one beside them, nearest first, and the same list while it does not change', () => {
    show('abcdef', 'c');
    assert.deepEqual(shown(), [2, 'c']);
    assert.deepEqual(
      model.around.map(({ path }) => path),
      ['b', 'd', 'a', 'e'],
    );
    assert.equal(model.around, model.around);
  });

  it('go on one by one and to both ends', () => {
    show('abcd', 'b');
    assert.equal(model.move(1), true);
    assert.deepEqual(shown(), [2, 'c']);
    model.move(Infinity);
    assert.deepEqual(shown(), [3, 'd']);
    assert.equal(model.move(1), false);
    assert.deepEqual(shown(), [3, 'd']);
    model.move(-Infinity);
    assert.deepEqual(shown(), [0, 'a']);
    assert.equal(model.move(-1), false);
  });

  it('go on at once to places whose cards have not come, which are shown when they come and only there', () => {
    cards = new Cards(Array.from('abcdef'));
    cards.come('a');
    model = new ViewerModel(() => cards);
    model.open(0, 'a');
    model.move(1);
    assert.deepEqual(shown(), [1, undefined]);
    model.move(1);
    assert.deepEqual(shown(), [2, undefined]);
    const { visit } = model;
    cards.come('b');
    model.cardsChanged();
    assert.deepEqual(shown(), [2, undefined], 'what was passed is not shown');
    cards.come('c');
    model.cardsChanged();
    assert.deepEqual(shown(), [2, 'c']);
    assert.equal(model.visit, visit, 'it is the same place still');
  });

  it('want the cards around them, and those of a place that has not come to be found again', () => {
    cards = new Cards(Array.from({ length: 100 }, (_, index) => `i${index}`));
    model = new ViewerModel(() => cards);
    assert.deepEqual([model.spans(1), model.paths(), model.places()], [[], [], []], 'nothing while it is closed');
    model.open(50, undefined);
    assert.deepEqual(model.spans(1), [{ start: 38, end: 63 }]);
    assert.deepEqual(model.spans(2), [], 'positions of another order mean other images');
    assert.deepEqual([model.paths(), model.places()], [[], [{ order: 1, index: 50 }]]);
    cards.come();
    model.cardsChanged();
    assert.deepEqual([model.paths(), model.places()], [['i50'], []]);
  });

  it('stay when others come and go before them', () => {
    show('abc', 'b');
    become('0abc');
    assert.deepEqual(shown(), [2, 'b'], 'as they were, until the card of the new order comes');
    const old = model.item;
    cards.come();
    model.cardsChanged();
    assert.notEqual(model.item, old);
    assert.deepEqual(shown(), [2, 'b']);
  });

  it('stay where the place was, too, when its image was not known when the order changed', () => {
    cards = new Cards(Array.from('abc'));
    model = new ViewerModel(() => cards);
    model.open(1, undefined);
    const { visit } = model;
    become('cxab');
    assert.equal(model.index, 3, 'b');
    cards.come();
    model.cardsChanged();
    assert.deepEqual(shown(), [3, 'b']);
    assert.equal(model.visit, visit);
  });

  it('are another visit where nobody knows any more which image was meant', () => {
    cards = new Cards(Array.from('abc'));
    model = new ViewerModel(() => cards);
    model.open(2, undefined);
    const { visit } = model;
    cards.forgotten.add(1);
    become('xy');
    assert.equal(model.index, 1, 'the nearest position that there is');
    assert.ok(model.visit > visit, 'nothing of what belongs to the other one is used for it');
  });

  it('go on from the place of one that is gone', () => {
    show('abcd', 'b');
    become('acd');
    assert.deepEqual([model.isListed, ...shown()], [false, 1, 'b']);
    cards.come();
    model.move(1);
    assert.deepEqual([model.isListed, ...shown()], [true, 1, 'c']);
    become('ad');
    cards.come();
    model.move(-1);
    assert.deepEqual(shown(), [0, 'a']);
  });

  it('are looked for where only the path is known, and have no place until they are found', () => {
    cards = new Cards(Array.from('abc'));
    const nothing = (): undefined => undefined;
    const unknown = { order: 1, count: 3, at: nothing, placeOf: nothing, whereWas: nothing };
    model = new ViewerModel(() => unknown);
    model.open(undefined, 'c');
    assert.deepEqual([model.isPlaced, model.paths(), model.spans(1)], [false, ['c'], []]);
    const found = new ViewerModel(() => cards);
    found.open(undefined, 'c');
    assert.deepEqual([found.isPlaced, found.index], [true, 2]);
  });
});
