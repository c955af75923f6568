import assert from 'node:assert/strict';
import { LruMap } from '../../../src/base/LruMap';

describe('A map of limited size', () => {
  it('drops what was not used for the longest time: reading and setting are uses', () => {
    const map = new LruMap<string, number>(3);
    for (const [value, key] of ['a', 'b', 'c'].entries()) map.set(key, value);
    assert.equal(map.get('a'), 0);
    map.set('d', 3);
    assert.equal(map.get('b'), undefined, 'the oldest but for the use of a');
    map.set('c', 20);
    map.set('e', 4);
    assert.deepEqual(
      ['a', 'b', 'c', 'd', 'e'].map((key) => map.get(key)),
      [undefined, undefined, 20, 3, 4],
    );
  });

  it('replaces a value without dropping another', () => {
    const map = new LruMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('b', 3);
    assert.deepEqual([map.get('a'), map.get('b')], [1, 3]);
  });

  it('knows the keys that were used last, and forgets one or all', () => {
    const map = new LruMap<number, string>(10);
    for (let key = 0; key < 5; key++) map.set(key, 'x');
    map.get(1);
    assert.deepEqual(map.latestKeys(3), [3, 4, 1]);
    assert.deepEqual(map.latestKeys(99), [0, 2, 3, 4, 1]);
    map.delete(4);
    assert.deepEqual(map.latestKeys(2), [3, 1]);
    map.clear();
    assert.deepEqual(map.latestKeys(5), []);
    assert.equal(map.get(1), undefined);
  });
});
