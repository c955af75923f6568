import assert from 'node:assert/strict';
import type { CardItem } from '../../../../src/protocol/page/cardProtocol';
import type { PlaceInOrder } from '../../../../src/protocol/page/gridViewProtocol';
import { joinTyping } from '../../../../src/tags/joinTyping';
import { HeldTyping, type KnownCards } from '../../../../src/webview/card/HeldTyping';

const card = (path: string, more: Partial<CardItem> = {}): CardItem => ({
  index: 0,
  path,
  captionPath: `${path}.txt`,
  text: 'cat',
  save: { state: 'saved' },
  draft: 0,
  warnings: [],
  imageVersion: '1',
  selected: false,
  ...more,
});

describe('Typing into a caption that has not come', () => {
  const place = { order: 1, index: 7 };
  let held: HeldTyping;
  let changes: number;
  let typings: number;
  /** what the page knows: the cards of an order by position, and what stood at places of earlier ones */
  let order: number;
  let items: Map<number, CardItem>;
  let former: Map<string, { path: string; index: number | null } | null>;

  const cards = (): KnownCards => ({
    order,
    at: (index) => items.get(index),
    placeOf: (path) => [...items].find(([, item]) => item.path === path)?.[0],
    whereWas: (asked: PlaceInOrder) => {
      const item = asked.order === order ? items.get(asked.index) : undefined;
      if (item !== undefined) return { path: item.path, index: asked.index };
      return former.get(`${asked.order} ${asked.index}`);
    },
  });

  beforeEach(() => {
    changes = 0;
    typings = 0;
    held = new HeldTyping(
      () => changes++,
      () => typings++,
    );
    order = 1;
    items = new Map();
    former = new Map();
  });

  it('waits for its card, which is wanted, and is part of the caption when it comes', () => {
    held.type(place, 'do', 'text');
    held.type(place, 'dog', 'text');
    items.set(6, card('six.png'));
    assert.deepEqual(held.settle(cards()), { arrived: [], lost: [] });
    assert.equal(held.textAt(place), 'dog');
    assert.deepEqual([held.spans(1), held.spans(2)], [[{ start: 7, end: 8 }], []]);
    assert.deepEqual([held.places(), held.paths()], [[place], []]);
    const item = card('seven.png');
    items.set(7, item);
    assert.deepEqual(held.settle(cards()).arrived, [{ item, text: 'dog', joined: 'text', isLeft: false }]);
    assert.equal(held.textAt(place), undefined);
    assert.deepEqual(held.settle(cards()).arrived, [], 'once');
  });

  it('says whether the caption was left meanwhile, unless the user came back', () => {
    held.type(place, 'dog', 'text');
    held.leave(place);
    held.type({ order: 1, index: 8 }, 'cow', 'text');
    held.leave({ order: 1, index: 8 });
    held.type({ order: 1, index: 8 }, 'cows', 'text');
    items.set(7, card('seven.png')).set(8, card('eight.png'));
    assert.deepEqual(
      held.settle(cards()).arrived.map(({ text, isLeft }) => [text, isLeft]),
      [
        ['dog', true],
        ['cows', false],
      ],
    );
  });

  it('goes with the image to its place in another order, not to what stands at the old one', () => {
    held.type(place, 'dog', 'text');
    order = 2;
    items.set(7, card('other.png'));
    assert.deepEqual(held.settle(cards()).arrived, [], 'nobody knows yet where it is');
    former.set('1 7', { path: 'seven.png', index: 30 });
    assert.deepEqual(held.settle(cards()).arrived, []);
    assert.deepEqual([held.spans(2), held.paths(), held.places()], [[{ start: 30, end: 31 }], ['seven.png'], []]);
    held.type({ order: 2, index: 30 }, 'dogs', 'text');
    items.set(30, card('seven.png'));
    const [arrived] = held.settle(cards()).arrived;
    assert.deepEqual([arrived?.item.path, arrived?.text], ['seven.png', 'dogs']);
  });

  it('is lost, and says so, where its image is gone, unknown, or cannot be edited', () => {
    const typed = (index: number): void => {
      held.type({ order: 1, index }, `text ${index}`, 'text');
    };
    for (const index of [1, 2, 3, 4]) typed(index);
    order = 2;
    former.set('1 1', { path: 'gone.png', index: null }).set('1 2', null);
    former.set('1 3', { path: 'latin.png', index: 3 }).set('1 4', { path: 'locked.png', index: 4 });
    items.set(3, card('latin.png', { foreignEncoding: 'latin1' })).set(4, card('locked.png', { readOnly: true }));
    const { arrived, lost } = held.settle(cards());
    assert.deepEqual(arrived, []);
    assert.deepEqual(
      lost.map(({ text, path }) => [text, path]),
      [
        ['text 1', 'gone.png'],
        ['text 2', null],
        ['text 3', 'latin.png'],
        ['text 4', 'locked.png'],
      ],
    );
    assert.equal(new Set(lost.map(({ number }) => number)).size, 4, 'each is known by its number');
    assert.deepEqual(held.places(), []);
  });

  it('can be kept as it changes, under one number, until it is taken', () => {
    held.type(place, 'do', 'text');
    const [first] = held.waiting;
    held.type(place, 'dog', 'text');
    assert.equal(typings, 2);
    const kept = { number: first?.number, place, path: null, text: 'dog', joined: 'text' };
    assert.deepEqual(held.waiting, [kept]);
    assert.deepEqual(held.takeAll(), [kept]);
    assert.deepEqual(held.waiting, []);
  });

  it('is nothing where all of it was deleted again', () => {
    held.type(place, 'd', 'text');
    held.type(place, '', 'text');
    assert.deepEqual(held.waiting, []);
    items.set(7, card('seven.png'));
    assert.deepEqual(held.settle(cards()), { arrived: [], lost: [] });
    assert.deepEqual(held.places(), []);
  });

  it('waits while an input method composes letters', () => {
    held.compose(place, true);
    held.type(place, 'ね', 'text');
    items.set(7, card('seven.png'));
    assert.deepEqual(held.settle(cards()).arrived, []);
    held.type(place, '猫', 'text');
    held.compose(place, false);
    assert.equal(changes, 1, 'it can be settled now');
    assert.equal(held.settle(cards()).arrived[0]?.text, '猫');
  });

  it('is added at the end of a text, and behind the tags where those are shown', () => {
    assert.equal(joinTyping('cat, sky', { text: ', dog', joined: 'text' }), 'cat, sky, dog');
    assert.equal(joinTyping('cat, sky', { text: 'dog, cow', joined: 'tags' }), 'cat, sky, dog, cow');
    assert.equal(joinTyping('', { text: 'dog', joined: 'tags' }), 'dog');
  });
});
