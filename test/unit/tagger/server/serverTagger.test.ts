import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { Dataset } from '../../../../src/dataset/Dataset';
import { JobFolder } from '../../../../src/jobs/folder/JobFolder';
import { planCaptionJob } from '../../../../src/jobs/captionJob';
import { jobImages } from '../../../../src/jobs/folder/jobTargets';
import { defaultWriteOptions } from '../../../../src/tags/writeMode';
import { defaultCaptionOptions } from '../../../../src/protocol/tagging/captionOptions';
import { defaultExecution, serverTokenVariable } from '../../../../src/protocol/tagging/execution';
import { describeExecution } from '../../../../src/protocol/text/executionText';
import { TaggerProcess } from '../../../../src/protocol/child/TaggerProcess';
import type { TaggerSetup } from '../../../../src/protocol/tagging/taggerProtocol';
import { errorCode } from '../../../../src/protocol/channel/wireError';
import { OipServer } from './oipServer';
import { cli, root as projectRoot, type CaptionReport } from '../../shared/runCli';
import { jobIs, testRunner } from '../../jobs/testJobs';
import { setupOf } from '../../shared/taggerSetup';
import { namesIn, testFolder, until } from '../../shared/testFolder';
import { writeTinyModel } from '../../shared/writeTinyModel';

const entry = path.join(projectRoot, 'dist/tagger.js');
const options = { ...defaultCaptionOptions };
const size = 16;

