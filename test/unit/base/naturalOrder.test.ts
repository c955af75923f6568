import assert from 'node:assert/strict';
import { compareNaturally, sortNames } from '../../../src/base/naturalOrder';
import { seededRandom } from '../shared/testFolder';

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

describe('Sorting the names of a folder', () => {
  const random = seededRandom(11);
  const pick = (characters: string): string => characters[random(characters.length)] ?? '';

  /** Few letters and digits, so that names differ in one place only, and everything else that a name may have. */
  function name(others: string): string {
    let made = '';
    for (let length = 1 + random(9); length > 0; length--) {
      made += pick(['aAbB', '0012', 'zZ9', ' _-,;:!?.\'"()[]{}@*\\&#%`^+<=>|~$', others][random(5) % 4] ?? '');
    }
    return made;
  }

  it('has the very order of comparing them one by one, whatever characters they have', () => {
    for (const others of ['xX', 'x\u00e9\u00c9\u0301\u65e5\u00df\u0007\u200b\u{1F600}']) {
      for (let round = 0; round < 1500; round++) {
        const names = [...new Set(Array.from({ length: 30 }, () => name(others)))];
        assert.deepEqual(sortNames(names), [...names].sort(compareNaturally));
      }
    }
  });

  it('knows numbers of any length, and zeros in front of them', () => {
    const names = ['9'.repeat(210), '9'.repeat(198), `0${'9'.repeat(198)}`, '1', '01', '001', '0', '00', '10', 'a', ''];
    assert.deepEqual(sortNames(names), [...names].sort(compareNaturally));
    assert.deepEqual(sortNames(['img10', 'img9', 'img 10', 'Img9']), ['img 10', 'img9', 'Img9', 'img10']);
  });
});
