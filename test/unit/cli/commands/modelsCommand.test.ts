import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultModelsFolder } from '../../../../src/cli/flags/modelFolders';
import { resolveModel } from '../../../../src/cli/flags/resolveModel';
import { TaggerProcess } from '../../../../src/protocol/child/TaggerProcess';
import { answer, HubServer } from '../../tagger/models/hubServer';
import { hubEnvironment, publish, smallModel } from '../../tagger/models/smallModel';
import { namesIn, testFolder, until, writeFiles } from '../../shared/testFolder';

const dist = path.resolve(__dirname, '../../../dist');
const wanted = smallModel('wd-small-tagger-v3', 300_000);
const { id } = wanted.entry;
const files = { 'model.onnx': wanted.model, 'selected_tags.csv': wanted.tags };

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

describe('The command "models"', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const inFolder = (...names: string[]): string => path.join(folder(), ...names);
  const modelFolder = (): string => inFolder('data/dataset-captions/models', id);
  let hub: HubServer;
  beforeEach(async () => {
    hub = new HubServer();
    await hub.start();
    publish(hub, wanted);
    await writeFile(inFolder('catalogue.json'), JSON.stringify([wanted.entry]));
  });
  afterEach(() => hub.stop());

  const environment = (): Record<string, string> => ({
    ...hubEnvironment(folder(), hub),
    XDG_DATA_HOME: inFolder('data'),
  });
  function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(process.execPath, [path.join(dist, 'cli.js'), 'models', ...args], {
      cwd: folder(),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment() },
    });
    const ended: Ended = { code: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.stderr += text));
    return {
      child,
      ended: once(child, 'close').then(([code]) => ({ ...ended, code: code as number | null })),
    };
  }
  const models = (...args: string[]): Promise<Ended> => start(...args).ended;

  before(function () {
    // The folder of downloads follows the platform's rules; these tests set XDG's.
    if (process.platform !== 'linux') this.skip();
  });

  it('lists, downloads, prints the folder and deletes', async () => {
    const listed = await models();
    assert.equal(listed.code, 0, listed.stderr);
    assert.match(listed.stdout, /^wd-small-tagger-v3\n {2}For tests\n {2}download of 300 kB\n$/);
    const missing = await models('path', id);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /not on this machine.*models download wd-small-tagger-v3/);
    const downloaded = await models('download', id);
    assert.deepEqual([downloaded.code, downloaded.stdout], [0, `${modelFolder()}\n`], downloaded.stderr);
    assert.deepEqual(await readFile(path.join(modelFolder(), 'model.onnx')), wanted.model);
    assert.equal((await models('path', id)).stdout, `${modelFolder()}\n`);
    const { models: listings } = JSON.parse((await models('--json')).stdout) as { models: Record<string, unknown>[] };
    assert.deepEqual(listings, [
      {
        id,
        hint: 'For tests',
        in_catalogue: true,
        size: wanted.model.length + wanted.tags.length,
        approximate_size: wanted.model.length + wanted.tags.length,
        found: {
          source: 'download',
          folder: modelFolder(),
          model: path.join(modelFolder(), 'model.onnx'),
          tags: path.join(modelFolder(), 'selected_tags.csv'),
          verified: true,
        },
        partial_bytes: 0,
      },
    ]);
    const deleted = await models('delete', id, '--json');
    assert.deepEqual(JSON.parse(deleted.stdout), { id, freed_bytes: wanted.model.length + wanted.tags.length });
    assert.match((await models('delete', id)).stderr, /was not downloaded/);
  });

  it('takes other folders', async () => {
    await writeFiles(inFolder('mine/my-tagger'), files);
    await writeFiles(inFolder('more/other-tagger'), { ...files, 'model.onnx': 'other' });
    const flags = ['--extra-folder', 'mine', '--extra-folder', inFolder('more'), '--models-folder', 'here'];
    assert.equal((await models('path', id, ...flags)).stdout, `${inFolder('mine/my-tagger')}\n`);
    assert.equal((await models('path', 'other-tagger', ...flags)).stdout, `${inFolder('more/other-tagger')}\n`);
    assert.equal(hub.hub.seen.length, 0);
    assert.equal((await models('download', id, '--models-folder', 'here')).stdout, `${inFolder('here', id)}\n`);
  });

  it('keeps the part with Ctrl+C, says so, and goes on with it', async () => {
    hub.nextOnStorage((_request, response) => {
      hub.storage.bodyBytes += 100_000;
      response.writeHead(200, { 'content-length': wanted.model.length }).write(wanted.model.subarray(0, 100_000));
    });
    const { child, ended } = start('download', id);
    const part = path.join(modelFolder(), 'model.onnx.partial');
    await until(
      () =>
        stat(part).then(
          ({ size }) => size === 100_000,
          () => false,
        ),
      'the part is there',
    );
    // As a terminal does: to the whole group, the child included.
    process.kill(-(child.pid ?? 0), 'SIGINT');
    const { code, stdout, stderr } = await ended;
    assert.deepEqual([code, stdout], [130, '']);
    assert.match(stderr, /is kept.*models download wd-small-tagger-v3.*\nCancelled\./);
    assert.match((await models()).stdout, /100 kB of it are here already/);
    assert.equal((await models('download', id)).code, 0);
    assert.equal(hub.storage.bodyBytes, wanted.model.length);
    assert.deepEqual(await namesIn(modelFolder()), ['model.onnx', 'selected_tags.csv']);
  });

  it('ends with 1 and one sentence when it cannot', async () => {
    hub.nextOnHub(answer(403));
    const cases: [args: string[], message: RegExp][] = [
      [['download', id], /answered 403: no access.*wd-small-tagger-v3/],
      [['download', 'wd-gone'], /no model "wd-gone".*wd-small-tagger-v3/],
      [['download'], /Which model/],
      [['download', id, id], /One model at a time/],
      [['fetch', id], /"fetch" is not one of download, delete, path/],
      [['delete', 'wd-gone'], /no such model.*wd-small-tagger-v3/],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await models(...args);
      assert.deepEqual([code, stdout], [1, ''], stderr);
      assert.match(stderr, message);
      assert.ok(!stderr.includes('    at '), stderr);
    }
  });

  it('never gives another version for a model, and downloads only when told to', async () => {
    await writeFiles(inFolder('mine', id), { ...files, 'model.onnx': 'older' });
    const folders = { downloadFolder: inFolder('downloads'), extraFolders: [inFolder('mine')] };
    const { signal } = new AbortController();
    const tagger = new TaggerProcess({ entry: path.join(dist, 'tagger.js') });
    tagger.useEnvironment(environment());
    try {
      await assert.rejects(resolveModel(tagger, id, { folders, download: false, signal }), {
        name: 'UsageError',
        message: /another version.*mine.*models download/,
      });
      assert.equal(hub.hub.seen.length, 0);
      const found = await resolveModel(tagger, id, { folders, download: true, signal });
      assert.deepEqual([found.source, found.verified], ['download', true]);
    } finally {
      tagger.dispose();
    }
  });

  it('keeps downloads where XDG says', () => {
    const before = process.env.XDG_DATA_HOME;
    try {
      process.env.XDG_DATA_HOME = '/data';
      assert.equal(defaultModelsFolder(), '/data/dataset-captions/models');
      process.env.XDG_DATA_HOME = 'not/absolute';
      assert.match(defaultModelsFolder(), /\.local\/share\/dataset-captions\/models$/);
    } finally {
      if (before === undefined) delete process.env.XDG_DATA_HOME;
      else process.env.XDG_DATA_HOME = before;
    }
  });
});