describe('A tagger on a server', function () {
  this.timeout(60_000);
  const folder = testFolder();
  let server: OipServer;
  let processes: TaggerProcess[];
  let log: string[];
  beforeEach(async () => {
    server = new OipServer('tiny', size);
    processes = [];
    log = [];
    await server.start();
    await mkdir(path.join(folder(), 'tiny'));
    const tags = 'tag_id,name,category,count\n1,first,0,1\n2,second,0,1\n3,third,0,1\n';
    await writeFile(path.join(folder(), 'tiny/selected_tags.csv'), tags);
  });
  afterEach(async () => {
    for (const one of processes) one.dispose();
    await server.stop();
  });

  function start(environment: Record<string, string> = {}): TaggerProcess {
    const tagger = new TaggerProcess({ entry, onLog: (line) => log.push(line) });
    tagger.useEnvironment(environment);
    processes.push(tagger);
    return tagger;
  }
  const setup = (more: Partial<TaggerSetup['execution']> = {}): TaggerSetup => ({
    models: [{ folder: path.join(folder(), 'tiny'), thresholds: { general: 0.35, character: 0.85 } }],
    merge: 'mean',
    execution: { ...defaultExecution, provider: 'server', server: { url: server.url, timeoutSeconds: 1 }, ...more },
  });
  /** Pictures of one colour each: blue is tag 1, green tag 2, red tag 3. */
  async function pictures(count: number, into = folder()): Promise<string[]> {
    await mkdir(into, { recursive: true });
    const colors = ['#0000ff', '#00ff00', '#ff0000'];
    const files = Array.from({ length: count }, (_, index) => path.join(into, `${index}.png`));
    await Promise.all(
      files.map((file, index) =>
        sharp({ create: { width: 16, height: 16, channels: 3, background: colors[index % 3]! } }).toFile(file),
      ),
    );
    return files;
  }
  const expected = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => ['first', 'second', 'third'][index % 3]!);
  async function caption(tagger: TaggerProcess, of: TaggerSetup, count: number): Promise<string[]> {
    const files = await pictures(count);
    const answers = files.map((imagePath) => tagger.request('captionImage', { imagePath, setup: of, options }));
    return (await Promise.all(answers)).map(({ tags }) => tags.join(', '));
  }

  it('needs no model here, sends several batches at a time and says where it runs', async () => {
    const tagger = start();
    const { models, imagesInWork } = await tagger.request('loadTagger', { setup: setup() });
    const { host } = new URL(server.url);
    assert.equal(describeExecution(models[0]!), `Server (${host}), batch 8`);
    assert.deepEqual(models[0]!.execution, {
      ...{ requested: 'server', provider: 'server', device: host, notUsed: [] },
      ...{ batchSize: 8, batchSizeFrom: 'default', preprocess: 'exact' },
    });
    assert.ok(imagesInWork >= 4 * 8, `${imagesInWork} images in work keep 3 requests and the next one full`);
    server.delay = 20;
    assert.deepEqual(await caption(tagger, setup(), 60), expected(60));
    assert.ok(server.mostOpen === 2 || server.mostOpen === 3, `${server.mostOpen} requests at a time`);
    assert.ok(server.runs.some(({ shape }) => shape[0] === 8));
    assert.ok(server.runs.every(({ shape }) => shape[0]! <= 8));
    assert.ok(log.includes(`tiny: server (${host}), batch 8`));
  });

  it('sees the pictures to the bit as the same model on this machine', async () => {
    const local = path.join(folder(), 'local');
    writeTinyModel(local, { inputName: 'input', inputShape: ['n', size, size, 3], outputName: 'output' });
    const imagePath = path.join(folder(), 'photo.png');
    const raw = Buffer.from(Array.from({ length: 37 * 23 * 4 }, (_, index) => (index * index * 7) % 251));
    await sharp(raw, { raw: { width: 37, height: 23, channels: 4 } }).toFile(imagePath);
    const tagger = start();
    await tagger.request('scoreImage', { imagePath, setup: setup() });
    const here = await tagger.request('scoreImage', { imagePath, setup: setupOf(local) });
    const { pixels } = await tagger.request('prepareImage', { imagePath, size, mode: 'exact' });
    const sent = server.runs.at(-1)!.values;
    const asBgr = Array.from(pixels, (_, index) => pixels[index - (index % 3) + 2 - (index % 3)]!);
    assert.deepEqual(sent, asBgr);
    const there = await tagger.request('scoreImage', { imagePath, setup: setup() });
    for (const [index, score] of there.scores.entries()) assert.ok(Math.abs(score - here.scores[index]!) < 1e-6);
  });

  it('takes the batch that the user wants, and a smaller one where that is too large for the server', async () => {
    const tagger = start();
    const of = setup({ batchSize: 16 });
    assert.equal((await tagger.request('loadTagger', { setup: of })).models[0]!.execution.batchSize, 16);
    server.largestBatch = 3;
    assert.deepEqual(await caption(tagger, of, 40), expected(40));
    const { execution } = (await tagger.request('loadTagger', { setup: of })).models[0]!;
    assert.equal(execution.batchSize, 2);
  });

  it('is known again by what the server says about it', async () => {
    const tagger = start();
    const hash = async (): Promise<{ model: string; tags: string }> =>
      (await tagger.request('hashModels', { setup: setup() })).hashes[0]!;
    const first = await hash();
    assert.match(first.model, /^[0-9a-f]{64}$/);
    assert.deepEqual(await hash(), first);
    server.metadata.versions = ['2'];
    assert.notEqual((await hash()).model, first.model);
    assert.equal((await hash()).tags, first.tags);
  });

  it('sends the token of its environment, and that of nobody else', async () => {
    await start({ [serverTokenVariable]: 'secret-7' }).request('loadTagger', { setup: setup() });
    assert.ok(server.seen.every(({ headers }) => headers.authorization === 'Bearer secret-7'));
    assert.doesNotMatch(log.join('\n'), /secret-7/);
  });

  it('is what its model cannot be used for, in one sentence', async () => {
    const tagger = start();
    await writeFile(path.join(folder(), 'tiny/selected_tags.csv'), 'tag_id,name,category\n1,first,0\n2,second,0\n');
    await assert.rejects(tagger.request('loadTagger', { setup: setup() }), (error: Error) => {
      assert.equal(errorCode(error), 'TAGS_MISMATCH');
      assert.equal(error.message, 'selected_tags.csv has 2 tags but the model gives 3 scores.');
      return true;
    });
  });

  describe('in a job', () => {
    const jobsFolder = (): string => path.join(folder(), 'jobs');
    const newClient = testRunner(jobsFolder);

    async function makeJob(count: number): Promise<JobFolder> {
      const root = path.join(folder(), 'pictures');
      await pictures(count, root);
      const dataset = new Dataset(root, { captionExtension: '.txt', emptiedCaption: 'delete' });
      await dataset.load();
      const tagger = start();
      const { hashes } = await tagger.request('hashModels', { setup: setup() });
      tagger.dispose();
      const job = {
        ...{ label: 'Caption All', root, captionExtension: '.txt', mode: 'all' as const, write: defaultWriteOptions },
        ...{ options, place: { kind: 'local' as const } },
        tagger: { name: 'tiny', setup: setup(), environment: {}, hashes },
      };
      return JobFolder.create(
        jobsFolder(),
        job,
        await jobImages(await planCaptionJob(dataset.allImages, 'all', 'replace')),
      );
    }
    const captions = async (): Promise<string[]> =>
      (await namesIn(path.join(folder(), 'pictures'))).filter((name) => name.endsWith('.txt'));

    it('pauses when the server stays away, with no image failed, and goes on when it is back', async () => {
      const job = await makeJob(300);
      server.delay = 30;
      const client = newClient();
      await client.request('start', { id: job.id, secrets: { serverToken: 'secret-7' } });
      await until(async () => (await captions()).length > 20, 'some captions are there');
      await server.stop();
      const paused = await jobIs(client, job.id, ({ status }) => status === 'paused');
      assert.equal(paused.fault?.code, 'PROVIDER_LOST');
      assert.match(
        paused.fault.message,
        /^The server http:\/\/127\.0\.0\.1:\d+ does not answer\..*It was tried \d+ times/,
      );
      assert.match(paused.fault.message, /When the server answers again, resume\.$/);
      assert.equal(paused.counts.failed, 0);
      const written = paused.counts.written;
      assert.ok(written > 20 && written < 300, `${written} captions were written`);
      server.delay = 0;
      await server.start();
      await client.request('start', { id: job.id });
      const done = await jobIs(client, job.id, ({ status }) => status === 'completed');
      assert.deepEqual([done.counts.written, done.counts.failed], [300, 0]);
      assert.match(done.execution[0]?.runsOn ?? '', /^tiny runs on Server \(127\.0\.0\.1:\d+\), batch 8$/);
      for (const [index, tag] of expected(300).entries()) {
        assert.equal(await readFile(path.join(folder(), `pictures/${index}.txt`), 'utf8'), tag);
      }
      assert.ok(server.seen.some(({ headers }) => headers.authorization === 'Bearer secret-7'));
      for (const name of await namesIn(job.path)) {
        assert.doesNotMatch(await readFile(path.join(job.path, name), 'utf8').catch(() => ''), /secret-7/, name);
      }
    });

    it('survives a server that restarts and is busy at times', async () => {
      const job = await makeJob(200);
      server.delay = 20;
      const client = newClient();
      await client.request('start', { id: job.id });
      await until(async () => (await captions()).length > 20, 'some captions are there');
      await server.stop();
      await new Promise((resolve) => setTimeout(resolve, 300));
      server.next((response) => response.writeHead(503).end());
      await server.start();
      const done = await jobIs(client, job.id, ({ status }) => status === 'completed');
      assert.deepEqual([done.counts.written, done.counts.failed], [200, 0]);
    });

    it('pauses when the server gets another model, and will not go on with it', async () => {
      const job = await makeJob(200);
      server.delay = 20;
      const client = newClient();
      await client.request('start', { id: job.id });
      await until(async () => (await captions()).length > 20, 'some captions are there');
      server.metadata.outputs[0]!.shape = [-1, 4];
      const paused = await jobIs(client, job.id, ({ status }) => status === 'paused');
      assert.equal(paused.fault?.code, 'TAGGER_FAILED');
      assert.match(paused.fault.message, /has 3 tags but the model gives 4 scores/);
      assert.equal(paused.counts.failed, 0);
      await client.request('start', { id: job.id });
      const again = await jobIs(client, job.id, ({ fault }) => fault?.code === 'MODEL_CHANGED');
      assert.equal(again.status, 'paused');
    });
  });

  it('is what the command line uses with --server', async () => {
    const root = path.join(folder(), 'pictures');
    await pictures(9, root);
    const flags = ['--server', server.url, '--model', path.join(folder(), 'tiny'), '--json'];
    const ended = await cli('caption', root, ...flags);
    assert.equal(ended.code, 0, ended.stderr);
    const report = JSON.parse(ended.stdout) as CaptionReport & { execution: { provider: string; device: string }[] };
    assert.equal(report.done, 9);
    assert.equal(report.execution[0]?.provider, 'server');
    assert.equal(report.execution[0].device, new URL(server.url).host);
    assert.equal(await readFile(path.join(root, '4.txt'), 'utf8'), 'second');
    const unknown = await cli('caption', root, '--mode', 'all', ...flags, '--server-model', 'other');
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /v2\/models\/other answered 404: "unknown model: other"/);
    const wrong = await cli('caption', root, ...flags, '--model', root, '--server-model', 'other');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /--server-model takes a name, or MODEL=NAME with one of several models, not "other"/);
    const alone = await cli('caption', root, '--provider', 'server');
    assert.equal(alone.code, 1);
    assert.match(alone.stderr, /--provider server and --server URL go together/);
  });
});
