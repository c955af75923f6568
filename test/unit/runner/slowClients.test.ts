import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { socketPort } from '../../../src/jobs/client/socketPort';
import { newState } from '../../../src/jobs/folder/JobFolder';
import { jobInfo } from '../../../src/jobs/folder/jobInfo';
import { runnerProtocolVersion, type RunnerEvents, type RunnerRequests } from '../../../src/jobs/client/runnerProtocol';
import type { JobInfo } from '../../../src/jobs/jobTypes';
import { Channel } from '../../../src/protocol/channel/Channel';
import { defaultCaptionOptions } from '../../../src/protocol/tagging/captionOptions';
import type { JobQueue } from '../../../src/runner/JobQueue';
import { RunnerServer } from '../../../src/runner/RunnerServer';
import { defaultWriteOptions } from '../../../src/tags/writeMode';
import { setupOf } from '../shared/taggerSetup';
import { testFolder, until } from '../shared/testFolder';

const token = 'a token';

/** A job with many failures, whose state is some 30 kB. */
function jobOf(id: string, written: number): JobInfo {
  const failures = Array.from({ length: 100 }, (_, index) => ({ path: `${index}.png`, reason: 'x'.repeat(300) }));
  const counts = { written, same: 0, untagged: 0, kept: 0, flagged: 0, failed: 100 };
  return jobInfo(
    {
      ...{ version: 1, id, created: '2026-01-01T00:00:00.000Z', label: 'Caption All', root: '/data', total: 100_000 },
      ...{ captionExtension: '.txt', mode: 'all', write: defaultWriteOptions, options: { ...defaultCaptionOptions } },
      tagger: { name: 'none', setup: setupOf('none'), environment: {}, hashes: [] },
      place: { kind: 'local' },
    },
    { ...newState(0), status: 'running', counts, failures },
    false,
  );
}

describe('A client that does not read', function () {
  this.timeout(30_000);
  const folder = testFolder();
  const open: (() => void)[] = [];
  afterEach(() => {
    for (const close of open.splice(0)) close();
  });

  interface Heard {
    jobs: JobInfo[];
    paths: string[];
  }

  async function serve(): Promise<{ server: RunnerServer; join: () => Promise<{ socket: Socket; heard: Heard }> }> {
    const address = path.join(folder(), 'runner.sock');
    const queue = { infos: [] as JobInfo[] } as unknown as JobQueue;
    const nothing = (): void => undefined;
    const events = { onRetire: nothing, onClients: nothing, onLog: nothing };
    const server = new RunnerServer(queue, { address, token, pid: 1 }, events, 1);
    await server.listen();
    open.push(() => {
      server.close();
    });
    const join = async (): Promise<{ socket: Socket; heard: Heard }> => {
      const socket = connect(address);
      socket.on('error', nothing);
      open.push(() => socket.destroy());
      const heard: Heard = { jobs: [], paths: [] };
      const listeners = {
        jobs: ({ jobs }: RunnerEvents['jobs']) => heard.jobs.push(...jobs),
        handled: ({ paths }: RunnerEvents['handled']) => heard.paths.push(...paths),
      };
      const channel = new Channel<
        Record<string, never>,
        RunnerRequests,
        Pick<RunnerEvents, 'jobs' | 'handled'>,
        Record<string, never>
      >(socketPort(socket), {}, listeners);
      await channel.request('hello', { token, version: runnerProtocolVersion });
      return { socket, heard };
    };
    return { server, join };
  }
  it('is told the newest state of each job and every image once it reads, and nothing in between', async () => {
    const { server, join } = await serve();
    const [reader, sleeper] = [await join(), await join()];
    sleeper.socket.pause();
    const rounds = 300;
    for (let round = 1; round <= rounds; round++) {
      const job = jobOf('one', round);
      server.jobChanged(job);
      server.imageHandled(job, `${round}.png`);
      await until(() => reader.heard.jobs.at(-1)?.counts.written === round, 'the reader knows it');
    }
    sleeper.socket.resume();
    await until(() => sleeper.heard.jobs.at(-1)?.counts.written === rounds, 'the newest state came');
    assert.ok(sleeper.heard.jobs.length < rounds / 2, `${String(sleeper.heard.jobs.length)} states`);
    assert.deepEqual(
      sleeper.heard.paths,
      Array.from({ length: rounds }, (_, index) => `${index + 1}.png`),
    );
  });

  it('is disconnected when very many images wait to be told, and the others go on', async () => {
    const { server, join } = await serve();
    const [reader, sleeper] = [await join(), await join()];
    sleeper.socket.pause();
    let isGone = false;
    sleeper.socket.on('close', () => (isGone = true));
    const names = Array.from({ length: 2000 }, (_, index) => `${'folder/'.repeat(10)}${index}.png`);
    for (let round = 1; round <= 130; round++) {
      const job = jobOf('one', round);
      for (const name of names) server.imageHandled(job, name);
      server.jobChanged(job);
      await until(() => reader.heard.jobs.at(-1)?.counts.written === round, 'the reader knows it');
    }
    sleeper.socket.resume();
    await until(() => isGone, 'it is disconnected');
    assert.ok(sleeper.heard.paths.length < reader.heard.paths.length);
  });

  it('is disconnected when more than 16 MB wait for it', async () => {
    const address = path.join(folder(), 'other.sock');
    const server = createServer();
    server.listen(address);
    await once(server, 'listening');
    const client = connect(address);
    open.push(
      () => server.close(),
      () => client.destroy(),
    );
    const [socket] = (await once(server, 'connection')) as [Socket];
    client.pause();
    client.on('error', () => undefined);
    const port = socketPort(socket);
    let sent = 0;
    for (; sent < 100 && !socket.destroyed; sent++) port.post({ text: 'x'.repeat(1_000_000) });
    assert.ok(socket.destroyed);
    assert.ok(sent < 25, `${String(sent)} MB`);
    port.post({ text: 'nobody is there' });
  });
});
