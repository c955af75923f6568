import assert from 'node:assert/strict';
import type { CardItem } from '../../../../src/protocol/page/cardProtocol';
import type { PlaceInOrder } from '../../../../src/protocol/page/gridViewProtocol';
import { CellKeys } from '../../../../src/webview/grid/CellKeys';

describe('The names of cells', () => {
  let keys: CellKeys;
  let order: number;
  let paths: (string | undefined)[];
  let was: { path: string; index: number | null } | null | undefined;

  const update = (active: number): void => {
    keys.update(
      {
        order,
        at: (index) => (paths[index] === undefined ? undefined : ({ path: paths[index] } as CardItem)),
        whereWas: (place: PlaceInOrder) => {
          const path = place.order === order ? paths[place.index] : undefined;
          return path === undefined ? was : { path, index: place.index };
        },
      },
      active,
    );
  };
  const key = (index: number): string => keys.keyAt(index, paths[index]);

  beforeEach(() => {
    keys = new CellKeys();
    order = 1;
    paths = ['a', 'b', undefined, undefined];
    was = undefined;
  });

  it('are the paths of the images, and different where those are not known', () => {
    update(0);
    assert.equal(key(0), 'a');
    assert.equal(new Set([0, 1, 2, 3].map(key)).size, 4);
  });

  it('stay when the image of the active cell comes, and while it is active', () => {
    update(2);
    const before = key(2);
    paths = ['a', 'b', 'c', 'd'];
    update(2);
    assert.equal(key(2), before);
    assert.equal(key(3), 'd');
    update(2);
    assert.equal(key(2), before);
    update(3);
    assert.equal(key(2), 'c');
  });

  it('go with the image of the active cell to another position', () => {
    update(2);
    const before = key(2);
    order = 2;
    paths = ['c', 'a', 'b', 'd'];
    was = { path: 'c', index: 0 };
    update(0);
    assert.equal(key(0), before);
    assert.equal(key(2), 'b');
  });

  it('go to a position whose image has not come either', () => {
    update(2);
    const before = key(2);
    order = 2;
    paths = [undefined, 'a', 'b', undefined];
    was = { path: 'c', index: 3 };
    update(3);
    assert.equal(key(3), before);
    paths = ['d', 'a', 'b', 'c'];
    update(3);
    assert.equal(key(3), before);
  });

  it('are never those of another image, where nobody knows which one was there', () => {
    update(2);
    const before = key(2);
    order = 2;
    was = null;
    paths = ['a', 'b', 'x', 'y'];
    update(2);
    assert.notEqual(key(2), before);
  });
});
