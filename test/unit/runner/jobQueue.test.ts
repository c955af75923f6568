import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { InPlaceWriter } from '../../../src/dataset/files/FileWriter';

import type { JobInfo } from '../../../src/jobs/jobTypes';
import { JobFolder } from '../../../src/jobs/folder/JobFolder';
import { readJobInfo } from '../../../src/jobs/folder/jobInfo';
import { isLive } from '../../../src/jobs/jobSteps';
import { JobQueue } from '../../../src/runner/JobQueue';
import { otherHost, runElsewhere, seemElsewhere, silentFor } from '../jobs/heldElsewhere';
import { makeJob, pictureFolder } from '../jobs/testJobs';
import { root as projectRoot } from '../shared/runCli';
import { namesIn, testFolder, until } from '../shared/testFolder';

describe('The queue of jobs, beside other processes that have jobs in the same folder', function () {
  this.timeout(30_000);
  const folder = testFolder();
  const jobsFolder = (): string => path.join(folder(), 'jobs');
  let queues: JobQueue[] = [];
  const removed: string[] = [];
  const log: string[] = [];

  /** @param stopLimit how long another process may take to stop a job, in milliseconds */
  async function newQueue(stopLimit = 10_000): Promise<JobQueue> {
    const queue = new JobQueue({
      jobsFolder: jobsFolder(),
      taggerEntry: path.join(projectRoot, 'dist/tagger.js'),
      writer: new InPlaceWriter(),
      onChange: () => undefined,
      onHandled: () => undefined,
      onRemoved: (id) => removed.push(id),
      onLog: (line) => log.push(line),
      lookPause: 50,
      stopLimit,
      keptJobs: 3,
    });
    queues.push(queue);
    await queue.load();
    return queue;
  }
  const infoIn = (queue: JobQueue, { id }: JobFolder): JobInfo | undefined =>
    queue.infos.find((info) => info.id === id);
  const pictures = async (name: string, count: number): Promise<string> => {
    await mkdir(path.join(folder(), name));
    return pictureFolder(path.join(folder(), name), count);
  };

  beforeEach(() => {
    removed.length = 0;
    log.length = 0;
  });
  afterEach(async () => {
    await Promise.all(queues.map((queue) => queue.close()));
    queues = [];
  });

  it('neither starts, removes nor moves a job that another process runs, and says which one does', async () => {
    const job = await makeJob(jobsFolder(), await pictureFolder(folder(), 2));
    const lock = await runElsewhere(job);
    await seemElsewhere(job);
    const queue = await newQueue();
    const refused = { code: 'JOB_BUSY', path: job.path, message: new RegExp(`process 7 on ${otherHost}`) };
    await assert.rejects(queue.start(job.id, {}), refused);
    await assert.rejects(queue.remove(job.id), refused);
    await assert.rejects(queue.move(job.id, null), refused);
    assert.deepEqual([infoIn(queue, job)?.runBy, isLive(infoIn(queue, job)!)], [`process 7 on ${otherHost}`, true]);
    assert.ok((await namesIn(job.path)).includes('manifest.json'));
    assert.equal((await job.readState()).status, 'running');
    await lock.release();
  });

  for (const [request, status] of [
    ['pause', 'paused'],
    ['cancel', 'cancelled'],
  ] as const) {
    it(`asks the process that runs a job to ${request} it, and waits until it did`, async () => {
      const job = await makeJob(jobsFolder(), await pictureFolder(folder(), 2));
      const lock = await runElsewhere(job);
      const queue = await newQueue();
      const asked: string[] = [];
      const state = await job.readState();
      lock.whenAskedToStop((as) => {
        asked.push(as);
        // As a run does: it has something to end first.
        setTimeout(() => void job.writeState({ ...state, status: as }).then(() => lock.release()), 50);
      });
      await queue[request](job.id);
      assert.deepEqual(asked, [status]);
      assert.equal(infoIn(queue, job)?.status, status);
      assert.equal((await readJobInfo(job)).status, status);
    });
  }

  it('says that a process that runs a job does not stop it, leaves it alone, and asks nobody else', async () => {
    const job = await makeJob(jobsFolder(), await pictureFolder(folder(), 2));
    const lock = await runElsewhere(job);
    await seemElsewhere(job, 60);
    const queue = await newQueue(300);
    await assert.rejects(queue.cancel(job.id), {
      code: 'JOB_BUSY',
      message: /process 7 on gpu-box has it, which gave no sign of life for 6\d s.*free in (60|5\d) s.*asked to stop/,
    });
    assert.equal((await job.readState()).status, 'running');
    // The next holder must not be stopped by what the last one was asked.
    await rm(path.join(job.path, 'lock'));
    await lock.release();
    const next = await job.lock();
    let asked = false;
    next.whenAskedToStop(() => (asked = true));
    await new Promise((resolve) => setTimeout(resolve, 1200));
    assert.equal(asked, false);
    await next.release();
  });

  it('cancels a job itself whose process is gone', async () => {
    const job = await makeJob(jobsFolder(), await pictureFolder(folder(), 2));
    const lock = await runElsewhere(job);
    await seemElsewhere(job, 60);
    const queue = await newQueue();
    assert.equal(infoIn(queue, job)?.interrupted, false);
    await silentFor(job, 130);
    await queue.cancel(job.id);
    assert.equal(infoIn(queue, job)?.status, 'cancelled');
    assert.ok((await job.readState()).finished !== undefined);
    await lock.release();
  });

  it('has the jobs that wait in it: another queue shows them so, and can neither start nor remove them', async () => {
    const mine = await newQueue();
    const jobs = [
      await makeJob(jobsFolder(), await pictures('a', 300)),
      await makeJob(jobsFolder(), await pictures('b', 2)),
      await makeJob(jobsFolder(), await pictures('c', 2)),
    ] as const;
    const [first, second, third] = jobs;
    for (const { id } of jobs) await mine.start(id, {});
    await mine.move(third.id, second.id);
    const theirs = await newQueue();
    for (const job of jobs) {
      assert.equal(isLive(infoIn(theirs, job)!), true);
      await assert.rejects(theirs.start(job.id, {}), { code: 'JOB_BUSY' });
      await assert.rejects(theirs.remove(job.id), { code: 'JOB_BUSY' });
    }
    await assert.rejects(theirs.move(second.id, null), { code: 'JOB_BUSY' });
    // What it wants stopped is stopped there: the one that waits at once, the one that runs after its writes.
    await Promise.all([theirs.cancel(second.id), theirs.pause(first.id)]);
    await until(() => infoIn(mine, second)?.status === 'cancelled', 'it is out of the queue');
    await until(() => infoIn(mine, first)?.status === 'paused', 'it is paused');
    await until(() => infoIn(mine, third)?.status === 'completed', 'the last one had its turn');
    await until(() => infoIn(theirs, third)?.status === 'completed', 'the other queue looks again');
    assert.equal(await second.holder(), undefined);
    assert.equal((await theirs.start(first.id, {})).status, 'queued');
    await until(() => infoIn(theirs, first)?.status === 'completed', 'it goes on elsewhere', 20_000);
    assert.equal(infoIn(theirs, first)?.counts.written, 300);
  });

  it('leaves its jobs to others when it ends', async () => {
    const mine = await newQueue();
    const jobs = [
      await makeJob(jobsFolder(), await pictures('a', 300)),
      await makeJob(jobsFolder(), await pictures('b', 2)),
    ];
    for (const { id } of jobs) await mine.start(id, {});
    await mine.close();
    for (const job of jobs) {
      assert.equal(await job.holder(), undefined);
      assert.equal((await readJobInfo(job)).interrupted, true);
    }
  });

  it('shows what other processes made, removed and left, without being asked', async () => {
    const queue = await newQueue();
    const root = await pictureFolder(folder(), 2);
    const [kept, gone] = [await makeJob(jobsFolder(), root), await makeJob(jobsFolder(), root)];
    const lock = await runElsewhere(kept);
    await seemElsewhere(kept);
    await until(() => infoIn(queue, kept)?.status === 'running' && infoIn(queue, gone) !== undefined, 'both are seen');
    assert.equal(infoIn(queue, kept)?.interrupted, false);
    await gone.remove();
    await until(() => infoIn(queue, gone) === undefined, 'one is gone');
    assert.deepEqual(removed, [gone.id]);
    await silentFor(kept, 130);
    await until(() => infoIn(queue, kept)?.interrupted === true, 'the other one is nobody’s');
    await lock.release();
  });

  it('knows a job at once that it is asked about, also if it has not seen it yet', async () => {
    const queue = await newQueue();
    const job = await makeJob(jobsFolder(), await pictureFolder(folder(), 2));
    await queue.cancel(job.id);
    assert.equal((await job.readState()).status, 'cancelled');
    for (const id of ['gone', '../..', '20260101T000000-00000000']) {
      await assert.rejects(queue.cancel(id), { code: 'JOB_MISSING' }, id);
    }
  });

  it('has nothing to read again of a job that another machine has removed, and shows it no longer', async () => {
    const job = await makeJob(jobsFolder(), await pictureFolder(folder(), 1));
    const queue = await newQueue();
    assert.equal(infoIn(queue, job)?.id, job.id);
    await rm(job.path, { recursive: true });
    await queue.rereadIfIdle(job.id);
    assert.equal(infoIn(queue, job), undefined);
    assert.deepEqual(removed, [job.id]);
    await queue.rereadIfIdle(job.id);
    assert.deepEqual(removed, [job.id]);
  });

  it('keeps a job that another process has, however many newer ones have ended', async () => {
    const made = await makeJob(jobsFolder(), await pictureFolder(folder(), 1));
    await made.writeState({ ...(await made.readState()), status: 'completed' });
    const manifest = await readFile(path.join(made.path, 'manifest.json'), 'utf8');
    const names = Array.from({ length: 5 }, (_, index) => `20260101T000000-${String(10_000_000 + index)}`);
    for (const id of names) {
      const copy = path.join(jobsFolder(), id);
      await cp(made.path, copy, { recursive: true });
      await writeFile(path.join(copy, 'manifest.json'), manifest.replace(made.id, id));
    }
    await made.remove();
    const [oldest = '', next = ''] = names;
    const reverting = await new JobFolder(path.join(jobsFolder(), oldest)).lock();
    await newQueue();
    const left = await JobFolder.list(jobsFolder());
    assert.equal(left.length, 4);
    assert.ok(left.some(({ id }) => id === oldest));
    assert.ok(!left.some(({ id }) => id === next));
    assert.match(log.join('\n'), new RegExp(`${oldest}: The job is busy: process ${process.pid}`));
    await reverting.release();
  });

  it('stops a run whose lock another process took, before it writes anything more', async () => {
    const root = await pictureFolder(folder(), 400);
    const job = await makeJob(jobsFolder(), root);
    const queue = await newQueue();
    await queue.start(job.id, {});
    const captions = async (): Promise<number> => (await namesIn(root)).filter((name) => name.endsWith('.txt')).length;
    await until(async () => (await captions()) > 0, 'a caption is there');
    await rm(path.join(job.path, 'lock'));
    const lock = await job.lock();
    await until(() => !queue.isBusy, 'it has stopped');
    const written = await captions();
    assert.ok(written < 400);
    // What was in flight when the lock went is at most what the tagger has in work.
    const records = await job.readJournal();
    const intents = [...records.values()].filter(({ intent }) => intent !== undefined).length;
    assert.ok(Math.abs(intents - written) <= 1, `${intents} intents, ${written} captions`);
    assert.equal((await job.readState()).status, 'running', 'the state is another’s');
    assert.match(log.join('\n'), /The job was stopped here: .*process \d+ on this machine has it now/);
    await lock.release();
    await queue.start(job.id, {});
    await until(() => infoIn(queue, job)?.status === 'completed', 'it goes on', 20_000);
    assert.equal(infoIn(queue, job)?.counts.written, 400);
  });

  it('stops a run whose folder was deleted, before it writes anything more', async () => {
    const root = await pictureFolder(folder(), 400);
    const job = await makeJob(jobsFolder(), root);
    const queue = await newQueue();
    await queue.start(job.id, {});
    const captions = async (): Promise<number> => (await namesIn(root)).filter((name) => name.endsWith('.txt')).length;
    await until(async () => (await captions()) > 0, 'a caption is there');
    await rm(job.path, { recursive: true, force: true, maxRetries: 5 });
    const written = await captions();
    await until(() => !queue.isBusy, 'it has stopped');
    // Of what was in flight any may have had its look at the lock: see `imagesInWork` in captionHandlers.
    const inFlight = 2 * 8 + 2 * (availableParallelism() + 2) + 4;
    assert.ok((await captions()) - written <= inFlight, `${written}, then ${await captions()}`);
    await until(() => infoIn(queue, job) === undefined, 'it is not listed');
    await assert.rejects(job.readState(), { code: 'JOB_MISSING' });
  });
});
