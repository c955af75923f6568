import assert from 'node:assert/strict';
import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { auditJob } from '../../../src/cluster/auditJob';
import { ImageList } from '../../../src/cluster/ImageList';
import { JournalTail } from '../../../src/cluster/JournalTail';
import { readJournal } from '../../../src/jobs/folder/journalEntries';
import { shardJournals } from '../../../src/jobs/folder/shardJournals';
import type { JobFolder } from '../../../src/jobs/folder/JobFolder';
import { clusterRun, makeClusterJob, WorkerProcess, writeManyPictures } from './clusterJobs';
import { redisServer } from './redisServer';
import { testFolder, until } from '../shared/testFolder';

/** The full number is for the soak. */
const count = Number(process.env.DATASET_CAPTIONS_CLUSTER_IMAGES ?? '1200');
const shardSize = 25;
const folders = 8;
/** Milliseconds without a sign of life after which a worker has lost its shard. */
const lock = 1500;

/** Counts how often a file of each name came to be in some folders: the system tells, whoever did it. */
class Arrivals {
  readonly times = new Map<string, number>();
  private readonly watchers: FSWatcher[];

  constructor(root: string, names: readonly string[]) {
    this.watchers = names.map((name) =>
      watch(path.join(root, name), (event, file) => {
        if (event !== 'rename' || file?.endsWith('.txt') !== true) return;
        const key = `${name}/${file}`;
        this.times.set(key, (this.times.get(key) ?? 0) + 1);
      }),
    );
  }

  get count(): number {
    return this.times.size;
  }

  end(): void {
    for (const watcher of this.watchers) watcher.close();
  }
}

