import assert from 'node:assert/strict';
import path from 'node:path';
import sharp from 'sharp';
import { Captioner } from '../../../src/captioner/Captioner';
import { CaptionerError } from '../../../src/captioner/endpoint/CaptionerError';
import { checkEndpoint } from '../../../src/captioner/endpoint/checkEndpoint';
import { endpointOrigin } from '../../../src/captioner/endpoint/endpointAddress';
import { prepareJpeg } from '../../../src/tagger/pictures/prepareJpeg';
import { testFolder } from '../shared/testFolder';
import { profileAt } from './captionerProfiles';

const {
  DATASET_CAPTIONS_CHAT_URL: url,
  DATASET_CAPTIONS_CHAT_MODEL: model = '',
  DATASET_CAPTIONS_ENDPOINT_KEY: key,
  DATASET_CAPTIONS_CHAT_MOCKS: hasMocks,
} = process.env;

// Skipped without a live server: to run it, set DATASET_CAPTIONS_CHAT_URL, and where it is needed
// DATASET_CAPTIONS_CHAT_MODEL (what the server calls a model that takes pictures) and DATASET_CAPTIONS_ENDPOINT_KEY.
// With DATASET_CAPTIONS_CHAT_MOCKS=1 it is LiteLLM's proxy with test/fixtures/captions/litellm.yaml:
//   pip install 'litellm[proxy]'; litellm --config test/fixtures/captions/litellm.yaml --port 4000
//   DATASET_CAPTIONS_CHAT_URL=http://127.0.0.1:4000 DATASET_CAPTIONS_CHAT_MODEL=mock-vision \
//     DATASET_CAPTIONS_ENDPOINT_KEY=sk-mock-0123456789 DATASET_CAPTIONS_CHAT_MOCKS=1 npx mocha …/captionerLive.test.js
// A small model with random weights, which sees real pictures:
//   pip install torch torchvision 'transformers[serving]'; python test/fixtures/captions/makeTinyModel.py /tmp/tiny
//   transformers serve /tmp/tiny --port 4001 --device cpu
//   DATASET_CAPTIONS_CHAT_URL=http://127.0.0.1:4001 DATASET_CAPTIONS_CHAT_MODEL=/tmp/tiny npx mocha …/captionerLive.test.js
describe('A real server of chat completions (opt-in: DATASET_CAPTIONS_CHAT_URL)', function () {
  this.timeout(600_000);
  const folder = testFolder();
  const endpoint = url ?? '';
  const signal = new AbortController().signal;
  let captioner: Captioner | undefined;
  before(function () {
    if (url === undefined) this.skip();
  });
  afterEach(() => captioner?.close());

  async function open(named = model, ownKey = key, patienceSeconds = 20): Promise<Captioner> {
    captioner = await Captioner.open({
      profile: profileAt([endpoint], { model: named, sampling: { maxTokens: 24 }, imageSide: 256, timeoutSeconds: 60 }),
      keys: new Map(ownKey === undefined ? [] : [[endpointOrigin(endpoint), ownKey]]),
      preparePicture: async (imagePath, side, maximumBytes) =>
        (await prepareJpeg({ imagePath, side, maximumBytes })).jpeg,
      patienceSeconds,
    });
    return captioner;
  }
  async function pictures(count: number): Promise<string[]> {
    const files = Array.from({ length: count }, (_, index) => path.join(folder(), `${index}.png`));
    await Promise.all(
      files.map((file, index) =>
        sharp({ create: { width: 300, height: 200, channels: 3, background: { r: index * 6, g: 90, b: 200 } } })
          .png()
          .toFile(file),
      ),
    );
    return files;
  }

  it('is found to work', async () => {
    const report = await checkEndpoint({ endpoint, key }, model, undefined, signal);
    console.log(`      ${report.serverName} (${report.kind}), ${report.model}, ${report.models.length} models`);
    for (const { kind, text } of report.problems) console.log(`      ${kind}: ${text}`);
    assert.equal(report.works, true);
  });

  it('answers about 20 pictures at once, each of them', async () => {
    const opened = await open();
    const answers = await Promise.all(
      (await pictures(20)).map((file) => opened.ask(file, 'Describe the picture.', signal)),
    );
    assert.equal(answers.length, 20);
    for (const { text, finish } of answers) {
      assert.equal(typeof text, 'string');
      assert.ok(['stop', 'length', 'other'].includes(finish), finish);
    }
    console.log(`      ${JSON.stringify(opened.status().endpoints)}`);
  });

  it('says that it does not have a model', async () => {
    const opened = await open('no-such-model-anywhere');
    const [file] = await pictures(1);
    await assert.rejects(opened.ask(file!, 'x', signal), (error) => {
      console.log(`      ${String(error)}`);
      return error instanceof CaptionerError && error.fault === 'machine';
    });
  });

  it('says that it wants another key', async function () {
    if (key === undefined) this.skip();
    const opened = await open(model, 'sk-wrong-0123456789');
    const [file] = await pictures(1);
    await assert.rejects(opened.ask(file!, 'x', signal), (error) => {
      console.log(`      ${String(error)}`);
      assert.doesNotMatch(String(error), /0123456789/);
      return error instanceof CaptionerError && error.code === 'ENDPOINT_KEY';
    });
  });

  describe('that is a proxy with mocked answers', () => {
    before(function () {
      if (hasMocks === undefined) this.skip();
    });
    const expected: [model: string, code: string][] = [
      ['mock-context', 'CONTEXT_OVERFLOW'],
      ['mock-server-error', 'ANSWER_UNREADABLE'],
      ['mock-rate', 'ENDPOINT_UNREACHABLE'],
    ];
    for (const [named, code] of expected) {
      it(`gives up with ${code} for ${named}`, async () => {
        const opened = await open(named);
        const [file] = await pictures(1);
        await assert.rejects(opened.ask(file!, 'x', signal), (error) => {
          console.log(`      ${String(error)}`);
          return error instanceof CaptionerError && error.code === code;
        });
      });
    }

    it('answers about 36 pictures, though it allows 30 in a minute', async () => {
      const opened = await open('mock-limited', key, 300);
      const begun = performance.now();
      const answers = await Promise.all((await pictures(36)).map((file) => opened.ask(file, 'x', signal)));
      assert.equal(answers.filter(({ text }) => text === 'A limited answer.').length, 36);
      console.log(`      ${Math.round((performance.now() - begun) / 1000)} s`);
    });
  });
});
