import assert from 'node:assert/strict';
import { compareNaturally } from '../../src/dataset/naturalOrder';
import { seededRandom } from './testFolder';

describe('The natural order', () => {
  const sorted = (paths: string[]): string[] => [...paths].sort(compareNaturally);

  it('counts: 2 comes before 10', () => {
    assert.deepEqual(sorted(['img10.png', 'img2.png', 'img1.png']), ['img1.png', 'img2.png', 'img10.png']);
  });

  it('lists the files of a folder before its sub-folders, folder by folder', () => {
    assert.deepEqual(sorted(['b/a/1.png', 'b/10.png', 'a.png', 'b/2.png', 'b 2/1.png', 'z.png', 'b/a.png']), [
      'a.png',
      'z.png',
      'b/2.png',
      'b/10.png',
      'b/a.png',
      'b/a/1.png',
      'b 2/1.png',
    ]);
  });

  it('does not depend on the order in which the disk lists the files, and calls only equal paths equal', () => {
    const paths = [
      'a.png',
      'A.png',
      '\u00e1.png',
      'a\u0301.png',
      'a01.png',
      'a1.png',
      'a1.PNG',
      '01.png',
      '1.png',
      '1/a.png',
    ];
    const expected = sorted(paths);
    const random = seededRandom(3);
    for (let round = 0; round < 200; round++) {
      const shuffled = paths.map((path) => ({ path, key: random(1000) })).sort((a, b) => a.key - b.key);
      assert.deepEqual(sorted(shuffled.map(({ path }) => path)), expected);
    }
    for (const a of paths) for (const b of paths) assert.equal(compareNaturally(a, b) === 0, a === b, `${a} ${b}`);
  });
});