describe('A cluster whose workers are killed and frozen, and whose queue is killed', function () {
  this.timeout(60_000 + count * 60);
  const redis = redisServer();
  const folder = testFolder();
  const lockBefore = process.env.DATASET_CAPTIONS_CLUSTER_LOCK;
  before(() => {
    process.env.DATASET_CAPTIONS_CLUSTER_LOCK = String(lock);
  });
  after(() => {
    if (lockBefore === undefined) delete process.env.DATASET_CAPTIONS_CLUSTER_LOCK;
    else process.env.DATASET_CAPTIONS_CLUSTER_LOCK = lockBefore;
  });
  let workers: WorkerProcess[] = [];
  let arrivals: Arrivals | undefined;
  afterEach(() => {
    for (const worker of workers) {
      worker.signal('SIGCONT');
      worker.signal('SIGKILL');
    }
    workers = [];
    arrivals?.end();
  });
  const hire = (): WorkerProcess => {
    const worker = new WorkerProcess(redis().url, folder(), lock);
    workers.push(worker);
    return worker;
  };
  async function kill(worker: WorkerProcess): Promise<void> {
    worker.signal('SIGKILL');
    await worker.ended;
  }

  /** The outcomes in the journals, by worker and shard. */
  async function outcomes(job: JobFolder): Promise<{ worker: string; shard: number; written: number; all: number }[]> {
    const found = [];
    for (const { name, shard } of shardJournals(await readdir(job.path))) {
      const records = [...(await readJournal(path.join(job.path, name))).values()];
      const all = records.filter(({ outcome }) => outcome !== undefined);
      const written = all.filter(({ outcome }) => outcome === 'written').length;
      found.push({ worker: name.split('.')[1]!, shard: shard!, written, all: all.length });
    }
    return found;
  }

  /** The shard in the middle of which a worker is, and that nobody had before. */
  async function openShard(worker: WorkerProcess, job: JobFolder): Promise<number | undefined> {
    const found = await outcomes(job);
    // One that was begun by a worker that is gone is never whole in the journal of the next one.
    const isNew = (of: number): boolean => found.filter(({ shard }) => shard === of).length === 1;
    return found.find(
      ({ worker: name, shard, all }) => name === worker.name && all > 0 && all < shardSize - 3 && isNew(shard),
    )?.shard;
  }

  /** Freezes a worker in the middle of a shard. @returns the shard */
  async function freeze(worker: WorkerProcess, job: JobFolder): Promise<number> {
    const hasBegun = async (): Promise<boolean> => (await outcomes(job)).some((one) => one.worker === worker.name);
    await until(hasBegun, 'the worker has done something', 60_000);
    let frozen: number | undefined;
    await until(
      async () => {
        // Looking takes a while, in which one that is not frozen is somewhere else; and it needs some time to get on.
        worker.signal('SIGSTOP');
        frozen = await openShard(worker, job);
        if (frozen !== undefined) return true;
        worker.signal('SIGCONT');
        await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100));
        return false;
      },
      'the worker is in the middle of a shard',
      60_000,
    );
    return frozen!;
  }

  it('writes every caption once and leaves nothing behind', async () => {
    const dataset = path.join(folder(), 'data');
    await mkdir(dataset);
    const images = await writeManyPictures(dataset, count, folders);
    // Every tenth has a caption, which is added to; so what is written twice would show in the text, too.
    const byHand = images.filter((_, index) => index % 10 === 3).map((image) => image.replace('.png', '.txt'));
    for (const caption of byHand) await writeFile(path.join(dataset, caption), 'by hand');
    const job = await makeClusterJob(folder(), dataset, { mode: 'all', write: 'append', shardSize });
    arrivals = new Arrivals(
      dataset,
      Array.from({ length: folders }, (_, index) => `sub ${index}`),
    );
    const run = await clusterRun(job, redis().url);
    const running = run.run();
    const reached = (share: number): Promise<void> =>
      until(() => arrivals!.count >= share * count, `${share * 100} % are done`, 60_000 + count * 20);
    let [a, b, d] = [hire(), hire(), hire()];
    const c = hire();

    await reached(0.1);
    await kill(a);
    a = hire();
    await reached(0.2);
    await kill(b);
    b = hire();
    const frozenShard = await freeze(c, job);
    const frozenName = c.name;
    await until(
      async () => (await outcomes(job)).some(({ shard, worker }) => shard === frozenShard && worker !== frozenName),
      'another worker has the shard of the frozen one',
      20_000,
    );
    await new Promise((resolve) => setTimeout(resolve, lock / 3));
    c.signal('SIGCONT');
    await reached(0.45);
    await redis().kill();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await redis().run();
    await reached(0.6);
    await kill(c);
    await kill(d);
    hire();
    d = hire();
    await reached(0.75);
    await Promise.all([kill(a), kill(b), kill(d)]);
    hire();
    hire();
    const { info } = await running;

    assert.equal(info.status, 'completed', JSON.stringify(info));
    assert.deepEqual(info.counts, { written: count, same: 0, untagged: 0, kept: 0, flagged: 0, failed: 0 });
    for (const worker of workers) worker.signal('SIGTERM');
    await Promise.all(workers.map(({ ended }) => ended));
    const captions = images.map((image) => image.replace('.png', '.txt'));
    const other = captions.filter((caption) => arrivals!.times.get(caption) !== 1);
    assert.deepEqual(
      other.map((caption) => [caption, arrivals!.times.get(caption)]),
      [],
    );
    assert.equal(arrivals.count, count);
    for (const caption of captions) {
      const tags = (await readFile(path.join(dataset, caption), 'utf8')).split(', ');
      assert.equal(tags[0] === 'by hand', byHand.includes(caption));
      assert.ok(tags.length > 1 && new Set(tags).size === tags.length, tags.join());
    }
    const list = await ImageList.read(job.path);
    const tail = new JournalTail(job.path, list);
    await tail.update();
    const signal = new AbortController().signal;
    assert.deepEqual(await auditJob(await job.readManifest(), list, tail, signal), { missing: 0, gone: 0 });
    const names = (await readdir(dataset, { recursive: true })).filter(
      (name) => !name.startsWith('.dataset-captions/'),
    );
    const expected = [...images, ...captions, ...Array.from({ length: folders }, (_, index) => `sub ${index}`)];
    assert.deepEqual(names.filter((name) => name !== '.dataset-captions').sort(), expected.sort());
    // Each journal of a shard that was taken again is another worker's.
    assert.ok((await outcomes(job)).length > count / shardSize);
  });
});
