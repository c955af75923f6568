import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { TaggerProcess } from '../../src/protocol/TaggerProcess';

const root = path.resolve(__dirname, '../../..');
const goldens = path.join(root, 'test/fixtures/goldens');
const size = 448;

// The expected pictures were made by Pillow with the model author's procedure; no pixel may differ from them.
describe('The picture a model sees', function () {
  this.timeout(30_000);

  const index = JSON.parse(readFileSync(path.join(goldens, 'index.json'), 'utf8')) as Record<
    string,
    { expected: string }
  >;
  const tagger = new TaggerProcess({ entry: path.join(root, 'dist/tagger.js') });
  after(() => {
    tagger.dispose();
  });

  it('is compared for 36 images', () => {
    assert.equal(Object.keys(index).length, 36);
  });

  for (const [name, { expected }] of Object.entries(index)) {
    it(`is exactly Pillow's for ${name}`, async () => {
      const imagePath = path.join(goldens, 'images', name);
      const { pixels } = await tagger.request('prepareImage', { imagePath, size, mode: 'exact' });
      const { data: golden, info } = await sharp(path.join(goldens, expected))
        .removeAlpha()
        .toColourspace('srgb')
        .raw()
        .toBuffer({ resolveWithObject: true });
      assert.deepEqual(
        { width: info.width, height: info.height, channels: info.channels },
        { width: size, height: size, channels: 3 },
      );
      assert.equal(pixels.length, size * size * 3);
      let largest = 0;
      for (let i = 0; i < golden.length; i++) largest = Math.max(largest, Math.abs(pixels[i]! - golden[i]!));
      assert.equal(largest, 0, `some pixel differs by ${largest}`);
    });
  }
});
