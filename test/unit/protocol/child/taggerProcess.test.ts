import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { loadTagger } from '../../../../src/protocol/child/loadTagger';
import {
  imageHangs,
  TaggerCrashError,
  taggerCrashed,
  taggerHung,
  TaggerProcess,
} from '../../../../src/protocol/child/TaggerProcess';
import type { HealthLimits } from '../../../../src/protocol/child/ChildHealth';
import { defaultCaptionOptions } from '../../../../src/protocol/tagging/captionOptions';
import { errorCode } from '../../../../src/protocol/channel/wireError';
import { setupOf } from '../../shared/taggerSetup';
import { isRunning, testFolder, until } from '../../shared/testFolder';

const root = path.resolve(__dirname, '../../..');

/** Speaks the channel's language by hand: a child that answers, fails, hangs, dies or talks. */
const fakeChild = `
  process.on('disconnect', () => process.exit());
  const found = (folder) => ({ found: { source: 'download', folder, model: '', tags: '', verified: false } });
  process.on('message', ({ type, id, params }) => {
    if (type !== 'request') return;
    const what = params.id;
    if (what === 'die') process.exit(3);
    if (what === 'hang') return;
    if (what === 'execPath') return process.send({ type: 'result', id, result: found(process.argv0) });
    if (what === 'talk') { console.log('one line'); console.error('another'); }
    if (what === 'env') return process.send({ type: 'result', id, result: found(process.env.NODE_OPTIONS + ' ' + process.env.VIPS_BLOCK_UNTRUSTED) });
    process.send({ type: 'result', id, result: found(what) });
  });
`;

/**
 * Beats as the real one does. Some images are never answered, some keep its main thread busy.
 * @param works whether it says that it computes
 */
const beatingChild = (works: boolean): string => `
  process.on('disconnect', () => process.exit());
  const { Worker } = require('node:worker_threads');
  new Worker("const { writeSync } = require('node:fs'); setInterval(() => writeSync(4, ${works ? 'Math.round(performance.now())' : '0'} + ' 0\\\\n'), 20)", { eval: true });
  process.on('message', ({ type, id, params }) => {
    if (type !== 'request') return;
    const what = params.imagePath ?? params.id;
    if (what === 'wait') return;
    if (what === 'block') for (;;);
    if (what === 'block a while') for (const end = Date.now() + 1500; Date.now() < end;);
    process.send({ type: 'result', id, result: { tags: [String(process.pid)] } });
  });
`;

/** So short that a test need not wait, and so long that a busy machine does not reach them by itself. */
const shortLimits: HealthLimits = { look: 100, silent: 1000, idle: 1000, busy: 60_000, first: 60_000 };

const folders = { downloadFolder: '', extraFolders: [] };

