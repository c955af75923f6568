import assert from 'node:assert/strict';
import { chown, mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { connectTo } from '../../../../src/jobs/client/connectTo';
import { RunnerClient } from '../../../../src/jobs/client/RunnerClient';
import { readEndpoint } from '../../../../src/jobs/client/runnerEndpoint';
import { runnerProtocolVersion, type RunnerRequests } from '../../../../src/jobs/client/runnerProtocol';
import { socketPort } from '../../../../src/jobs/client/socketPort';
import { isLive } from '../../../../src/jobs/jobSteps';
import { Channel } from '../../../../src/protocol/channel/Channel';
import { root as projectRoot } from '../../shared/runCli';
import { isRunning, namesIn, nobody, testFolder } from '../../shared/testFolder';
import { runElsewhere, seemElsewhere, silentFor } from '../heldElsewhere';
import { startOtherRunner, type OtherRunner } from '../otherRunner';
import { endRunner, jobIs, makeJob, pictureFolder } from '../testJobs';

describe('The client of the process that runs jobs', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const jobsFolder = (): string => path.join(folder(), 'jobs');
  const clients: RunnerClient[] = [];
  let log: string[] = [];
  let standIn: OtherRunner | undefined;

  function newClient(lookPause?: number): RunnerClient {
    const client = new RunnerClient({
      jobsFolder: jobsFolder(),
      entry: path.join(projectRoot, 'dist/runner.js'),
      onLog: (line) => log.push(line),
      ...(lookPause === undefined ? {} : { lookPause }),
    });
    clients.push(client);
    return client;
  }

  /** @returns what the runner of another version was asked */
  async function startOther(version: number | undefined): Promise<string[]> {
    standIn = await startOtherRunner(jobsFolder(), version);
    return standIn.asked;
  }

  beforeEach(() => {
    log = [];
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.dispose();
    await standIn?.end();
    standIn = undefined;
    await endRunner(jobsFolder(), 'SIGTERM');
  });

  it('is told the version of the runner, whatever version it asks with, and nothing of its jobs if that is another', async () => {
    await newClient().request('unloadTagger', {});
    const { address, token, pid } = (await readEndpoint(jobsFolder()))!;
    const job = await makeJob(jobsFolder(), await pictureFolder(folder(), 1));
    await clients[0]!.request('reread', { id: job.id });
    const hello = async (version: number): Promise<ReturnType<RunnerRequests['hello']>> => {
      const socket = (await connectTo(address))!;
      const channel = new Channel<Record<string, never>, RunnerRequests, object, object>(socketPort(socket), {}, {});
      const answer = await channel.request('hello', { token, version });
      if (version !== runnerProtocolVersion) {
        await assert.rejects(channel.request('unloadTagger', {}), { code: 'RUNNER_REFUSED' });
      }
      socket.destroy();
      return answer;
    };
    for (const version of [runnerProtocolVersion - 1, runnerProtocolVersion + 1]) {
      assert.deepEqual(await hello(version), { pid, version: runnerProtocolVersion, jobs: [] });
    }
    const { version, jobs } = await hello(runnerProtocolVersion);
    assert.deepEqual([version, jobs.map(({ id }) => id)], [runnerProtocolVersion, [job.id]]);
    assert.ok(isRunning(pid), 'nobody has ended it');
  });

  it('never ends a newer runner: it shows the jobs from disk, and says what to do about it', async () => {
    const asked = await startOther(runnerProtocolVersion + 1);
    const job = await makeJob(jobsFolder(), await pictureFolder(folder(), 1));
    const lock = await runElsewhere(job);
    const client = newClient(50);
    let changes = 0;
    client.onDidChange(() => changes++);
    await client.refresh();
    assert.deepEqual([client.isConnected, client.isOutdated], [false, true]);
    assert.equal(isLive(client.jobs[0]!), true);
    await assert.rejects(client.request('start', { id: job.id }), {
      code: 'RUNNER_NEWER',
      message: /newer version of this program runs the jobs \(process \d+\)\. Reload this window/,
    });
    const state = await job.readState();
    await job.writeState({ ...state, counts: { ...state.counts, written: 1 } });
    await jobIs(client, job.id, ({ counts }) => counts.written === 1);
    assert.ok(changes > 0);
    assert.ok(asked.length > 1 && asked.every((request) => request === 'hello'), asked.join());
    await lock.release();
    // As soon as the newer one is gone, this one runs jobs again.
    await standIn!.end();
    await client.refresh();
    assert.equal(client.isOutdated, false);
    await client.request('start', { id: job.id });
    await jobIs(client, job.id, ({ status }) => status === 'completed');
  });

  for (const [what, version] of [
    ['an earlier one', runnerProtocolVersion - 1],
    ['one from before runners said their version', undefined],
  ] as const) {
    it(`does not end ${what} by looking, only when it needs a runner of its own`, async () => {
      const asked = await startOther(version);
      const client = newClient();
      await client.refresh();
      await client.refresh();
      assert.deepEqual([asked, client.isOutdated], [['hello', 'hello'], false]);
      await client.request('unloadTagger', {});
      assert.equal(asked.filter((request) => request === 'retire').length, 1);
      assert.equal(client.isConnected, true);
      const own = (await readEndpoint(jobsFolder()))!;
      assert.notEqual(own.pid, process.pid);
    });
  }

  it('finds out by itself that a job which another process ran was interrupted, and by whom it was run', async () => {
    const job = await makeJob(jobsFolder(), await pictureFolder(folder(), 1));
    const lock = await runElsewhere(job);
    await seemElsewhere(job, 60);
    const client = newClient(50);
    await client.refresh();
    const [shown] = client.jobs;
    assert.deepEqual([shown?.status, shown?.interrupted, shown?.runBy], ['running', false, 'process 7 on gpu-box']);
    await silentFor(job, 130);
    const interrupted = await jobIs(client, job.id, (info) => info.interrupted);
    assert.equal(interrupted.runBy, undefined);
    await lock.release();
  });

  it('reads a job again only when something about it changed', async () => {
    const job = await makeJob(jobsFolder(), await pictureFolder(folder(), 1));
    const client = newClient();
    await client.refresh();
    const [first] = client.jobs;
    let changes = 0;
    client.onDidChange(() => changes++);
    await client.refresh();
    assert.deepEqual([client.jobs[0] === first, changes], [true, 0]);
    await job.writeState({ ...(await job.readState()), status: 'paused' });
    await client.refresh();
    assert.deepEqual([client.jobs[0]?.status, changes], ['paused', 1]);
    await job.remove();
    await client.refresh();
    assert.deepEqual([client.jobs, changes], [[], 2]);
  });

  describe('where another user of the machine has made files', () => {
    before(function () {
      // Only root gives files to others.
      if (process.getuid?.() !== 0) this.skip();
    });

    it('refuses a folder of jobs that belongs to another user, and starts nothing there', async () => {
      await mkdir(jobsFolder());
      await chown(jobsFolder(), nobody.uid, nobody.gid);
      const client = newClient();
      const refused = { code: 'JOBS_OF_OTHERS', path: jobsFolder(), message: /belongs to another user/ };
      await assert.rejects(client.refresh(), refused);
      await assert.rejects(client.request('unloadTagger', {}), refused);
    });

    it('does not go to the address that another user wrote down, nor to a socket of another user', async () => {
      const asked = await startOther(runnerProtocolVersion);
      const file = (await namesIn(jobsFolder())).find((name) => name.endsWith('.json')) ?? '';
      await chown(path.join(jobsFolder(), file), nobody.uid, nobody.gid);
      const client = newClient();
      await client.refresh();
      assert.equal(await readEndpoint(jobsFolder()), undefined);
      await chown(path.join(jobsFolder(), file), 0, 0);
      await chown(standIn!.endpoint.address, nobody.uid, nobody.gid);
      await client.refresh();
      await chown(standIn!.endpoint.address, 0, 0);
      await chown(path.dirname(standIn!.endpoint.address), nobody.uid, nobody.gid);
      await client.refresh();
      assert.deepEqual([asked, client.isConnected], [[], false]);
      await chown(path.dirname(standIn!.endpoint.address), 0, 0);
      await client.refresh();
      assert.deepEqual([asked, client.isConnected], [['hello'], true]);
    });

    it('does not run a job that another user made', async () => {
      const job = await makeJob(jobsFolder(), await pictureFolder(folder(), 1));
      const manifest = path.join(job.path, 'manifest.json');
      for (const file of [job.path, manifest]) {
        await chown(file, nobody.uid, nobody.gid);
        await assert.rejects(job.readManifest(), { code: 'JOB_UNREADABLE', message: /another user/ });
        await chown(file, 0, 0);
      }
      assert.equal((await job.readManifest()).id, job.id);
      assert.ok((await stat(manifest)).size > 0 && (await readFile(manifest, 'utf8')).includes(job.id));
      await chown(job.path, nobody.uid, nobody.gid);
      const client = newClient();
      await assert.rejects(client.request('start', { id: job.id }), { code: 'JOB_UNREADABLE' });
    });
  });
});
