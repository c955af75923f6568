import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { TaggerProcess } from '../../../src/protocol/child/TaggerProcess';
import { setupOf } from '../shared/taggerSetup';
import { testFolder } from '../shared/testFolder';
import { sumsOf, writeSumModel } from '../shared/writeSumModel';

const root = path.resolve(__dirname, '../../..');
const goldens = path.join(root, 'test/fixtures/goldens');
const entry = path.join(root, 'dist/tagger.js');
const size = 448;

const index = JSON.parse(readFileSync(path.join(goldens, 'index.json'), 'utf8')) as Record<
  string,
  { expected: string }
>;

function imagePathOf(name: string): string {
  return path.join(goldens, 'images', name);
}

/** RGB, 448 x 448 x 3 bytes. */
async function readGolden(expected: string): Promise<Uint8Array> {
  const { data, info } = await sharp(path.join(goldens, expected))
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.deepEqual([info.width, info.height, info.channels], [size, size, 3]);
  return data;
}

// The expected pictures were made by Pillow with the model author's procedure; no pixel may differ from them.
describe('The picture a model sees', function () {
  this.timeout(60_000);
  const tagger = new TaggerProcess({ entry });
  after(() => {
    tagger.dispose();
  });

  it('is compared for 36 images', () => {
    assert.equal(Object.keys(index).length, 36);
  });

  for (const [name, { expected }] of Object.entries(index)) {
    it(`is exactly Pillow's for ${name}`, async () => {
      const { pixels } = await tagger.request('prepareImage', { imagePath: imagePathOf(name), size, mode: 'exact' });
      const golden = await readGolden(expected);
      assert.equal(pixels.length, size * size * 3);
      let largest = 0;
      for (let i = 0; i < golden.length; i++) largest = Math.max(largest, Math.abs(pixels[i]! - golden[i]!));
      assert.equal(largest, 0, `some pixel differs by ${largest}`);
    });
  }
});

describe('What arrives in the model', function () {
  this.timeout(60_000);
  const folder = testFolder();

  const cases: { batch: number | string; batchSize: number; preprocessThreads: number; channelsLast: boolean }[] = [
    { batch: 1, batchSize: 0, preprocessThreads: 1, channelsLast: true },
    { batch: 'batch_size', batchSize: 0, preprocessThreads: 0, channelsLast: true },
    { batch: 'batch_size', batchSize: 5, preprocessThreads: 3, channelsLast: true },
    { batch: 'batch_size', batchSize: 16, preprocessThreads: 8, channelsLast: false },
    { batch: 4, batchSize: 0, preprocessThreads: 2, channelsLast: false },
  ];
  for (const { batch, batchSize, preprocessThreads, channelsLast } of cases) {
    const shape = channelsLast ? `[${batch}, 448, 448, 3]` : `[${batch}, 3, 448, 448]`;
    const name = `is Pillow's for all 36 images with input ${shape}, batch ${batchSize} and ${preprocessThreads} threads`;
    it(name, async () => {
      writeSumModel(folder(), batch, channelsLast);
      const tagger = new TaggerProcess({ entry });
      try {
        const usual = setupOf(folder());
        const setup = { ...usual, execution: { ...usual.execution, batchSize, preprocessThreads } };
        // All at once, so that batches are filled.
        const seen = await Promise.all(
          Object.keys(index).map(async (image) => {
            const { scores } = await tagger.request('scoreImage', { imagePath: imagePathOf(image), setup });
            return [image, scores] as const;
          }),
        );
        assert.equal(seen.length, 36);
        for (const [image, scores] of seen) {
          const golden = await readGolden(index[image]!.expected);
          assert.deepEqual(scores, sumsOf(golden, channelsLast), image);
        }
      } finally {
        tagger.dispose();
      }
    });
  }
});
