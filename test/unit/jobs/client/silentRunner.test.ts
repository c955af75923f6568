import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { RunnerClient, type RunnerClientOptions } from '../../../../src/jobs/client/RunnerClient';
import {
  newEndpoint,
  publishEndpoint,
  readEndpoint,
  withdrawEndpoint,
} from '../../../../src/jobs/client/runnerEndpoint';
import { JobFolder } from '../../../../src/jobs/folder/JobFolder';
import { errorCode } from '../../../../src/protocol/channel/wireError';
import { program, root as projectRoot } from '../../shared/runCli';
import { namesIn, testFolder, until, writeFiles } from '../../shared/testFolder';
import { makeJob, pictureFolder, testRunner } from '../testJobs';

describe('A process that runs jobs and does not answer', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const jobsFolder = (): string => path.join(folder(), 'jobs');
  const newClient = testRunner(jobsFolder);
  const open: RunnerClient[] = [];
  let runner: number;
  let job: string;

  /** A client with its own limits. */
  function clientWith(options: Partial<RunnerClientOptions>): RunnerClient {
    const entry = path.join(projectRoot, 'dist/runner.js');
    const client = new RunnerClient({ jobsFolder: jobsFolder(), entry, ...options });
    open.push(client);
    return client;
  }
  const short = { answer: 1000, ping: 200 };
  const endless = { answer: 3_600_000, ping: 3_600_000 };

  beforeEach(async () => {
    await writeFiles(folder(), { 'data/a.png': '' });
    job = (await makeJob(jobsFolder(), path.join(folder(), 'data'))).id;
    await newClient().request('unloadTagger', {});
    runner = (await readEndpoint(jobsFolder()))!.pid;
  });
  afterEach(() => {
    for (const client of open.splice(0)) client.dispose();
    process.kill(runner, 'SIGCONT');
  });

  it('is named to whoever asks it for something, and jobs are read from their folders', async () => {
    process.kill(runner, 'SIGSTOP');
    const client = clientWith({ limits: short });
    await assert.rejects(client.request('pause', { id: job }), (error) => {
      assert.equal(errorCode(error), 'RUNNER_SILENT');
      assert.match((error as Error).message, new RegExp(`does not answer \\(process ${String(runner)}\\)`));
      return true;
    });
    await client.refresh();
    assert.deepEqual([client.isConnected, client.silence?.pid], [false, runner]);
    assert.deepEqual(
      client.jobs.map(({ id }) => id),
      [job],
    );
    process.kill(runner, 'SIGCONT');
    await client.refresh();
    assert.deepEqual([client.isConnected, client.silence], [true, undefined]);
  });

  it('finds in the folder of its job that it is to stop it, and does when it goes on', async () => {
    await mkdir(path.join(folder(), 'many'));
    const root = await pictureFolder(path.join(folder(), 'many'), 400);
    const { id } = await makeJob(jobsFolder(), root);
    await newClient().request('start', { id, secrets: {} });
    await until(async () => (await namesIn(root)).some((name) => name.endsWith('.txt')), 'a caption is there');
    process.kill(runner, 'SIGSTOP');
    const client = clientWith({ limits: short });
    await assert.rejects(client.stop(id, 'pause'), { code: 'JOB_BUSY', message: /asked to stop, and will as soon as/ });
    process.kill(runner, 'SIGCONT');
    await until(
      async () => (await new JobFolder(path.join(jobsFolder(), id)).readState()).status === 'paused',
      'paused',
    );
    assert.ok((await namesIn(root)).filter((name) => name.endsWith('.txt')).length < 400);
  });

  it('is noticed by a client that was connected before, whose requests fail', async () => {
    const client = clientWith({ limits: short });
    await client.refresh();
    assert.ok(client.isConnected);
    process.kill(runner, 'SIGSTOP');
    await assert.rejects(client.request('pause', { id: job }), { code: 'RUNNER_SILENT' });
    await until(() => client.silence?.pid === runner, 'the client knows it');
  });

  it('keeps nobody waiting who does not want to wait any more', async () => {
    process.kill(runner, 'SIGSTOP');
    const stopper = new AbortController();
    const client = clientWith({ limits: endless, signal: stopper.signal });
    const waiting = [client.request('pause', { id: job }), client.refresh()].map((asked) =>
      assert.rejects(asked, { name: 'AbortError' }),
    );
    setTimeout(() => {
      stopper.abort();
    }, 100);
    await Promise.all(waiting);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`does not keep a command from ending with its first ${signal}`, async () => {
      const silent = createServer();
      const endpoint = newEndpoint();
      silent.listen(endpoint.address);
      await once(silent, 'listening');
      const other = path.join(folder(), 'other');
      const { id } = await makeJob(other, path.join(folder(), 'data'));
      await publishEndpoint(other, endpoint);
      const command = spawn(process.execPath, [program, 'attach', id, '--jobs', other], { stdio: 'ignore' });
      try {
        await once(silent, 'connection');
        command.kill(signal);
        const [code] = (await once(command, 'exit')) as [number];
        assert.equal(code, signal === 'SIGINT' ? 130 : 143);
      } finally {
        command.kill('SIGKILL');
        silent.close();
        await withdrawEndpoint(other, endpoint);
      }
    });
  }
});
