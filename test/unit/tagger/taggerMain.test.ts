import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { defaultCaptionOptions } from '../../../src/protocol/tagging/captionOptions';
import { TaggerProcess } from '../../../src/protocol/child/TaggerProcess';
import { availableCores } from '../../../src/tagger/native/availableCores';
import { setupOf } from '../shared/taggerSetup';
import { writeTinyModel } from '../shared/writeTinyModel';

const entry = path.resolve(__dirname, '../../../dist/tagger.js');
const options = { ...defaultCaptionOptions, excludedTags: ['second'] };

describe("The tagger's process", function () {
  this.timeout(60_000);
  let folder: string;
  let modelFolder: string;
  let imagePath: string;
  let tagger: TaggerProcess;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'tagger-'));
    modelFolder = path.join(folder, 'model');
    imagePath = path.join(folder, 'image.png');
    writeTinyModel(modelFolder, { inputName: 'input', inputShape: ['n', 16, 16, 3], outputName: 'output' });
    // Blue, green and red of the picture are the scores of the three tags: 0.6, 0.8 and 1.
    await sharp({ create: { width: 16, height: 16, channels: 3, background: { r: 255, g: 204, b: 153 } } }).toFile(
      imagePath,
    );
  });
  beforeEach(() => {
    tagger = new TaggerProcess({ entry });
  });
  afterEach(() => {
    tagger.dispose();
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('describes, scores and captions', async () => {
    const { models, imagesInWork } = await tagger.request('loadTagger', { setup: setupOf(modelFolder) });
    assert.ok(imagesInWork > 2 + availableCores(), 'enough to keep every core and the model busy');
    assert.deepEqual(models, [
      {
        folder: modelFolder,
        inputSize: 16,
        tagCount: 3,
        execution: {
          requested: 'cpu',
          provider: 'cpu',
          notUsed: [],
          batchSize: 1,
          batchSizeFrom: 'default',
          preprocess: 'exact',
        },
      },
    ]);
    const { names, scores } = await tagger.request('scoreImage', { imagePath, setup: setupOf(modelFolder) });
    assert.deepEqual(names, ['first', 'second', 'third']);
    assert.deepEqual(
      Array.from(scores, (score) => Math.round(score * 1000) / 1000),
      [0.6, 0.8, 1],
    );
    const request = { imagePath, setup: setupOf(modelFolder), options };
    assert.deepEqual((await tagger.request('captionImage', request)).tags, ['third', 'first']);
  });

  it('captions many images at once, the broken ones among them', async () => {
    const missing = path.join(folder, 'missing.png');
    const requests = Array.from({ length: 20 }, (_, i) =>
      tagger
        .request('captionImage', { imagePath: i % 5 === 0 ? missing : imagePath, setup: setupOf(modelFolder), options })
        .then(({ tags }) => tags.join(', '))
        .catch((error: unknown) => (error as { code?: string }).code),
    );
    const expected = Array.from({ length: 20 }, (_, i) => (i % 5 === 0 ? 'IMAGE_MISSING' : 'third, first'));
    assert.deepEqual(await Promise.all(requests), expected);
  });

  it('does not load the runtime for thumbnails', async function () {
    if (process.platform !== 'linux') this.skip();
    await tagger.request('makeThumbnail', { imagePath, size: 8, outputPath: path.join(folder, 'thumbnail.webp') });
    const libraries = readFileSync(`/proc/${tagger.pid!}/maps`, 'utf8');
    assert.match(libraries, /libvips/);
    assert.doesNotMatch(libraries, /onnxruntime/);
  });

  it('ends with its parent', async () => {
    const child = fork(entry, [], { serialization: 'advanced', execArgv: [] });
    await once(child, 'spawn');
    child.disconnect();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});
