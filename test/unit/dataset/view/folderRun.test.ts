import assert from 'node:assert/strict';
import { folderOf } from '../../../../src/dataset/files/datasetPath';
import { folderRun } from '../../../../src/dataset/view/folderRun';
import { compareNaturally } from '../../../../src/base/naturalOrder';

describe('folderRun', () => {
  const paths = ['0.png', '1.png'];
  for (let folder = 0; folder < 40; folder++) {
    for (let image = 0; image <= folder * 3; image++) paths.push(`set ${folder}/${image}.png`);
    paths.push(`set ${folder}/deep/0.png`);
  }
  const images = paths.sort(compareNaturally).map((path) => ({ path }));

  for (const [order, list] of [
    ['ascending', images],
    ['descending', [...images].reverse()],
  ] as const) {
    it(`finds the images of the folder of each image in ${order} order`, () => {
      list.forEach(({ path }, index) => {
        const { start, end } = folderRun(list, index);
        const own = list.map((image) => folderOf(image.path) === folderOf(path));
        assert.deepEqual([start, end], [own.indexOf(true), own.lastIndexOf(true) + 1], path);
      });
    });
  }

  it('looks at few images however many there are', () => {
    let looks = 0;
    const many = new Proxy([] as { path: string }[], {
      get: (_, index) => {
        looks++;
        const number = Number(index);
        return number >= 0 && number < 1_000_000 ? { path: `${number < 700_000 ? 'a' : 'b'}/x.png` } : undefined;
      },
    });
    assert.deepEqual(folderRun(many, 500_000), { start: 0, end: 700_000 });
    assert.ok(looks < 120, `${looks} looks`);
  });
});
