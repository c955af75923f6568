import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultExecution } from '../../../../src/protocol/tagging/execution';
import { availableCores } from '../../../../src/tagger/native/availableCores';
import { LoadedTaggers } from '../../../../src/tagger/process/LoadedTaggers';
import { ModelError } from '../../../../src/tagger/inference/ModelError';
import { OnnxTagger } from '../../../../src/tagger/onnx/OnnxTagger';
import { scorePixels } from '../inference/scorePixels';
import { setupOf } from '../../shared/taggerSetup';
import { writeScoreModel } from '../../shared/writeScoreModel';
import { writeTinyModel, type TinyModel } from '../../shared/writeTinyModel';

const wdV3: TinyModel = { inputName: 'input', inputShape: ['batch_size', 448, 448, 3], outputName: 'output' };
const wdV2: TinyModel = { inputName: 'input_1:0', inputShape: [1, 448, 448, 3], outputName: 'predictions_sigmoid' };

const load = (folder: string): Promise<OnnxTagger> =>
  OnnxTagger.load({ folder }, { ...defaultExecution, provider: 'cpu' });

describe('An ONNX tagger', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tagger-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** A picture of one colour. */
  function plain(size: number, [red, green, blue]: [number, number, number]): Uint8Array {
    return Uint8Array.from({ length: size * size * 3 }, (_, i) => [red, green, blue][i % 3]!);
  }

  const layouts: [string, TinyModel, number][] = [
    ['the third generation: a free batch, channels last', wdV3, 448],
    ['the second generation: one picture at a time, other names', wdV2, 448],
    ['channels first', { ...wdV3, inputShape: ['batch_size', 3, 448, 448] }, 448],
    ['another size', { ...wdV3, inputShape: ['n', 224, 224, 3] }, 224],
    ['a fixed batch of four', { ...wdV3, inputShape: [4, 32, 32, 3] }, 32],
    ['a further output before the scores', { ...wdV3, inputShape: ['n', 32, 32, 3], withEmbedding: true }, 32],
  ];
  for (const [what, model, size] of layouts) {
    it(`gives the model blue, green and red in 0..255: ${what}`, async () => {
      writeTinyModel(folder, model);
      const tagger = await load(folder);
      assert.equal(tagger.inputSize, size);
      assert.deepEqual(await rounded(scorePixels(tagger, plain(size, [51, 102, 255]))), [1, 0.4, 0.2]);
      await tagger.release();
    });
  }

  it('takes several requests at once', async () => {
    writeTinyModel(folder, wdV3);
    const tagger = await load(folder);
    const scores = [51, 102, 153].map((grey) => rounded(scorePixels(tagger, plain(448, [grey, grey, grey]))));
    assert.deepEqual(await Promise.all(scores), [
      [0.2, 0.2, 0.2],
      [0.4, 0.4, 0.4],
      [0.6, 0.6, 0.6],
    ]);
    await tagger.release();
  });

  async function rejects(code: string, message: RegExp): Promise<void> {
    await assert.rejects(load(folder), (error: unknown) => {
      assert.ok(error instanceof ModelError);
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.ok(error.path.startsWith(folder));
      return true;
    });
  }

  it('says that the model is missing', () => rejects('MODEL_MISSING', /has no model\.onnx/));

  it('says that the tags are missing', async () => {
    writeTinyModel(folder, wdV3);
    rmSync(path.join(folder, 'selected_tags.csv'));
    await rejects('TAGS_MISSING', /has no selected_tags\.csv/);
  });

  it('recognises a Git LFS pointer', async () => {
    writeTinyModel(folder, wdV3);
    writeFileSync(
      path.join(folder, 'model.onnx'),
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n',
    );
    await rejects('MODEL_IS_LFS_POINTER', /git lfs pull/);
  });

  it('says that a damaged model cannot be loaded', async () => {
    writeTinyModel(folder, wdV3);
    writeFileSync(path.join(folder, 'model.onnx'), 'not a model');
    await rejects('MODEL_UNREADABLE', /cannot load the model/);
  });

  it('says that an empty model file is empty', async () => {
    writeTinyModel(folder, wdV3);
    writeFileSync(path.join(folder, 'model.onnx'), '');
    await rejects('MODEL_UNREADABLE', /empty/);
  });

  it('refuses tags that do not fit the scores', async () => {
    writeTinyModel(folder, wdV3);
    writeFileSync(path.join(folder, 'selected_tags.csv'), 'name,category\na,0\nb,0\n');
    await rejects('TAGS_MISMATCH', /has 2 tags but the model gives 3 scores/);
  });

  it('refuses a model that does not take pictures', async () => {
    writeTinyModel(folder, { ...wdV3, inputShape: ['n', 448, 448, 4] });
    await rejects('MODEL_UNSUPPORTED', /\[n, 448, 448, 4\] is not a batch of colour pictures/);
  });

  it('refuses a model that does not say how large its input is', async () => {
    writeTinyModel(folder, { ...wdV3, inputShape: ['n', 'height', 'width', 3] });
    await rejects('MODEL_UNSUPPORTED', /not square with a fixed size/);
  });

  it('takes the probabilities of a model that gives what comes before its sigmoid as well, by name or by its steps', async () => {
    for (const names of [
      ['logits', 'prediction'],
      ['output_0', 'output_1'],
    ] as const) {
      writeScoreModel(folder, 'sigmoid', names);
      const tagger = await load(folder);
      // 1 / (1 + e^((128 - 148) / 20))
      assert.deepEqual(await rounded(scorePixels(tagger, plain(8, [148, 148, 148]))), [0.73, 0.73, 0.73]);
      await tagger.release();
    }
  });

  it('refuses scores that are no numbers, and those that are no probabilities by the name of the output', async () => {
    const refusal = async (grey: number): Promise<[unknown, unknown]> => {
      const tagger = await load(folder);
      const scores = scorePixels(tagger, plain(8, [grey, grey, grey]));
      const thrown = await scores.then(
        () => undefined,
        (error: unknown) => error as ModelError,
      );
      await tagger.release();
      return [thrown?.code, thrown?.message];
    };
    writeScoreModel(folder, 'root', ['output']);
    assert.deepEqual(await refusal(200), [undefined, undefined]);
    assert.deepEqual(await refusal(5), ['SCORES_NOT_NUMBERS', 'The model gave no numbers for this image.']);
    writeScoreModel(folder, 'sigmoid', ['logits']);
    assert.deepEqual(await refusal(28), [
      'SCORES_OUT_OF_RANGE',
      'The output "logits" of model.onnx has values from -5.00 to -5.00, not from 0 to 1: the model gives no probabilities.',
    ]);
    assert.deepEqual(await refusal(138), [undefined, undefined]);
  });

  it('is loaded once for any number of simultaneous uses', async () => {
    writeTinyModel(folder, wdV3);
    const taggers = new LoadedTaggers();
    const used = await Promise.all([1, 2, 3].map(() => taggers.use(setupOf(folder), ([tagger]) => tagger)));
    assert.ok(used.every((tagger) => tagger === used[0]));
  });

  it('is loaded again after a failure', async () => {
    const taggers = new LoadedTaggers();
    await assert.rejects(
      taggers.use(setupOf(folder), () => undefined),
      ModelError,
    );
    writeTinyModel(folder, wdV3);
    assert.equal(await taggers.use(setupOf(folder), ([tagger]) => tagger!.inputSize), 448);
  });

  it('stays usable when more models are in use than are kept', async () => {
    const taggers = new LoadedTaggers();
    const folders = ['a', 'b', 'c', 'd'].map((name) => path.join(folder, name));
    for (const one of folders) writeTinyModel(one, { ...wdV3, inputShape: ['n', 8, 8, 3] });
    const scores = folders.map((one) =>
      taggers.use(setupOf(one), ([tagger]) => rounded(scorePixels(tagger!, plain(8, [255, 255, 255])))),
    );
    assert.deepEqual(await Promise.all(scores), Array(4).fill([1, 1, 1]));
    assert.equal(await taggers.use(setupOf(folders[0]!), ([tagger]) => tagger!.inputSize), 8);
  });
});

describe('The number of cores', () => {
  it('is limited by the quota of the container', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'cores-'));
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, 'cpu.max');
    const all = availableCores(path.join(folder, 'missing'));
    const withQuota = (text: string): number => {
      writeFileSync(file, text);
      return availableCores(file);
    };
    assert.ok(all >= 1);
    assert.equal(withQuota('max 100000\n'), all);
    assert.equal(withQuota('100000 100000\n'), 1);
    assert.equal(withQuota('50000 100000\n'), 1);
    assert.equal(withQuota('999999900000 100000\n'), all);
    rmSync(folder, { recursive: true });
  });
});

/** Two digits: the mean over 200,000 pixels in 32-bit floats has no more. */
async function rounded(scores: Promise<Float32Array>): Promise<number[]> {
  return [...(await scores)].map((score) => Math.round(score * 100) / 100);
}