describe('The tagger process', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const entry = (): string => path.join(folder(), 'child.cjs');
  const lines: string[] = [];
  let tagger: TaggerProcess;

  beforeEach(async () => {
    await writeFile(entry(), fakeChild);
    lines.length = 0;
    tagger = new TaggerProcess({ entry: entry(), onLog: (line) => lines.push(line) });
  });
  afterEach(() => {
    tagger.dispose();
  });

  const ask = async (what: string): Promise<string> =>
    (await tagger.request('downloadModel', { id: what, folders, token: undefined })).found.folder;
  const crashes = (request: Promise<unknown>): Promise<void> =>
    assert.rejects(request, (error) => errorCode(error) === taggerCrashed);

  it('starts with the first request and answers many', async () => {
    assert.equal(tagger.pid, undefined);
    assert.deepEqual(await Promise.all(['a', 'b', 'c'].map(ask)), ['a', 'b', 'c']);
    assert.ok(isRunning((tagger as { pid?: number }).pid!));
  });

  it('starts anew after it was killed; what was open then fails with the code of a crash', async () => {
    for (let round = 0; round < 3; round++) {
      await ask('a');
      const pid = tagger.pid!;
      const open = [ask('hang'), ask('hang')];
      process.kill(pid, 'SIGKILL');
      await Promise.all(open.map(crashes));
      assert.equal(await ask('again'), 'again');
      assert.notEqual(tagger.pid, pid);
    }
  });

  it('says how the child ended', async () => {
    await assert.rejects(ask('die'), /exit code 3/);
    const missing = new TaggerProcess({ entry: path.join(folder(), 'gone.js') });
    await crashes(missing.request('deleteModel', { id: 'a', folders }));
    missing.dispose();
  });

  it('says with which signal the child ended, and which image it was decoding', async () => {
    await writeFile(
      entry(),
      `process.on('message', ({ id, params }) => {
        process.send({ type: 'event', name: 'decoding', payload: { imagePath: params.imagePath } });
        if (params.imagePath === 'good.png') return process.send({ type: 'result', id, result: { width: 1, height: 1, bytes: 1 } });
        process.kill(process.pid, 'SIGSEGV');
      });`,
    );
    const make = (imagePath: string): Promise<unknown> =>
      tagger.request('makeThumbnail', { imagePath, size: 1, outputPath: 'none' });
    await make('good.png');
    await assert.rejects(make('bad.png'), (error) => {
      assert.ok(error instanceof TaggerCrashError);
      assert.deepEqual(error.end, { code: null, signal: 'SIGSEGV', decoding: ['bad.png'] });
      return true;
    });
  });

  it('gives a request right after stop() to a new child', async () => {
    await ask('a');
    const pid = tagger.pid;
    const open = ask('hang');
    tagger.stop();
    const next = ask('b');
    await crashes(open);
    assert.equal(await next, 'b');
    assert.notEqual(tagger.pid, pid);
  });

  it('loads a tagger again when its process died of that, and gives up when it does so again and again', async () => {
    let tries = 0;
    const dying = (until: number): Pick<TaggerProcess, 'request'> => ({
      request: (() => {
        tries++;
        return tries < until ? Promise.reject(new TaggerCrashError('SIGSEGV')) : Promise.resolve('loaded');
      }) as unknown as TaggerProcess['request'],
    });
    assert.equal(await loadTagger(dying(3), setupOf('model')), 'loaded');
    tries = 0;
    await assert.rejects(loadTagger(dying(9), setupOf('model')), /SIGSEGV/);
    assert.equal(tries, 3);
  });

  it('runs the child with another Node where one is named', async () => {
    const other = path.join(folder(), 'node');
    await symlink(process.execPath, other);
    const named = new TaggerProcess({ entry: entry(), execPath: other });
    const found = (await named.request('downloadModel', { id: 'execPath', folders, token: undefined })).found.folder;
    named.dispose();
    assert.equal(found, other);
  });

  it('ends with dispose() and never starts again', async () => {
    await ask('a');
    const pid = tagger.pid!;
    const open = ask('hang');
    tagger.dispose();
    await crashes(open);
    await until(() => !isRunning(pid), 'the child is gone');
    await crashes(ask('a'));
  });

  it('hands on what the child prints, line by line', async () => {
    await ask('talk');
    await until(() => lines.length === 2, 'both lines came');
    assert.deepEqual([...lines].sort(), ['another', 'one line']);
  });

  it('keeps the options of a debugger from the child and blocks untrusted image formats', async () => {
    const before = process.env.NODE_OPTIONS;
    process.env.NODE_OPTIONS = '--no-warnings';
    try {
      assert.equal(await ask('env'), 'undefined 1');
    } finally {
      if (before === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = before;
    }
  });

  describe('that beats', () => {
    const start = async (works: boolean, limits: Partial<HealthLimits> = {}): Promise<void> => {
      await writeFile(entry(), beatingChild(works));
      tagger = new TaggerProcess({ entry: entry(), health: { ...shortLimits, ...limits } });
    };
    const caption = async (imagePath: string): Promise<string[]> =>
      (await tagger.request('captionImage', { imagePath, setup: setupOf('model'), options: defaultCaptionOptions }))
        .tags;
    const hangs = (request: Promise<unknown>, code: string): Promise<void> =>
      assert.rejects(request, (error) => errorCode(error) === code);

    it('is ended when it is stopped, whatever it was asked, and the next request starts another', async () => {
      await start(true);
      const [pid] = await caption('a.png');
      process.kill(Number(pid), 'SIGSTOP');
      await Promise.all([hangs(caption('b.png'), taggerHung), hangs(ask('hang'), taggerHung)]);
      await until(() => !isRunning(Number(pid)), 'it is gone');
      assert.notDeepEqual(await caption('a.png'), [pid]);
    });

    it('is ended when it does nothing for an image that it has, and that says how long', async () => {
      await start(false);
      await assert.rejects(caption('wait'), /did nothing for 1 s/);
    });

    it('is left alone while one image keeps its main thread from everything', async () => {
      await start(true);
      assert.equal((await caption('block a while')).length, 1);
    });

    it('is ended when it works for longer than any image takes', async () => {
      await start(true, { busy: 1000, first: 1000 });
      await assert.rejects(caption('block'), /gave no answer for 1 s/);
    });

    it('is ended for an image that is never answered while all others are, which are not to blame', async () => {
      await start(false);
      const bad = hangs(caption('wait'), imageHangs);
      await caption('a.png');
      await bad;
    });

    it('is gone at once after dispose(), also when it is stopped', async () => {
      await start(true);
      const [pid] = await caption('a.png');
      process.kill(Number(pid), 'SIGSTOP');
      const open = crashes(caption('b.png'));
      tagger.dispose();
      await open;
      await until(() => !isRunning(Number(pid)), 'it is gone', 5000);
    });
  });

  for (const [what, childEntry] of [
    ['a simple child', undefined],
    ['the real tagger', path.join(root, 'dist/tagger.js')],
  ] as const) {
    it(`leaves no child behind when its own process is killed: ${what}`, async () => {
      const script = path.join(folder(), 'parent.cjs');
      buildSync({
        stdin: {
          contents: `import { TaggerProcess } from './src/protocol/child/TaggerProcess';
            const tagger = new TaggerProcess({ entry: process.argv[2]! });
            tagger.request('deleteModel', { id: 'hang', folders: { downloadFolder: '', extraFolders: [] } }).catch(() => undefined);
            console.log(tagger.pid);
            setInterval(() => undefined, 1000);`,
          resolveDir: root,
          loader: 'ts',
        },
        bundle: true,
        platform: 'node',
        outfile: script,
      });
      const parent = spawn(process.execPath, [script, childEntry ?? entry()], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [output] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(output.toString());
      assert.ok(isRunning(pid));
      await new Promise((resolve) => setTimeout(resolve, 300));
      parent.kill('SIGKILL');
      await until(() => !isRunning(pid), 'the child is gone');
    });
  }
});
