import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { defaultCaptionOptions } from '../../../src/protocol/tagging/captionOptions';
import { TaggerProcess } from '../../../src/protocol/child/TaggerProcess';
import type { TaggerSetup } from '../../../src/protocol/tagging/taggerProtocol';
import { setupOf } from '../shared/taggerSetup';
import { testFolder } from '../shared/testFolder';
import { writeTinyModel, type TinyModel } from '../shared/writeTinyModel';

const root = path.resolve(__dirname, '../../..');
const goldens = path.join(root, 'test/fixtures/goldens/images');
const wdV3: TinyModel = { inputName: 'input', inputShape: ['batch_size', 448, 448, 3], outputName: 'output' };
const wdV2: TinyModel = { inputName: 'input_1:0', inputShape: [1, 448, 448, 3], outputName: 'predictions_sigmoid' };

describe('Images in batches', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const images = readdirSync(goldens).map((name) => path.join(goldens, name));
  const tagger = new TaggerProcess({ entry: path.join(root, 'dist/tagger.js') });
  after(() => {
    tagger.dispose();
  });

  function setup(name: string, model: TinyModel, execution: Partial<TaggerSetup['execution']> = {}): TaggerSetup {
    writeTinyModel(path.join(folder(), name), model);
    const plain = setupOf(path.join(folder(), name));
    return { ...plain, execution: { ...plain.execution, ...execution } };
  }
  const scoreAll = (of: TaggerSetup, which = images): Promise<number[][]> =>
    Promise.all(
      which.map(async (imagePath) => [...(await tagger.request('scoreImage', { imagePath, setup: of })).scores]),
    );

  function largestDifference(some: number[][], others: number[][]): number {
    assert.equal(some.length, others.length);
    return Math.max(
      ...some.flatMap((scores, image) => scores.map((score, tag) => Math.abs(score - others[image]![tag]!))),
    );
  }

  it('get the same scores whatever the batch and the number of threads', async () => {
    const palette = setupOf(path.join(root, 'dist/models/palette'));
    const alone: number[][] = [];
    for (const image of images) alone.push(...(await scoreAll(palette, [image])));
    assert.equal(alone.length, 36);
    for (const execution of [
      { batchSize: 5, preprocessThreads: 1 },
      { batchSize: 16, preprocessThreads: 3, inferenceThreads: 2 },
    ]) {
      const scores = await scoreAll({ ...palette, execution: { ...palette.execution, ...execution } });
      const difference = largestDifference(scores, alone);
      assert.ok(difference <= 1e-6, `${difference} with ${JSON.stringify(execution)}`);
    }
  });

  it('run in the batch that each generation of models allows', async () => {
    const third = setup('v3', wdV3, { batchSize: 7 });
    const expected = await scoreAll(third);
    for (const [of, batchSize, from] of [
      [setup('v2', wdV2, { batchSize: 7 }), 1, 'model'],
      [setup('fixed', { ...wdV3, inputShape: [4, 448, 448, 3] }), 4, 'model'],
      [setup('v3', wdV3), 1, 'default'],
    ] as const) {
      const { execution } = (await tagger.request('loadTagger', { setup: of })).models[0]!;
      assert.deepEqual([execution.batchSize, execution.batchSizeFrom], [batchSize, from]);
      // ONNX Runtime adds up 200,000 pixels in another order for another batch: 32-bit sums differ by 0.1 %.
      assert.ok(largestDifference(await scoreAll(of), expected) < 0.01);
    }
  });

  it('are asked for in the number that keeps the model busy', async () => {
    const of = setup('v3', wdV3, { batchSize: 8, preprocessThreads: 3 });
    const { models, imagesInWork } = await tagger.request('loadTagger', { setup: of });
    // Two batches, and more than its three threads work on.
    assert.ok(imagesInWork > 2 * 8 + 3, String(imagesInWork));
    assert.deepEqual([models[0]!.execution.batchSize, models[0]!.execution.batchSizeFrom], [8, 'option']);
  });

  it('are tagged by several models at once, whatever their inputs', async () => {
    const first = setup('a', { ...wdV3, inputShape: ['n', 16, 16, 3] });
    const second = setup('b', { ...wdV3, inputShape: ['n', 3, 32, 32] });
    const [a, b] = [first.models[0]!, second.models[0]!];
    writeFileSync(path.join(b.folder, 'selected_tags.csv'), 'name,category\nsecond,0\nthird,0\nfourth,0\n');
    const imagePath = path.join(folder(), 'image.png');
    // Blue, green and red: 0.2, 0.6 and 1 are the scores of each model's three tags.
    const background = { r: 255, g: 153, b: 51 };
    await sharp({ create: { width: 16, height: 16, channels: 3, background } }).toFile(imagePath);
    const of: TaggerSetup = { ...first, models: [a, b] };

    const { models } = await tagger.request('loadTagger', { setup: of });
    assert.deepEqual(
      models.map(({ inputSize }) => inputSize),
      [16, 32],
    );
    const { names, scores } = await tagger.request('scoreImage', { imagePath, setup: of });
    assert.deepEqual(names, ['first', 'second', 'third', 'fourth']);
    assert.deepEqual(
      Array.from(scores, (score) => Math.round(score * 1000) / 1000),
      [0.2, 0.4, 0.8, 1],
    );
    const tags = async (merge: TaggerSetup['merge']): Promise<string[]> => {
      const request = { imagePath, setup: { ...of, merge }, options: { ...defaultCaptionOptions } };
      return (await tagger.request('captionImage', request)).tags;
    };
    assert.deepEqual((await tags('mean')).sort(), ['fourth', 'second', 'third']);
    assert.deepEqual((await tags('intersection')).sort(), ['third']);
  });
});
