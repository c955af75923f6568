import assert from 'node:assert/strict';
import { findImages } from '../../../../src/dataset/view/findImages';
import { longestBlock, mostBlocked } from '../../shared/longestBlock';
import { openDataset } from '../openDataset';
import { testFolder } from '../../shared/testFolder';

describe('Looking for an image by what is typed', () => {
  const folder = testFolder();
  const found = async (typed: string, most = 10): Promise<string[]> => {
    const files = {
      'sea/Boat.png': '',
      'sea/Boat.txt': 'sky, Evening',
      'hill.png': '',
      'cafe\u0301.png': '',
      'hill.txt': 'boat on a hill, sky',
    };
    const dataset = await openDataset(folder(), { ...files, 'none.png': '' });
    return (await findImages(dataset.allImages, typed, most)).map(({ path }) => path);
  };

  it('finds words in the name and the caption, in any order and case', async () => {
    assert.deepEqual(await found('SKY boat'), ['hill.png', 'sea/Boat.png']);
    assert.deepEqual(await found(' evening '), ['sea/Boat.png']);
    assert.deepEqual(await found('boat none'), []);
    assert.deepEqual(await found('café'), ['cafe\u0301.png']);
  });

  it('finds any image when nothing is typed, and no more than are asked for', async () => {
    assert.equal((await found('')).length, 4);
    assert.equal((await found('', 2)).length, 2);
    assert.deepEqual(await found('boat', 1), ['hill.png']);
  });

  it('goes through 200,000 images without keeping a window waiting, and ends when it is not wanted any more', async () => {
    const image = (await openDataset(folder(), { 'a.png': '', 'a.txt': 'long hair, '.repeat(20) })).allImages[0]!;
    const many = Array.from({ length: 200_000 }, () => image);
    const blocked = await longestBlock(async () => {
      assert.deepEqual(await findImages(many, 'nothing', 100), []);
    });
    assert.ok(blocked < mostBlocked, `${blocked} ms at a stretch`);
    const search = new AbortController();
    const searching = findImages(many, 'nothing', 100, { signal: search.signal });
    search.abort(new Error('typed on'));
    await assert.rejects(searching, /typed on/);
  });
});
