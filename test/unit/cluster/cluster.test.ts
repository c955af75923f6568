import assert from 'node:assert/strict';
import { cp, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ShardQueue } from '../../../src/cluster/ShardQueue';
import { hashOf, planShards } from '../../../src/cluster/shards';
import { ImageList } from '../../../src/cluster/ImageList';
import { InPlaceWriter } from '../../../src/dataset/files/FileWriter';
import { linkJob } from '../../../src/jobs/folder/clusterJob';
import { manifestFile, type JobFolder } from '../../../src/jobs/folder/JobFolder';
import { revertJob } from '../../../src/jobs/run/revertJob';
import {
  clusterRun,
  followed,
  makeClusterJob,
  queueName,
  testWorkers,
  WorkerProcess,
  writeManyPictures,
} from './clusterJobs';
import { redisServer } from './redisServer';
import { cli, root as projectRoot } from '../shared/runCli';
import { namesIn, testFolder, until } from '../shared/testFolder';
import { jobIs, testRunner } from '../jobs/testJobs';

describe('A cluster', function () {
  this.timeout(120_000);
  const redis = redisServer();
  const folder = testFolder();
  const worker = testWorkers();
  const jobsFolder = (): string => path.join(folder(), 'local jobs');
  const window = testRunner(jobsFolder);
  const lockBefore = process.env.DATASET_CAPTIONS_CLUSTER_LOCK;
  beforeEach(() => {
    process.env.DATASET_CAPTIONS_CLUSTER_LOCK = '1000';
  });
  after(() => {
    if (lockBefore === undefined) delete process.env.DATASET_CAPTIONS_CLUSTER_LOCK;
    else process.env.DATASET_CAPTIONS_CLUSTER_LOCK = lockBefore;
  });

  const dataset = (): string => path.join(folder(), 'data');
  async function captions(images: readonly string[]): Promise<string[]> {
    return Promise.all(
      images.map((image) => readFile(path.join(dataset(), image.replace('.png', '.txt')), 'utf8').catch(() => '')),
    );
  }
  async function withQueue<T>(work: (queue: ShardQueue) => Promise<T>): Promise<T> {
    const queue = await ShardQueue.connect(redis().url, queueName);
    try {
      return await work(queue);
    } finally {
      await queue.close();
    }
  }
  const openShards = (job: JobFolder): Promise<Awaited<ReturnType<ShardQueue['open']>>> =>
    withQueue(async (queue) => queue.open((await queue.listed(job.id))!.key));

  it('captions a folder; a bad image is listed and may be tried again; the job can be reverted', async () => {
    const images = await writeManyPictures(dataset(), 30);
    await writeFile(path.join(dataset(), 'sub 0/bad.png'), 'not a picture');
    await writeFile(path.join(dataset(), 'sub 1/1.txt'), 'by hand');
    const job = await makeClusterJob(folder(), dataset(), { mode: 'all', write: 'append' });
    worker(redis().url, folder());
    const handled: string[] = [];
    const done = await followed(job, redis().url, { onHandled: (image) => handled.push(image) });
    assert.equal(done.status, 'completed', JSON.stringify(done));
    assert.deepEqual(done.counts, { written: 30, same: 0, untagged: 0, kept: 0, flagged: 0, failed: 1 });
    assert.deepEqual(done.failures, [{ path: 'sub 0/bad.png', reason: 'Not an image, but a text.' }]);
    assert.deepEqual(handled.sort(), [...images, 'sub 0/bad.png'].sort());
    const texts = await captions(images);
    assert.ok(
      texts.every((text) => text.includes('theme')),
      texts.join('\n'),
    );
    assert.match(texts[1]!, /^by hand, /);

    await writeFile(path.join(dataset(), 'sub 0/bad.png'), await readFile(path.join(dataset(), images[0]!)));
    const again = await followed(job, redis().url, { retryFailed: true });
    assert.deepEqual(again.counts, { written: 31, same: 0, untagged: 0, kept: 0, flagged: 0, failed: 0 });
    assert.deepEqual(again.failures, []);

    await writeFile(path.join(dataset(), 'sub 2/2.txt'), 'edited since');
    const { reverted, left } = await revertJob(job, new InPlaceWriter(), { signal: new AbortController().signal });
    assert.equal(reverted.length, 30);
    assert.deepEqual(
      left.map((one) => one.path),
      ['sub 2/2.png'],
    );
    assert.equal((await captions(images))[1], 'by hand');
    assert.deepEqual(
      (await namesIn(path.join(dataset(), 'sub 3'))).filter((name) => !name.endsWith('.png')),
      [],
    );
  });

  it('takes a shard once, however often it is handed in, and the queue knows no path and no secret', async () => {
    await writeManyPictures(dataset(), 45);
    const job = await makeClusterJob(folder(), dataset());
    await followed(job, redis().url, { once: true });
    await followed(job, redis().url, { once: true });
    const images = await ImageList.read(job.path);
    const manifest = hashOf(await readFile(path.join(job.path, manifestFile)));
    await withQueue(async (queue) => {
      const listed = (await queue.listed(job.id))!;
      const all = planShards({ job: job.id, folder: listed.folder, manifest, generation: 0 }, images, 10, () => true);
      await queue.add(listed.key, all);
      const { waiting } = await queue.open(listed.key);
      assert.deepEqual(waiting.sort(), [0, 1, 2, 3, 4]);
      assert.ok(!JSON.stringify(all).includes(folder()));
      assert.ok(all.every((shard) => shard.folder.startsWith('data/.dataset-captions/jobs/')));
    });
  });

  it('leaves a job that is paused, goes on with it, and leaves it for good when it is cancelled', async () => {
    const images = await writeManyPictures(dataset(), 120);
    const job = await makeClusterJob(folder(), dataset());
    const { log } = worker(redis().url, folder());
    const run = await clusterRun(job, redis().url);
    const running = run.run();
    await until(() => run.info.counts.written >= 10, 'some images are done');
    run.stop('paused');
    assert.equal((await running).info.status, 'paused');
    const left = (): number => log.filter((line) => line.includes('left after')).length;
    await until(async () => left() > 0 || (await openShards(job)).active.length === 0, 'the worker left the job');
    assert.deepEqual((await openShards(job)).waiting, []);
    const paused = (await captions(images)).filter((text) => text !== '').length;
    assert.ok(paused < images.length);
    await followed(job, redis().url, { once: true });
    await until(async () => (await captions(images)).filter((text) => text !== '').length > paused, 'it goes on');
    const { code, stdout } = await cli(
      ...['status', '--redis', redis().url, '--queue', queueName, '--root', folder(), '--cancel', job.id, '--json'],
    );
    assert.equal(code, 0);
    assert.equal((JSON.parse(stdout) as { job: { status: string } }).job.status, 'cancelled');
    await until(async () => (await openShards(job)).active.length === 0, 'the worker left the job');
    const cancelled = (await captions(images)).filter((text) => text !== '').length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal((await captions(images)).filter((text) => text !== '').length, cancelled);
  });

  it('pauses a job with the reason when its workers cannot do it, and goes on when they can', async () => {
    // Pauses follow from it.
    process.env.DATASET_CAPTIONS_CLUSTER_LOCK = '500';
    const images = await writeManyPictures(dataset(), 20);
    const job = await makeClusterJob(folder(), dataset(), { shardSize: 20, jobsFolder: path.join(folder(), 'jobs') });
    const away = path.join(folder(), 'away');
    await rename(dataset(), away);
    worker(redis().url, folder());
    const paused = await followed(job, redis().url);
    assert.equal(paused.status, 'paused');
    assert.equal(paused.fault?.code, 'FOLDER_MISSING');
    assert.match(paused.fault.message, /^A worker says: The folder is gone\./);
    await rename(away, dataset());
    const done = await followed(job, redis().url);
    assert.deepEqual([done.status, done.counts.written, done.fault], ['completed', images.length, undefined]);
  });

  it('gives nothing to a worker that has another model, and that says why', async () => {
    const images = await writeManyPictures(dataset(), 10);
    const model = path.join(folder(), 'my-model');
    await cp(path.join(projectRoot, 'dist/models/palette'), model, { recursive: true });
    const tags = path.join(model, 'selected_tags.csv');
    const right = await readFile(tags, 'utf8');
    await writeFile(tags, `${right}\n`);
    const job = await makeClusterJob(folder(), dataset(), { model });
    await writeFile(tags, `${right}\n\n`);
    const { log } = worker(redis().url, folder());
    await followed(job, redis().url, { once: true });
    await until(() => log.some((line) => line.includes('is not the one that the job was made with')), 'it says why');
    assert.deepEqual((await openShards(job)).waiting, [0]);
    await writeFile(tags, `${right}\n`);
    assert.equal((await followed(job, redis().url)).counts.written, images.length);
  });

  it('has the shard of a worker that is told to end at once, for another one', async () => {
    await writeManyPictures(dataset(), 400);
    const job = await makeClusterJob(folder(), dataset(), { shardSize: 400 });
    await followed(job, redis().url, { once: true });
    // Its lock would last for a minute.
    const process = new WorkerProcess(redis().url, folder(), 60_000);
    await until(async () => (await openShards(job)).active.length === 1, 'a worker has the shard', 30_000);
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.signal('SIGTERM');
    await process.ended;
    assert.equal(process.exitCode, 143, process.log);
    const { waiting, active } = await openShards(job);
    assert.deepEqual([waiting, active], [[0], []], process.log);
    assert.ok(!process.log.includes(redis().password) && !process.log.includes(encodeURIComponent(redis().password)));
  });

  it('lets a worker end that is told to while the server of queues is gone', async () => {
    const images = await writeManyPictures(dataset(), 10);
    const job = await makeClusterJob(folder(), dataset());
    const process = new WorkerProcess(redis().url, folder(), 1000);
    try {
      assert.equal((await followed(job, redis().url)).counts.written, images.length);
      await redis().kill();
      await until(() => process.log.includes('ECONNREFUSED'), 'it says that the server is gone');
      process.signal('SIGTERM');
      await until(() => process.exitCode !== null, 'it ends', 30_000);
      assert.equal(process.exitCode, 143, process.log);
    } finally {
      process.signal('SIGKILL');
      await redis().run();
    }
  });

  it('is followed by the runner like any other job', async () => {
    const images = await writeManyPictures(dataset(), 20);
    const job = await makeClusterJob(folder(), dataset());
    const linked = await linkJob(jobsFolder(), job);
    worker(redis().url, folder());
    const client = window();
    await client.refresh();
    await client.request('start', { id: linked.id, secrets: { redisUrl: redis().url } });
    const done = await jobIs(client, linked.id, ({ status }) => status === 'completed');
    assert.equal(done.counts.written, images.length);
    assert.deepEqual(
      (await namesIn(job.path)).filter((name) => name === 'lock'),
      [],
    );
  });

  it('is asked from the command line, which says in one sentence what is wrong and never shows a password', async () => {
    const images = await writeManyPictures(dataset(), 12);
    const flags = ['--queue', queueName, '--root', folder()];
    const wrong = redis().url.replace('1@', '2@');
    const cases: [args: string[], message: RegExp][] = [
      [['status'], /^Where is the queue\?/],
      [['status', '--redis', 'http://x'], /^The address of the queue is none/],
      [['status', '--redis', `redis://u:secret@:99999999`], /^The address of the queue is none/],
      [['status', '--redis', wrong], /^The queue at redis:\/\/127\.0\.0\.1:\d+ does not answer: .*WRONGPASS/],
      [['worker', '--redis', redis().url], /--root DIR is missing/],
      [['submit', dataset(), '--redis', redis().url, '--root', path.join(folder(), 'local')], /kept in|no such/i],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await cli(...args);
      assert.equal(code, 1, stderr);
      assert.match(stderr.split('\n').find((line) => !line.startsWith('tagger:')) ?? '', message);
      const all = `${stdout}${stderr}`;
      assert.ok(!['p@ss', 'p%40ss', 'secret'].some((password) => all.includes(password)), all);
    }
    await redis().say('ACL SETUSER captioner on >other-secret ~* &* +@all');
    const url = `redis://captioner:other-secret@127.0.0.1:${redis().port}`;
    worker(url, folder());
    const { code, stdout, stderr } = await cli('submit', dataset(), '--redis', url, ...flags, '--wait', '--json');
    assert.equal(code, 0, stderr);
    assert.ok(!`${stdout}${stderr}`.includes('other-secret'));
    const { jobs } = JSON.parse(stdout) as { jobs: { status: string; counts: { written: number } }[] };
    assert.deepEqual(
      jobs.map(({ status, counts }) => [status, counts.written]),
      [['completed', images.length]],
    );
    const status = await cli('status', '--redis', url, ...flags);
    assert.match(status.stdout, /data: completed, 12\/12 \(100%\); 1 of 1 shards done/);
    assert.match(status.stderr, /test-queue: 1 jobs, 1 workers/);
  });
});
