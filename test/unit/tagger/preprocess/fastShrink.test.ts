import assert from 'node:assert/strict';
import path from 'node:path';
import sharp from 'sharp';
import { fastDifference, fastShrink, prepareImage } from '../../../../src/tagger/preprocess/prepareImage';
import { testFolder } from '../../shared/testFolder';

describe('Fast preprocessing', function () {
  this.timeout(60_000);
  const folder = testFolder();

  /** Soft shapes with edges, 3000 x 2000, in the format that the name says. */
  async function picture(name: string): Promise<string> {
    const file = path.join(folder(), name);
    const shapes = `<svg width="3000" height="2000"><rect width="3000" height="2000" fill="#96b"/>
      <circle cx="900" cy="900" r="700" fill="#fc3"/><rect x="1700" y="300" width="900" height="1400" fill="#123"/></svg>`;
    await sharp(Buffer.from(shapes)).blur(2).removeAlpha().toFile(file);
    return file;
  }

  it('shrinks only where enough is left for the resizer, and only what decoders shrink for less', () => {
    assert.equal(fastShrink('JPEG', 1216, 448), 1);
    assert.equal(fastShrink('JPEG', 3000, 448), 4);
    assert.equal(fastShrink('JPEG', 8000, 448), 8);
    assert.equal(fastShrink('WebP', 1400, 448), 2);
    assert.equal(fastShrink('PNG', 8000, 448), 1);
    for (const side of [500, 1000, 2000, 2688, 4928, 10_000]) {
      assert.ok(side / fastShrink('JPEG', side, 448) >= Math.min(side, 1.5 * 448), String(side));
    }
  });

  for (const name of ['large.jpg', 'large.webp']) {
    it(`changes a ${path.extname(name)} a little, and has its shape and place`, async () => {
      const { largest, mean } = await fastDifference(await picture(name), 448);
      assert.ok(mean > 0 && mean < 1.5, `mean ${mean}`);
      assert.ok(largest < 40, `largest ${largest}`);
    });
  }

  it('changes nothing of formats that are always decoded as a whole', async () => {
    assert.deepEqual(await fastDifference(await picture('large.png'), 448), { largest: 0, mean: 0 });
  });

  it('turns a picture upright as exact preprocessing does', async () => {
    const file = path.join(folder(), 'turned.jpg');
    await sharp(await picture('large.jpg'))
      .withMetadata({ orientation: 6 })
      .toFile(file);
    const { mean } = await fastDifference(file, 448);
    assert.ok(mean < 1.5, `mean ${mean}`);
    assert.notDeepEqual(await prepareImage(file, 448, 'fast'), await prepareImage(await picture('a.jpg'), 448, 'fast'));
  });
});
