import assert from 'node:assert/strict';
import fc from 'fast-check';
import { captionPathOf } from '../../../../src/dataset/files/imageFiles';
import { isInShard, parseShard, shardOf } from '../../../../src/jobs/folder/shardOf';

const paths = fc.uniqueArray(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 200 });
const counts = fc.integer({ min: 1, max: 50 });

describe('Parts of a dataset', () => {
  it('cover every caption exactly once', () => {
    fc.assert(
      fc.property(paths, counts, (captions, count) => {
        for (const caption of captions) {
          const parts = Array.from({ length: count }, (_, index) => ({ index, count }));
          assert.equal(parts.filter((part) => isInShard(caption, part)).length, 1);
        }
      }),
    );
  });

  it('keep what they have when images are added or removed', () => {
    fc.assert(
      fc.property(paths, paths, counts, (before, added, count) => {
        const partOf = (all: readonly string[]): Map<string, number> =>
          new Map(all.map((caption) => [caption, shardOf(caption, count)]));
        const [first, second] = [partOf(before), partOf([...added, ...before].reverse())];
        for (const [caption, part] of first) assert.equal(second.get(caption), part);
      }),
    );
  });

  it('0/7 to 6/7 cover every image once, also when half of the images come in the middle of the runs', () => {
    const name = (index: number): string => `sub ${index % 13}/image ${index}.txt`;
    const all = Array.from({ length: 5000 }, (_, index) => name(index));
    const done = new Map<string, number>();
    const run = (index: number, images: readonly string[]): void => {
      const open = images.filter((image) => isInShard(image, { index, count: 7 }) && !done.has(image));
      for (const image of open) done.set(image, (done.get(image) ?? 0) + 1);
    };
    for (const index of [0, 1, 2, 3]) run(index, all.slice(0, 2500));
    for (const index of [4, 5, 6]) run(index, all);
    assert.ok(done.size < all.length);
    for (const index of [3, 1, 0, 2]) run(index, all);
    assert.equal(done.size, all.length);
    assert.ok([...done.values()].every((times) => times === 1));
  });

  it('never part images that share a caption file', () => {
    const [jpg, png] = ['sub/a.jpg', 'sub/a.PNG'].map((image) => captionPathOf(image, '.txt'));
    assert.equal(jpg, png);
  });

  it('are the same on every machine and in every version', () => {
    // `printf %s sub/a.txt | sha256sum` begins with a82881a27f7c, which is 184891927068540; modulo 7.
    assert.equal(shardOf('sub/a.txt', 7), 6);
  });

  it('are the same whichever normal form a name comes in', () => {
    assert.equal(shardOf('caf\u00e9.txt', 1000), shardOf('cafe\u0301.txt', 1000));
  });

  it('are about equal', () => {
    const sizes = Array.from({ length: 7 }, () => 0);
    for (let index = 0; index < 70_000; index++) {
      const part = shardOf(`folder ${index % 90}/image-${index}.txt`, 7);
      sizes[part] = (sizes[part] ?? 0) + 1;
    }
    // 10,000 each; the standard deviation is 93.
    for (const size of sizes) assert.ok(Math.abs(size - 10_000) < 500, sizes.join(' '));
  });

  it('are named by their number from 0 and how many there are', () => {
    assert.deepEqual(parseShard('0/1'), { index: 0, count: 1 });
    assert.deepEqual(parseShard(' 6/7 '), { index: 6, count: 7 });
    for (const wrong of ['7/7', '8/7', '0/0', '-1/7', '1', '1/', '/7', 'a/7', '1/7/2', '1.5/7', '', '0/100001']) {
      assert.equal(parseShard(wrong), undefined, wrong);
    }
  });
});
