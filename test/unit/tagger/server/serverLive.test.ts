import assert from 'node:assert/strict';
import path from 'node:path';
import sharp from 'sharp';
import { defaultCaptionOptions, defaultThresholds } from '../../../../src/protocol/tagging/captionOptions';
import { defaultExecution } from '../../../../src/protocol/tagging/execution';
import { TaggerProcess } from '../../../../src/protocol/child/TaggerProcess';
import type { TaggerSetup } from '../../../../src/protocol/tagging/taggerProtocol';
import { errorCode } from '../../../../src/protocol/channel/wireError';
import { root } from '../../shared/runCli';
import { testFolder } from '../../shared/testFolder';

const {
  DATASET_CAPTIONS_OIP_URL: url,
  DATASET_CAPTIONS_OIP_MODEL: model,
  DATASET_CAPTIONS_OIP_TAGS: tags,
} = process.env;

// Skipped without a live server: to run it, set DATASET_CAPTIONS_OIP_URL, DATASET_CAPTIONS_OIP_MODEL (what it calls a
// tagger) and DATASET_CAPTIONS_OIP_TAGS (the folder with that tagger's selected_tags.csv).
describe('A real server of the Open Inference Protocol (opt-in: DATASET_CAPTIONS_OIP_URL)', function () {
  this.timeout(120_000);
  const folder = testFolder();
  const tagger = new TaggerProcess({ entry: path.join(root, 'dist/tagger.js') });
  before(function () {
    if (url === undefined || model === undefined || tags === undefined) this.skip();
  });
  after(() => {
    tagger.dispose();
  });

  const setup = (serverModel = model ?? '', batchSize = 0): TaggerSetup => ({
    models: [{ folder: tags ?? '', serverModel, thresholds: { ...defaultThresholds } }],
    merge: 'mean',
    execution: { ...defaultExecution, provider: 'server', batchSize, server: { url: url ?? '', timeoutSeconds: 60 } },
  });
  async function pictures(count: number): Promise<string[]> {
    const files = Array.from({ length: count }, (_, index) => path.join(folder(), `${index}.png`));
    await Promise.all(
      files.map((file, index) =>
        sharp({ create: { width: 64, height: 48, channels: 3, background: { r: index * 3, g: 90, b: 255 - index } } })
          .png()
          .toFile(file),
      ),
    );
    return files;
  }
  const scoresOf = async (imagePath: string, of: TaggerSetup): Promise<Float32Array> =>
    (await tagger.request('scoreImage', { imagePath, setup: of })).scores;

  it('has the model that goes with the tags', async () => {
    const { models } = await tagger.request('loadTagger', { setup: setup() });
    assert.equal(models[0]?.execution.provider, 'server');
    const [hash] = (await tagger.request('hashModels', { setup: setup() })).hashes;
    assert.match(hash?.model ?? '', /^[0-9a-f]{64}$/);
  });

  it('gives a picture the same scores alone and among others', async () => {
    const files = await pictures(40);
    const alone = await scoresOf(files[7]!, setup(model, 1));
    const among = await Promise.all(files.map((file) => scoresOf(file, setup())));
    assert.ok(alone.every((score, index) => Math.abs(score - among[7]![index]!) < 0.005));
    assert.ok(among.some((scores) => scores.some((score, index) => Math.abs(score - alone[index]!) > 1e-4)));
  });

  it('takes larger batches than it has room for in smaller ones', async () => {
    const files = await pictures(64);
    const of = setup(model, 64);
    const captions = files.map((imagePath) =>
      tagger.request('captionImage', { imagePath, setup: of, options: { ...defaultCaptionOptions } }),
    );
    assert.equal((await Promise.all(captions)).length, 64);
  });

  it('says that it does not have another model', async () => {
    const error: unknown = await tagger.request('loadTagger', { setup: setup('no-such-model') }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.equal(errorCode(error), 'SERVER_REFUSED');
    assert.match((error as Error).message, /no-such-model/);
  });
});
