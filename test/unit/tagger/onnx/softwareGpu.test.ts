import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TaggerProcess } from '../../../../src/protocol/child/TaggerProcess';
import type { ExecutionReport } from '../../../../src/protocol/tagging/execution';
import type { TaggerSetup } from '../../../../src/protocol/tagging/taggerProtocol';
import { losingDriver, softwareVulkan } from '../../shared/softwareVulkan';
import { setupOf } from '../../shared/taggerSetup';
import { testFolder } from '../../shared/testFolder';
import { writeConvNext, writeCubeModel, writeManyBuffersModel } from '../../shared/writeModels';
import { writePictures } from '../../jobs/testJobs';

const root = path.resolve(__dirname, '../../..');
const palette = path.join(root, 'dist/models/palette');
const goldens = path.join(root, 'test/fixtures/goldens/images');
/** What ONNX Runtime's WebGPU may differ from its CPU: both add 32-bit floats, in another order. */
const tolerance = 1e-3;

describe('WebGPU on a GPU that is only software', function () {
  this.timeout(240_000);
  const folder = testFolder();
  const driver = softwareVulkan();
  const started: TaggerProcess[] = [];
  const state = (): string => path.join(folder(), 'state');
  let images: string[];

  before(() => {
    images = ['baseline.jpg', 'rgb-down.png', 'grey.png', 'alpha.webp', 'rgba.png'].map((name) =>
      path.join(goldens, name),
    );
  });
  afterEach(() => {
    for (const tagger of started.splice(0)) tagger.dispose();
  });

  /** A process with models, and with the driver of the test. */
  function taggerWith(environment: Record<string, string> = driver()): TaggerProcess {
    const tagger = new TaggerProcess({ entry: path.join(root, 'dist/tagger.js') });
    started.push(tagger);
    tagger.useEnvironment({ ...environment, DATASET_CAPTIONS_STATE: state() });
    return tagger;
  }

  function setup(model: string, execution: Partial<TaggerSetup['execution']>): TaggerSetup {
    const plain = setupOf(model);
    return { ...plain, execution: { ...plain.execution, ...execution } };
  }

  const scoresOf = async (tagger: TaggerProcess, of: TaggerSetup, which = images): Promise<number[][]> =>
    Promise.all(
      which.map(async (imagePath) => [...(await tagger.request('scoreImage', { imagePath, setup: of })).scores]),
    );
  const executionOf = async (tagger: TaggerProcess, of: TaggerSetup): Promise<ExecutionReport> =>
    (await tagger.request('loadTagger', { setup: of })).models[0]!.execution;

  function assertAlike(some: number[][], others: number[][], within: number): void {
    assert.equal(some.length, others.length);
    for (const [image, scores] of some.entries()) {
      for (const [tag, score] of scores.entries()) {
        const difference = Math.abs(score - others[image]![tag]!);
        assert.ok(difference <= within, `${difference} for tag ${tag} of image ${image}`);
      }
    }
  }

  const models: [string, () => string][] = [
    ['the built-in one', () => palette],
    ['of several stages', () => made([1, 2, 1], [8, 16, 24])],
    ['24 blocks deep', () => made([24], [8])],
  ];
  function made(depths: number[], widths: number[]): string {
    const at = path.join(folder(), 'model');
    writeConvNext(at, depths, widths, 32);
    return at;
  }

  for (const [what, model] of models) {
    it(`gives a model ${what} the scores of the CPU, in batches, and says how slow it is`, async () => {
      const at = model();
      const tagger = taggerWith();
      const onCpu = await scoresOf(tagger, setup(at, {}));
      const of = setup(at, { provider: 'webgpu', batchSize: 3 });
      const { provider, notUsed, largestDifferenceToCpu, speed } = await executionOf(tagger, of);
      assert.deepEqual([provider, notUsed], ['webgpu', []]);
      assert.ok((largestDifferenceToCpu ?? 1) <= tolerance, String(largestDifferenceToCpu));
      assert.ok(speed !== undefined && speed.milliseconds > speed.cpuMilliseconds, JSON.stringify(speed));
      // A batch of three, and one that is not full.
      assertAlike(await scoresOf(tagger, of), onCpu, tolerance);
    });
  }

  it('is not used by itself: the CPU is faster, which is said with both times, and remembered', async () => {
    const of = setup(palette, { provider: 'auto' });
    const reasonOf = async (): Promise<string | undefined> => {
      const { provider, notUsed } = await executionOf(taggerWith(), of);
      assert.equal(provider, 'cpu');
      return notUsed.find((other) => other.provider === 'webgpu')?.reason;
    };
    const figures =
      /^It is slower than the CPU: (a picture was not done after )?[\d.]+ m?s.*, the CPU takes [\d.]+ m?s\.$/;
    assert.match((await reasonOf()) ?? '', figures);
    const notes = readdirSync(state()).filter((name) => name.startsWith('slow-webgpu-'));
    assert.equal(notes.length, 1);
    // Another process believes the note: it does not try again.
    const speed = { milliseconds: 540_000, cpuMilliseconds: 800, isUnfinished: true };
    writeFileSync(path.join(state(), notes[0]!), JSON.stringify(speed));
    const before = 'It is slower than the CPU: a picture was not done after 540 s, the CPU takes 800 ms.';
    assert.equal(await reasonOf(), before);
  });

  it('runs smaller batches where there is not enough memory, and every image gets its scores', async () => {
    writeCubeModel(path.join(folder(), 'model'));
    const pictures = path.join(folder(), 'pictures');
    mkdirSync(pictures);
    await writePictures(pictures, 3);
    const three = [1, 2, 3].map((number) => path.join(pictures, `${number}.png`));
    const tagger = taggerWith();
    const of = setup(path.join(folder(), 'model'), { provider: 'webgpu', batchSize: 64 });
    assert.equal((await executionOf(tagger, of)).batchSize, 64);
    // What is red (208, 16, 16) in a picture of 64 x 48; above and below it is white.
    const blue = (0.75 * 16 + 0.25 * 255) / 255;
    const red = (0.75 * 208 + 0.25 * 255) / 255;
    const expected = [blue, blue, red];
    assertAlike(await scoresOf(tagger, of, three), [expected, expected, expected], 0.01);
    const { provider, batchSize } = await executionOf(tagger, of);
    assert.deepEqual([provider, batchSize], ['webgpu', 32]);
  });

  it('gives way to the CPU, in one sentence, for a model that it cannot run', async () => {
    writeManyBuffersModel(path.join(folder(), 'model'));
    const of = setup(path.join(folder(), 'model'), { provider: 'webgpu' });
    const { provider, notUsed } = await executionOf(taggerWith(), of);
    assert.equal(provider, 'cpu');
    const reason = 'WebGPU cannot run this model: one of its steps takes more buffers than the GPU gives it.';
    assert.deepEqual(notUsed, [{ provider: 'webgpu', reason }]);
  });

  it('gives way to the CPU when the GPU goes, and no image is without its scores', async function () {
    const lost = path.join(folder(), 'lost');
    const environment = losingDriver(folder(), driver().VK_ICD_FILENAMES, lost);
    if (environment === undefined) this.skip();
    const tagger = taggerWith(environment);
    const onCpu = await scoresOf(tagger, setup(palette, {}));
    const of = setup(palette, { provider: 'webgpu', batchSize: 2 });
    assert.equal((await executionOf(tagger, of)).provider, 'webgpu');
    assertAlike(await scoresOf(tagger, of), onCpu, tolerance);
    writeFileSync(lost, '');
    assertAlike(await scoresOf(tagger, of), onCpu, tolerance);
    const { provider, notUsed } = await executionOf(tagger, of);
    assert.equal(provider, 'cpu');
    assert.deepEqual(notUsed, [{ provider: 'webgpu', reason: 'WebGPU lost the GPU.' }]);
  });
});
