import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { createServer as createWebServer, type Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { JobFolder } from '../../../src/jobs/folder/JobFolder';
import { TaggerProcess } from '../../../src/protocol/child/TaggerProcess';
import { root as projectRoot } from '../shared/runCli';
import { makeClusterJob } from '../cluster/clusterJobs';
import { hubEnvironment } from '../tagger/models/smallModel';
import { HubServer } from '../tagger/models/hubServer';
import { testFolder, until } from '../shared/testFolder';
import { jobIs, makeJob, pictureFolder, taggerManifest, testRunner } from './testJobs';

const marker = 'marker-5e3c1a';

describe('A secret', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const jobsFolder = (): string => path.join(folder(), 'jobs');
  const newClient = testRunner(jobsFolder);

  /** Whether a secret stands in a file below the test's folder, or in the arguments of a process of this machine. */
  async function leaks(): Promise<string[]> {
    const found: string[] = [];
    for (const name of await readdir(folder(), { recursive: true })) {
      const file = path.join(folder(), name);
      if ((await stat(file)).isFile() && (await readFile(file)).includes(marker)) found.push(name);
    }
    if (process.platform !== 'linux') return found;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        if (readFileSync(`/proc/${pid}/cmdline`).includes(marker)) found.push(`arguments of process ${pid}`);
      } catch {
        // It ended.
      }
    }
    return found;
  }

  it('for the server that runs the models goes there and into no file, message or argument', async () => {
    const seen: (string | undefined)[] = [];
    const server: Server = createWebServer((request, response) => {
      seen.push(request.headers.authorization);
      // A server that repeats what it was sent.
      response.writeHead(401).end(`Not with ${String(request.headers.authorization)}`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
      const local = await makeJob(path.join(folder(), 'draft'), await pictureFolder(folder(), 3));
      const { tagger, root, label, captionExtension, mode, write, options, place } = await taggerManifest(local);
      const execution = { ...tagger.setup.execution, provider: 'server' as const, server: { url, timeoutSeconds: 2 } };
      const job = await JobFolder.create(
        jobsFolder(),
        {
          root,
          label,
          captionExtension,
          mode,
          write,
          options,
          place,
          tagger: { ...tagger, setup: { ...tagger.setup, execution } },
        },
        await local.readImages(),
      );
      const client = newClient();
      await client.request('start', { id: job.id, secrets: { serverToken: marker } });
      const { fault } = await jobIs(client, job.id, ({ status }) => status === 'paused');
      assert.ok(fault !== undefined);
      assert.ok(seen.includes(`Bearer ${marker}`), 'the server got it');
      assert.ok(!JSON.stringify(client.jobs).includes(marker));
      assert.deepEqual(await leaks(), []);
      for (const [name, mode] of [
        ['', 0o700],
        [job.id, 0o700],
        [`${job.id}/manifest.json`, 0o600],
        [`${job.id}/journal.jsonl`, 0o600],
      ] as const) {
        if (process.platform !== 'win32')
          assert.equal((await stat(path.join(jobsFolder(), name))).mode & 0o777, mode, name);
      }
    } finally {
      server.close();
    }
  });

  it('of the queue of a cluster stays out of files, messages and arguments, also when the queue repeats it', async () => {
    const queue = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () =>
        socket.write(`-WRONGPASS ${marker} is no password of redis://user:${marker}@127.0.0.1\r\n`),
      );
    }).listen(0, '127.0.0.1');
    await once(queue, 'listening');
    try {
      const pictures = await pictureFolder(folder(), 3);
      const job = await makeClusterJob(folder(), pictures, { jobsFolder: jobsFolder() });
      const client = newClient();
      const redisUrl = `redis://user:${marker}@127.0.0.1:${String((queue.address() as AddressInfo).port)}`;
      await client.request('start', { id: job.id, secrets: { redisUrl } });
      const { fault } = await jobIs(client, job.id, (info) => info.fault !== undefined);
      assert.match(fault?.message ?? '', /WRONGPASS/);
      assert.ok(!JSON.stringify(client.jobs).includes(marker));
      assert.deepEqual(await leaks(), []);
    } finally {
      queue.close();
    }
  });

  it('of the hub is in no line that the child prints and no message, also when the hub refuses it', async () => {
    const hub = new HubServer();
    await hub.start();
    const lines: string[] = [];
    const tagger = new TaggerProcess({
      entry: path.join(projectRoot, 'dist/tagger.js'),
      onLog: (line) => lines.push(line),
    });
    try {
      const environment = hubEnvironment(folder(), hub);
      delete environment.DATASET_CAPTIONS_CATALOGUE;
      tagger.useEnvironment(environment);
      const folders = { downloadFolder: path.join(folder(), 'models'), extraFolders: [] };
      const download = tagger.request('downloadModel', { id: 'wd-v1-4-moat-tagger-v2', folders, token: marker });
      const thrown: unknown = await download.catch((error: unknown) => error);
      assert.ok(thrown instanceof Error);
      await until(
        () => hub.hub.seen.some(({ headers }) => headers.authorization === `Bearer ${marker}`),
        'the hub got it',
      );
      assert.ok(!`${thrown.message} ${String(thrown.stack)} ${lines.join(' ')}`.includes(marker));
      assert.deepEqual(await leaks(), []);
    } finally {
      tagger.dispose();
      await hub.stop();
    }
  });
});
