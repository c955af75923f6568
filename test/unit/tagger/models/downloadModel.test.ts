import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { DownloadProgress, FoundModel, ModelFolders } from '../../../../src/protocol/tagging/modelListing';
import { TaggerProcess } from '../../../../src/protocol/child/TaggerProcess';
import { downloadModel } from '../../../../src/tagger/models/downloadModel';
import { hubSettings } from '../../../../src/tagger/models/hubSettings';
import { answer, HubServer } from './hubServer';
import { hubEnvironment, publish, smallModel } from './smallModel';
import { namesIn, testFolder, until, writeFiles } from '../../shared/testFolder';

const entry = path.resolve(__dirname, '../../../dist/tagger.js');
const wanted = smallModel('wd-small-tagger-v3', 300_000);
const { id } = wanted.entry;

describe('Getting a model', function () {
  this.timeout(60_000);
  const folder = testFolder();
  let hub: HubServer;
  let children: TaggerProcess[];
  let folders: ModelFolders;
  beforeEach(async () => {
    hub = new HubServer();
    await hub.start();
    publish(hub, wanted);
    children = [];
    folders = { downloadFolder: path.join(folder(), 'models'), extraFolders: [] };
    await writeFile(path.join(folder(), 'catalogue.json'), JSON.stringify([wanted.entry]));
  });
  afterEach(async () => {
    for (const child of children) child.dispose();
    await hub.stop();
  });

  const inModel = (...names: string[]): string => path.join(folders.downloadFolder, id, ...names);
  const downloaded = (): FoundModel => ({
    source: 'download',
    folder: inModel(),
    model: inModel('model.onnx'),
    tags: inModel('selected_tags.csv'),
    verified: true,
  });

  /** A child as the extension starts it, which knows the test's hub and catalogue and nothing of this machine. */
  function child(
    env: Record<string, string> = {},
    onDownloadProgress?: (progress: DownloadProgress) => void,
  ): TaggerProcess {
    const process = new TaggerProcess({ entry, ...(onDownloadProgress === undefined ? {} : { onDownloadProgress }) });
    process.useEnvironment({ ...hubEnvironment(folder(), hub), ...env });
    children.push(process);
    return process;
  }
  const download = (from: TaggerProcess, signal?: AbortSignal): Promise<{ found: FoundModel }> =>
    from.request('downloadModel', { id, folders, token: undefined }, signal);
  /** The storage sends so many bytes and then nothing more. */
  const stallAt = (bytes: number): void => {
    hub.nextOnStorage((_request, response) => {
      hub.storage.bodyBytes += bytes;
      response.writeHead(200, { 'content-length': wanted.model.length }).write(wanted.model.subarray(0, bytes));
    });
  };
  const partialSize = (): Promise<number> =>
    stat(inModel('model.onnx.partial')).then(
      ({ size }) => size,
      () => 0,
    );

  it('gets the list of tags alone for a model that a server has, once', async () => {
    const tagger = child();
    const tagsOnly = { id, folders, token: undefined, tagsOnly: true };
    const { found } = await tagger.request('downloadModel', tagsOnly);
    assert.deepEqual(found, { ...downloaded(), verified: false });
    assert.deepEqual(await readFile(found.tags), wanted.tags);
    assert.deepEqual(await namesIn(inModel()), ['selected_tags.csv']);
    const asked = hub.hub.seen.length;
    assert.deepEqual((await tagger.request('downloadModel', tagsOnly)).found, found);
    assert.equal(hub.hub.seen.length, asked, 'nothing is asked for again');
    assert.equal((await tagger.request('listModels', { folders })).models[0]?.found, undefined);
    assert.deepEqual((await download(tagger)).found, downloaded());
  });

  it('lists, downloads, finds and deletes, and tells how far it is', async () => {
    const progress: DownloadProgress[] = [];
    const tagger = child({}, (now) => progress.push(now));
    assert.equal((await tagger.request('listModels', { folders })).models[0]?.found, undefined);
    assert.deepEqual((await download(tagger)).found, downloaded());
    assert.deepEqual(await readFile(inModel('model.onnx')), wanted.model);
    assert.deepEqual(await readFile(inModel('selected_tags.csv')), wanted.tags);
    assert.deepEqual(await namesIn(inModel()), ['model.onnx', 'selected_tags.csv']);
    const all = wanted.model.length + wanted.tags.length;
    assert.ok(progress.length > 2);
    for (const { id: about, totalBytes } of progress) assert.deepEqual([about, totalBytes], [id, all]);
    assert.deepEqual([progress.at(-1)?.phase, progress.at(-1)?.receivedBytes], ['verifying', all]);
    const { models } = await tagger.request('listModels', { folders });
    assert.deepEqual(models[0]?.found, downloaded());
    const requests = hub.hub.seen.length;
    assert.deepEqual((await download(tagger)).found, downloaded());
    assert.equal(hub.hub.seen.length, requests);
    assert.deepEqual(await tagger.request('deleteModel', { id, folders }), { freedBytes: all });
    assert.deepEqual(await namesIn(folders.downloadFolder), ['verified-files.json']);
    assert.deepEqual(await tagger.request('deleteModel', { id, folders }), { freedBytes: 0 });
  });

  it('is done once by two processes at the same time', async () => {
    let start = (): void => undefined;
    hub.nextOnStorage((request, response) => {
      start = () => {
        // A busy machine lets the other one say more than once that it waits.
        start = () => undefined;
        hub.withoutRanges()(request, response);
      };
    });
    // The first one gets nothing until the other one waits for it.
    let waited = false;
    const onProgress = ({ phase }: DownloadProgress): void => {
      if (phase !== 'waiting') return;
      waited = true;
      start();
    };
    const results = await Promise.all([download(child({}, onProgress)), download(child({}, onProgress))]);
    for (const { found } of results) assert.deepEqual(found, downloaded());
    assert.equal(hub.storage.bodyBytes, wanted.model.length);
    assert.equal(hub.hub.bodyBytes, wanted.tags.length);
    assert.deepEqual(await readFile(inModel('model.onnx')), wanted.model);
    assert.ok(waited);
  });

  it('goes on in another process when the first one is killed', async () => {
    stallAt(100_000);
    const first = child();
    const killed = assert.rejects(download(first), { code: 'TAGGER_CRASHED' });
    await until(async () => (await partialSize()) === 100_000, 'the part is there');
    const second = child();
    const { models } = await second.request('listModels', { folders });
    assert.deepEqual([models[0]?.partialBytes, models[0]?.found], [100_000, undefined]);
    await assert.rejects(second.request('deleteModel', { id, folders }), {
      code: 'IN_USE',
      message: /Cancel the download/,
    });
    process.kill(first.pid ?? 0, 'SIGKILL');
    await killed;
    const started = Date.now();
    assert.deepEqual((await download(second)).found, downloaded());
    assert.ok(Date.now() - started < 3000, 'the lock of the killed process does not hold');
    assert.deepEqual(await readFile(inModel('model.onnx')), wanted.model);
    assert.equal(hub.storage.bodyBytes, wanted.model.length);
    assert.equal(hub.storage.gets.at(-1)?.headers.range, 'bytes=100000-');
    assert.deepEqual(await namesIn(inModel()), ['model.onnx', 'selected_tags.csv']);
  });

  it('is cancelled and goes on later; what is there of it can be deleted', async () => {
    const tagger = child();
    for (const next of ['delete', 'download']) {
      stallAt(100_000);
      const cancel = new AbortController();
      const cancelled = assert.rejects(download(tagger, cancel.signal), { name: 'AbortError' });
      await until(async () => (await partialSize()) === 100_000, 'the part is there');
      cancel.abort();
      await cancelled;
      await until(async () => !(await namesIn(inModel())).includes('model.onnx.lock'), 'the child has stopped');
      if (next === 'download') await download(tagger);
      else {
        const { freedBytes } = await tagger.request('deleteModel', { id, folders });
        assert.ok(freedBytes > 100_000);
        assert.deepEqual(await namesIn(folders.downloadFolder), []);
      }
    }
    assert.deepEqual(await readFile(inModel('model.onnx')), wanted.model);
    assert.equal(hub.storage.gets.at(-1)?.headers.range, 'bytes=100000-');
  });

  it("uses another program's model in place and never deletes it", async () => {
    const place = path.join(folder(), 'home/sd-scripts/wd14_tagger_model', `SmilingWolf_${id}`);
    await writeFiles(place, { 'model.onnx': wanted.model, 'selected_tags.csv': wanted.tags });
    const tagger = child({ HF_HUB_OFFLINE: '1' });
    const { found } = await download(tagger);
    assert.deepEqual([found.source, found.folder, found.verified], ['sd-scripts', place, true]);
    await assert.rejects(tagger.request('deleteModel', { id, folders }), {
      code: 'NOT_OURS',
      path: place,
      message: /another program/,
    });
    assert.deepEqual(await namesIn(place), ['model.onnx', 'selected_tags.csv']);
    assert.equal(hub.hub.seen.length, 0);
  });

  it('asks nobody when it is offline', async () => {
    for (const name of ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE']) {
      await assert.rejects(download(child({ [name]: 'Yes' })), {
        code: 'OFFLINE',
        message: new RegExp(`${id}.*${name}`),
      });
    }
    assert.equal(hub.hub.seen.length, 0);
    assert.deepEqual(await namesIn(folder()), ['catalogue.json']);
  });

  it('says in one sentence what failed and leaves no folder behind', async () => {
    const tagger = child({ HF_TOKEN: 'hf_old' });
    hub.nextOnHub(answer(401));
    await assert.rejects(download(tagger), { code: 'UNAUTHORIZED', message: /127\.0\.0\.1.*\(401\).*from HF_TOKEN/ });
    hub.nextOnHub(answer(404));
    await assert.rejects(download(tagger), { code: 'NOT_FOUND' });
    await assert.rejects(tagger.request('downloadModel', { id: '../x', folders, token: undefined }), {
      code: 'NOT_IN_CATALOGUE',
      message: new RegExp(id),
    });
    assert.deepEqual(await namesIn(folders.downloadFolder), []);
    assert.equal(hub.hub.seen[0]?.headers.authorization, 'Bearer hf_old');
  });

  it('sends the stored token rather than that of the environment, to the endpoint only', async () => {
    const tagger = child({ HF_TOKEN: 'hf_environment' });
    await tagger.request('downloadModel', { id, folders, token: 'hf_stored' });
    for (const { headers } of hub.hub.seen) assert.equal(headers.authorization, 'Bearer hf_stored');
    assert.ok(hub.storage.seen.length > 0);
    for (const { headers } of hub.storage.seen) assert.equal(headers.authorization, undefined);
  });

  it('goes through the proxy, but not to the hosts that NO_PROXY names', async () => {
    const passed: string[] = [];
    const proxy = createServer((request, response) => {
      passed.push(new URL(request.url ?? '').hostname);
      const onward = httpRequest(request.url ?? '', { method: request.method ?? 'GET', headers: request.headers });
      onward.on('response', (from) => from.pipe(response.writeHead(from.statusCode ?? 0, from.headers)));
      onward.end();
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      await download(child({ HTTP_PROXY: address, http_proxy: address, NO_PROXY: 'localhost', no_proxy: 'localhost' }));
    } finally {
      proxy.close();
    }
    assert.deepEqual([...new Set(passed)], ['127.0.0.1']);
    assert.equal(passed.length, hub.hub.seen.length);
    assert.deepEqual(await readFile(inModel('model.onnx')), wanted.model);
  });

  it('learns the size of a model whose size is not pinned', async () => {
    const totals: number[] = [];
    const model = { ...wanted.entry, model: { ...wanted.entry.model, size: undefined, approximateSize: 299_000 } };
    const found = await downloadModel({
      catalogue: [model],
      folders,
      id,
      token: undefined,
      scope: { env: { HF_ENDPOINT: hub.hub.origin }, home: folder(), workingFolder: folder(), programRoots: [] },
      onProgress: ({ totalBytes }) => totals.push(totalBytes),
    });
    assert.deepEqual(found, downloaded());
    assert.equal(totals.at(-1), wanted.model.length + wanted.tags.length);
  });
});

describe('The settings of the hub', () => {
  const folder = testFolder();
  const settings = (env: NodeJS.ProcessEnv, token?: string): ReturnType<typeof hubSettings> =>
    hubSettings({ env, home: folder(), workingFolder: folder(), programRoots: [] }, token);

  it('are the public hub without a token where nothing is set', async () => {
    assert.deepEqual(await settings({}), {
      endpoint: 'https://huggingface.co',
      token: undefined,
      offlineBy: undefined,
      timeout: 10_000,
    });
  });

  it('take a mirror with or without scheme and slash, and another time-out', async () => {
    for (const value of ['hf-mirror.com', 'https://hf-mirror.com/', ' https://hf-mirror.com ']) {
      assert.equal((await settings({ HF_ENDPOINT: value })).endpoint, 'https://hf-mirror.com');
    }
    assert.equal((await settings({ HF_ENDPOINT: 'http://nas:8080//' })).endpoint, 'http://nas:8080');
    assert.equal((await settings({ HF_HUB_DOWNLOAD_TIMEOUT: '30' })).timeout, 30_000);
    assert.equal((await settings({ HF_HUB_DOWNLOAD_TIMEOUT: 'soon' })).timeout, 10_000);
  });

  it('take the token that comes first', async () => {
    await writeFiles(folder(), { '.cache/huggingface/token': 'usual\n', 'hf/token': 'home', mine: ' path ' });
    const cases: [env: NodeJS.ProcessEnv, token: string | undefined][] = [
      [{ HF_TOKEN: 'first', HUGGING_FACE_HUB_TOKEN: 'second' }, 'first'],
      [{ HF_TOKEN: ' ', HUGGING_FACE_HUB_TOKEN: 'second', HF_TOKEN_PATH: '~/mine' }, 'second'],
      [{ HF_TOKEN_PATH: '~/mine', HF_HOME: '~/hf' }, 'path'],
      [{ HF_HOME: '~/hf' }, 'home'],
      [{}, 'usual'],
      [{ HF_TOKEN: 'first', HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }, undefined],
    ];
    for (const [env, token] of cases) assert.equal((await settings(env)).token?.value, token);
    assert.equal((await settings({ HF_TOKEN: 'first' }, ' stored ')).token?.value, 'stored');
  });
});
