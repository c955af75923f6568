import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFile, copyFile, cp, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { JobFolder } from '../../../src/jobs/folder/JobFolder';
import type { OutcomeCounts } from '../../../src/jobs/imageOutcomes';
import type { JobInfo, JobState } from '../../../src/jobs/jobTypes';
import { readEndpoint } from '../../../src/jobs/client/runnerEndpoint';
import { RunnerClient } from '../../../src/jobs/client/RunnerClient';
import { Channel } from '../../../src/protocol/channel/Channel';
import { socketPort } from '../../../src/jobs/client/socketPort';
import { errorCode } from '../../../src/protocol/channel/wireError';
import type { RunnerRequests } from '../../../src/jobs/client/runnerProtocol';
import { itOnLinux } from '../shared/itOnLinux';
import { root as projectRoot } from '../shared/runCli';
import { isRunning, namesIn, seededRandom, testFolder, until, writtenAs } from '../shared/testFolder';
import { endRunner, jobIs, makeJob, pictureFolder, testRunner } from '../jobs/testJobs';

/** The full number is for the soak. */
const kills = Number(process.env.DATASET_CAPTIONS_KILLS ?? '5');

describe('The process that runs jobs', function () {
  this.timeout(Math.max(60_000, kills * 5000));
  const folder = testFolder();
  const jobsFolder = (): string => path.join(folder(), 'jobs');
  const newClient = testRunner(jobsFolder);
  const captionsOf = async (root: string): Promise<string[]> =>
    (await namesIn(root)).filter((name) => name.endsWith('.txt'));

  it('goes on when the window that started a job is gone, and shows the next window that it is done', async () => {
    const root = await pictureFolder(folder(), 300);
    const job = await makeJob(jobsFolder(), root);
    const first = newClient();
    await first.request('start', { id: job.id });
    await until(async () => (await captionsOf(root)).length > 0, 'a caption is there');
    first.dispose();
    await until(async () => (await captionsOf(root)).length === 300, 'all captions are there', 30_000);
    const second = newClient();
    await second.refresh();
    const done = await jobIs(second, job.id, ({ status }) => status === 'completed');
    assert.deepEqual([done.counts.written, done.total, done.counts.failed], [300, 300, 0]);
    assert.match(done.execution[0]?.runsOn ?? '', /palette runs on CPU/);
    assert.match(await readFile(path.join(root, '7.txt'), 'utf8'), /red theme/);
  });

  it('tells a window which images are done, and how far the job is, at most 4 times a second', async () => {
    const root = await pictureFolder(folder(), 200);
    const job = await makeJob(jobsFolder(), root);
    const client = newClient();
    await client.refresh();
    const handled: string[] = [];
    const moments: number[] = [];
    client.onHandled(({ id, root: of, paths }) => {
      assert.deepEqual([id, of], [job.id, root]);
      handled.push(...paths);
      moments.push(performance.now());
    });
    const begun = performance.now();
    await client.request('start', { id: job.id });
    await jobIs(client, job.id, ({ status }) => status === 'completed');
    await until(() => handled.length >= 200, 'all images were told');
    assert.deepEqual(handled.sort(), Array.from({ length: 200 }, (_, index) => `${index + 1}.png`).sort());
    // Not from one to the next: on a busy machine one may come late, and right before the other.
    const most = 4 * ((moments.at(-1)! - begun) / 1000) + 1;
    assert.ok(moments.length <= most, `${String(moments.length)} times, at most ${most.toFixed(1)}`);
  });

  it('loses, doubles and leaves nothing when it is killed again and again', async () => {
    // So many that the last kill, too, finds it at work.
    const count = 150 * kills;
    const root = await pictureFolder(folder(), count);
    const job = await makeJob(jobsFolder(), root, { mode: 'all' });
    const random = seededRandom(7);
    const seen = new Map<string, string>();
    let killedInWork = 0;
    for (let round = 0; round < kills; round++) {
      const client = newClient();
      await client.request('start', { id: job.id });
      // The moments count from when there is something to lose.
      const before = seen.size;
      await until(async () => (await captionsOf(root)).length > before, 'a caption is there');
      await new Promise((resolve) => setTimeout(resolve, 20 + random(480)));
      client.dispose();
      await endRunner(jobsFolder(), 'SIGKILL');
      const captions = await captionsOf(root);
      if (captions.length < count) killedInWork++;
      for (const name of captions) {
        const print = await writtenAs(path.join(root, name));
        const known = seen.get(name);
        if (known !== undefined) assert.equal(print, known, `${name} was written again`);
        seen.set(name, print);
        assert.match(await readFile(path.join(root, name), 'utf8'), /^[a-z ,]*red theme[a-z ,]*$/);
      }
    }
    assert.equal(killedInWork, kills);
    const client = newClient();
    await client.refresh();
    const left = await jobIs(client, job.id, ({ interrupted, status }) => interrupted || status === 'completed');
    assert.equal(left.interrupted, left.status !== 'completed');
    await client.request('start', { id: job.id });
    const done = await jobIs(client, job.id, ({ status }) => status === 'completed', 30_000 + 20 * count);
    assert.deepEqual([done.counts.written, done.counts.kept, done.counts.failed], [count, 0, 0]);
    const names = await namesIn(root);
    assert.deepEqual([names.filter((name) => name.endsWith('.tmp')), names.length], [[], count * 2]);
    for (const [name, print] of seen) assert.equal(await writtenAs(path.join(root, name)), print);
  });

  it('runs one job after the other, in the order of the queue, and single images beside them', async () => {
    const root = await pictureFolder(folder(), 120);
    const client = newClient();
    const jobs: JobFolder[] = [];
    for (const name of ['a', 'b', 'c', 'one']) {
      const own = path.join(folder(), name);
      await cp(root, own, { recursive: true });
      jobs.push(await makeJob(jobsFolder(), own));
    }
    const [a, b, c, one] = jobs.map(({ id }) => id) as [string, string, string, string];
    await client.request('start', { id: a });
    await client.request('start', { id: b });
    await client.request('start', { id: c });
    await client.request('move', { id: c, before: b });
    await client.request('start', { id: one, atOnce: true });
    const order: string[] = [];
    const atOnce = new Set<string>();
    client.onDidChange(() => {
      const running = client.jobs.filter(({ status }) => status === 'running').map(({ id }) => id);
      for (const id of running) if (!order.includes(id)) order.push(id);
      if (running.filter((id) => id !== one).length > 1) atOnce.add(running.join());
    });
    for (const id of [a, b, c, one]) await jobIs(client, id, ({ status }) => status === 'completed');
    assert.deepEqual(
      order.filter((id) => id !== one),
      [a, c, b],
    );
    assert.ok(order.indexOf(one) < 2);
    assert.equal(atOnce.size, 0);
  });

  it('pauses, goes on and cancels; what was written stays', async () => {
    const root = await pictureFolder(folder(), 400);
    const job = await makeJob(jobsFolder(), root);
    const client = newClient();
    await client.request('start', { id: job.id });
    await jobIs(client, job.id, ({ counts }) => counts.written > 0);
    await client.request('pause', { id: job.id });
    const paused = await jobIs(client, job.id, ({ status }) => status === 'paused');
    const written = (await captionsOf(root)).length;
    assert.equal(paused.counts.written, written);
    assert.ok(written < 400);
    await client.request('start', { id: job.id });
    await jobIs(client, job.id, ({ counts }) => counts.written > written);
    await client.request('cancel', { id: job.id });
    const cancelled = await jobIs(client, job.id, ({ status }) => status === 'cancelled');
    assert.equal(cancelled.counts.written, (await captionsOf(root)).length);
    assert.ok(cancelled.finished !== undefined);
  });

  it('goes on when it is resumed before the pause is over', async () => {
    const root = await pictureFolder(folder(), 300);
    const job = await makeJob(jobsFolder(), root);
    const client = newClient();
    await client.request('start', { id: job.id });
    await jobIs(client, job.id, ({ counts }) => counts.written > 0);
    await Promise.all([client.request('pause', { id: job.id }), client.request('start', { id: job.id })]);
    const done = await jobIs(client, job.id, ({ status }) => status === 'completed');
    assert.equal(done.counts.written, 300);
  });

  it('pauses a job that is tied to a window when that window goes', async () => {
    const root = await pictureFolder(folder(), 400);
    const job = await makeJob(jobsFolder(), root);
    const client = newClient();
    await client.request('start', { id: job.id, tied: true });
    await jobIs(client, job.id, ({ counts }) => counts.written > 0);
    client.dispose();
    const other = newClient();
    await other.refresh();
    const paused = await jobIs(other, job.id, ({ status }) => status === 'paused');
    assert.ok(paused.counts.written < 400);
  });

  it('keeps a caption that somebody edited after the job was made, and says so', async () => {
    const root = await pictureFolder(folder(), 20);
    await writeFile(path.join(root, '1.txt'), 'old');
    await writeFile(path.join(root, '2.txt'), 'old');
    const job = await makeJob(jobsFolder(), root, { mode: 'all' });
    await writeFile(path.join(root, '2.txt'), 'mine');
    const client = newClient();
    await client.request('start', { id: job.id });
    const done = await jobIs(client, job.id, ({ status }) => status === 'completed');
    assert.equal(await readFile(path.join(root, '2.txt'), 'utf8'), 'mine');
    assert.match(await readFile(path.join(root, '1.txt'), 'utf8'), /red theme/);
    assert.deepEqual([done.counts.written, done.counts.kept], [19, 1]);
    assert.deepEqual(
      done.failures.map(({ path: image }) => image),
      ['2.png'],
    );
  });

  it('does not go on with another model than the one that the job began with', async () => {
    const root = await pictureFolder(folder(), 5);
    const model = path.join(folder(), 'model');
    await cp(path.join(projectRoot, 'dist/models/palette'), model, { recursive: true });
    const job = await makeJob(jobsFolder(), root, { model });
    await appendFile(path.join(model, 'selected_tags.csv'), '\n');
    const client = newClient();
    await client.request('start', { id: job.id });
    const paused = await jobIs(client, job.id, ({ status }) => status === 'paused');
    assert.equal(paused.fault?.code, 'MODEL_CHANGED');
    assert.deepEqual(await captionsOf(root), []);
    await copyFile(
      path.join(projectRoot, 'dist/models/palette/selected_tags.csv'),
      path.join(model, 'selected_tags.csv'),
    );
    await client.request('start', { id: job.id });
    await jobIs(client, job.id, ({ status }) => status === 'completed');
  });

  it('tries failed images again when it is asked to', async () => {
    const root = await pictureFolder(folder(), 3);
    await writeFile(path.join(root, 'bad.png'), 'no picture');
    const job = await makeJob(jobsFolder(), root);
    const client = newClient();
    await client.request('start', { id: job.id });
    const first = await jobIs(client, job.id, ({ status }) => status === 'completed');
    assert.deepEqual([first.counts.written, first.counts.failed], [3, 1]);
    await copyFile(path.join(root, '1.png'), path.join(root, 'bad.png'));
    await client.request('start', { id: job.id, retryFailed: true });
    const second = await jobIs(client, job.id, ({ status, counts }) => status === 'completed' && counts.failed === 0);
    assert.deepEqual([second.counts.written, second.failures], [4, []]);
  });

  it('answers nobody who does not know its token, and keeps that from other users', async () => {
    const client = newClient();
    await client.request('unloadTagger', {});
    const endpoint = (await readEndpoint(jobsFolder()))!;
    assert.equal((await stat(jobsFolder())).mode & 0o077, 0);
    for (const name of (await namesIn(jobsFolder())).filter((one) => one.endsWith('.json'))) {
      assert.equal((await stat(path.join(jobsFolder(), name))).mode & 0o077, 0, name);
    }
    assert.equal((await stat(path.dirname(endpoint.address))).mode & 0o077, 0);
    const socket = connect(endpoint.address);
    const stranger = new Channel<Record<string, never>, RunnerRequests, object, object>(socketPort(socket), {}, {});
    const refusal = async (asked: Promise<unknown>): Promise<string | undefined> =>
      asked.then(
        () => 'answered',
        (thrown: unknown) => errorCode(thrown),
      );
    assert.equal(await refusal(stranger.request('unloadTagger', {})), 'RUNNER_REFUSED');
    assert.equal(await refusal(stranger.request('hello', { token: 'x', version: 1 })), 'RUNNER_REFUSED');
    assert.equal(
      await refusal(stranger.request('retire', { token: endpoint.token.replace(/./g, '0') })),
      'RUNNER_REFUSED',
    );
    assert.equal(await refusal(stranger.request('start', { id: '../..' })), 'RUNNER_REFUSED');
    assert.equal(await refusal(client.request('start', { id: '../..' })), 'JOB_MISSING');
    socket.destroy();
  });

  it('is one, however many windows ask at the same time', async () => {
    const clients = Array.from({ length: 5 }, newClient);
    const root = await pictureFolder(folder(), 5);
    const job = await makeJob(jobsFolder(), root);
    await Promise.all(clients.map((client) => client.request('start', { id: job.id })));
    for (const client of clients) await jobIs(client, job.id, ({ status }) => status === 'completed');
    assert.equal((await captionsOf(root)).length, 5);
  });

  it('puts down what it does for a window of another version', async () => {
    const root = await pictureFolder(folder(), 250);
    const job = await makeJob(jobsFolder(), root);
    const client = newClient();
    await client.request('start', { id: job.id });
    await jobIs(client, job.id, ({ counts }) => counts.written > 0);
    const { token, pid } = (await readEndpoint(jobsFolder()))!;
    await client.request('retire', { token });
    await until(() => !isRunning(pid), 'the runner is gone');
    await jobIs(client, job.id, ({ interrupted }) => interrupted);
    await client.request('start', { id: job.id });
    const done = await jobIs(client, job.id, ({ status }) => status === 'completed');
    assert.equal(done.counts.written, 250);
  });

  it('writes each caption once when two windows caption the same folder at the same time', async () => {
    const root = await pictureFolder(folder(), 60);
    await writeFile(path.join(root, '1.txt'), 'old');
    const windows = [newClient(), newClient()];
    const jobs = await Promise.all(
      windows.map((_, index) => makeJob(jobsFolder(), root, { mode: 'all', addedTags: [`window ${index}`] })),
    );
    await Promise.all(windows.map((client, index) => client.request('start', { id: jobs[index]!.id, atOnce: true })));
    const ended: JobInfo[] = [];
    for (const [index, client] of windows.entries()) {
      ended.push(await jobIs(client, jobs[index]!.id, ({ status }) => status === 'completed'));
    }
    const [a, b] = ended.map(({ counts }) => counts) as [OutcomeCounts, OutcomeCounts];
    assert.equal(a.written + b.written, 60);
    assert.deepEqual([a.kept + b.kept, a.failed + b.failed], [60, 0]);
    const texts = await Promise.all((await captionsOf(root)).map((name) => readFile(path.join(root, name), 'utf8')));
    const by = (index: number): number => texts.filter((text) => text.startsWith(`window ${index}, `)).length;
    assert.deepEqual([by(0), by(1)], [a.written, b.written]);
  });

  it('says what is wrong with a folder that is gone, and goes on when it is back', async () => {
    const root = await pictureFolder(folder(), 5);
    const job = await makeJob(jobsFolder(), root);
    await rename(root, `${root}-away`);
    const client = newClient();
    await client.request('start', { id: job.id });
    const paused = await jobIs(client, job.id, ({ status }) => status === 'paused');
    assert.equal(paused.fault?.code, 'FOLDER_MISSING');
    assert.ok(paused.fault.message.includes(root));
    await rename(`${root}-away`, root);
    await client.request('start', { id: job.id });
    const done = await jobIs(client, job.id, ({ status }) => status === 'completed');
    assert.deepEqual([done.counts.written, done.fault], [5, undefined]);
  });

  itOnLinux('goes on in a new process of the tagger when the last one lost its GPU', async () => {
    const root = await pictureFolder(folder(), 5);
    const client = newClient();
    const taggers = async (): Promise<string> => {
      const { pid } = (await readEndpoint(jobsFolder()))!;
      const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
      return children
        .split('\n')
        .filter((line) => line.includes('tagger.js'))
        .join();
    };
    const run = async (fault?: JobState['fault']): Promise<string> => {
      const job = await makeJob(jobsFolder(), root, { mode: 'all' });
      if (fault !== undefined) await job.writeState({ ...(await job.readState()), status: 'paused', fault });
      await client.request('start', { id: job.id });
      await jobIs(client, job.id, ({ status }) => status === 'completed');
      return taggers();
    };
    const first = await run();
    assert.match(first, /tagger\.js/);
    assert.equal(await run(), first, 'jobs share a process');
    assert.notEqual(await run({ code: 'PROVIDER_LOST', message: 'The GPU is lost.' }), first);
  });

  it('says what is wrong when it cannot be started', async () => {
    const client = new RunnerClient({ jobsFolder: jobsFolder(), entry: path.join(folder(), 'gone.js') });
    await assert.rejects(
      client.request('unloadTagger', {}),
      /cannot be started: it ended with exit code 1.*may say more/,
    );
  });
});
