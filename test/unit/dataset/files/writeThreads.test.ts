import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { CaptionConflictError, CaptionError } from '../../../../src/dataset/files/CaptionError';
import { Dataset } from '../../../../src/dataset/Dataset';
import type { ScannedImage } from '../../../../src/dataset/scan/scanDataset';
import { WriteThreads } from '../../../../src/dataset/files/WriteThreads';
import { longestBlock, mostBlocked } from '../../shared/longestBlock';
import { namesIn, testFolder, writeFiles } from '../../shared/testFolder';

const root = path.resolve(__dirname, '../../..');
const workerFile = path.join(root, 'dist/writeWorker.js');
const options = { captionExtension: '.txt', emptiedCaption: 'delete' } as const;

describe('Writing files in threads', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);
  const contentOf = (name: string): Promise<string> => readFile(inFolder(name), 'utf8');
  const create = (writer: WriteThreads, count: number): Promise<(string | null)[]> =>
    Promise.all(
      Array.from({ length: count }, (_, n) =>
        writer.write({ file: inFolder(`${n}.txt`), content: `caption ${n}`, expected: null }),
      ),
    );
  const images = (count: number): ScannedImage[] =>
    Array.from({ length: count }, (_, n) => ({ path: `${n}.jpg`, captionPath: `${n}.txt` }));

  /** A thread that does what the program's own does, except for what `before` does before each message. */
  async function worker(before: string): Promise<string> {
    const file = inFolder('worker.cjs');
    await writeFile(
      file,
      `const { parentPort } = require('node:worker_threads');
       const fs = require('node:fs');
       let messages = 0;
       parentPort.on('message', (request) => { messages++; ${before} });
       require(${JSON.stringify(workerFile)});`,
    );
    return file;
  }

  it('gives each folder to one thread while there are others, in whatever order its files come', async () => {
    const folders = ['a', 'b', 'c', 'd'];
    for (const name of folders) await mkdir(inFolder(name));
    const log = inFolder('log');
    const writer = new WriteThreads({
      workerFile: await worker(
        `for (const { file } of request) {
           fs.appendFileSync(${JSON.stringify(log)}, require('node:worker_threads').threadId + ' ' + file + '\\n');
         }`,
      ),
    });
    const files = Array.from({ length: 1200 }, (_, n) => inFolder(`${folders[n % 4]!}/${n}.txt`));
    await Promise.all(files.map((file) => writer.write({ file, content: 'x', expected: null })));
    const pairs = new Map<string, number>();
    for (const line of (await readFile(log, 'utf8')).trim().split('\n')) {
      const [thread = '', file = ''] = line.split(' ');
      const pair = `${path.basename(path.dirname(file))} by thread ${thread}`;
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
    // What is left at the end is shared out: a thread that has written its folder helps another.
    const whole = [...pairs.values()].filter((count) => count > 150);
    assert.equal(whole.length, 4, JSON.stringify([...pairs]));
  });

  it('creates, replaces and deletes files and says what they hold', async () => {
    const writer = new WriteThreads({ workerFile });
    await create(writer, 300);
    assert.equal(await contentOf('217.txt'), 'caption 217');
    assert.equal((await namesIn(folder())).length, 300);
    const file = inFolder('0.txt');
    assert.equal(
      await writer.write({ file, content: 'caf\u00e9 \u{1F600}', expected: 'caption 0' }),
      'caf\u00e9 \u{1F600}',
    );
    assert.equal(await contentOf('0.txt'), 'caf\u00e9 \u{1F600}');
    assert.equal(await writer.write({ file, content: null, expected: Buffer.from('caf\u00e9 \u{1F600}') }), null);
    assert.equal((await namesIn(folder())).length, 299);
  });

  it('keeps a link whose caption is emptied, and says what it holds then', async () => {
    await writeFiles(folder(), { 'real.txt': 'old' });
    await symlink('real.txt', inFolder('link.txt'));
    const writer = new WriteThreads({ workerFile });
    assert.equal(await writer.write({ file: inFolder('link.txt'), content: null, expected: 'old' }), '\n');
    assert.equal(await contentOf('real.txt'), '\n');
  });

  it('refuses what others changed, and explains each failure with its own error', async () => {
    await writeFiles(folder(), { 'a.txt': 'theirs' });
    await mkdir(inFolder('b.txt'));
    const writer = new WriteThreads({ workerFile });
    const write = (name: string, expected: string | null): Promise<string | null> =>
      writer.write({ file: inFolder(name), content: 'mine', expected });
    const results = await Promise.allSettled([write('a.txt', 'old'), write('b.txt', null), write('c.txt', null)]);
    const [conflict, notAFile] = results.map((result) =>
      result.status === 'rejected' ? (result.reason as unknown) : undefined,
    );
    assert.ok(conflict instanceof CaptionConflictError);
    assert.equal(Buffer.from(conflict.theirs ?? []).toString(), 'theirs');
    assert.ok(notAFile instanceof CaptionError);
    assert.deepEqual([notAFile.code, notAFile.path], ['FILE_ERROR', inFolder('b.txt')]);
    assert.equal(results[2].status, 'fulfilled', 'the others are written');
    assert.equal(await contentOf('a.txt'), 'theirs');
  });

  it('gives a new file to one of two who create it at the same time, and a conflict to the other', async () => {
    const writers = [new WriteThreads({ workerFile }), new WriteThreads({ workerFile })];
    for (let round = 0; round < 50; round++) {
      const file = inFolder(`${round}.txt`);
      const results = await Promise.allSettled(
        writers.map((writer, who) => writer.write({ file, content: `by ${who}`, expected: null })),
      );
      assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      const won = results.findIndex(({ status }) => status === 'fulfilled');
      assert.equal(await readFile(file, 'utf8'), `by ${won}`);
    }
  });

  it('writes everything although its threads die', async () => {
    const writer = new WriteThreads({ workerFile: await worker('if (messages === 3) process.exit(7);') });
    assert.equal((await create(writer, 600)).length, 600);
    assert.equal((await namesIn(folder())).filter((name) => name.endsWith('.txt')).length, 600);
    assert.equal(await contentOf('599.txt'), 'caption 599');
  });

  it('writes where threads cannot be started at all', async () => {
    const writer = new WriteThreads({ workerFile: inFolder('nowhere.js') });
    await create(writer, 100);
    await writer.write({ file: inFolder('0.txt'), content: 'again', expected: 'caption 0' });
    assert.equal(await contentOf('0.txt'), 'again');
    assert.equal((await namesIn(folder())).length, 100);
  });

  it('saves thousands of captions without keeping anything else waiting, and says how far it is', async () => {
    const dataset = await Dataset.ofImages(folder(), images(3000), options, new WriteThreads({ workerFile }));
    let seen: number[] = [];
    let round = 0;
    dataset.onDidChange(() => {
      if (dataset.saving !== undefined) seen.push(dataset.saving.done);
      assert.equal(dataset.saving?.total ?? 3000, 3000);
    });
    const blocked = await longestBlock(async () => {
      round++;
      for (const { caption, path: image } of dataset.allImages) caption.setText(`${round} of ${image}`, 'delete');
      seen = [];
      assert.deepEqual(await dataset.save(), { saved: 3000, failures: [] });
    });
    assert.equal(dataset.saving, undefined);
    assert.ok(
      seen.some((done) => done > 0 && done < 3000),
      'progress was told',
    );
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    assert.equal(await contentOf('2999.txt'), `${round} of 2999.jpg`);
    // Written here instead of in threads, it would be a second.
    assert.ok(blocked < mostBlocked, `the loop waited ${blocked} ms`);
  });

  it('ends with the old texts when a bulk edit is taken back while it is being saved', async () => {
    await writeFiles(
      folder(),
      Object.fromEntries(images(400).map(({ captionPath }) => [captionPath, `old ${captionPath}`])),
    );
    const dataset = await Dataset.ofImages(folder(), images(400), options, new WriteThreads({ workerFile }));
    const changes = dataset.allImages.map(({ caption }) => caption.setText('bulk', 'delete')!);
    const saving = dataset.save();
    while ((dataset.saving?.done ?? 400) < 100) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(dataset.replay(changes, 'undo'), []);
    await saving;
    await dataset.save();
    for (const { captionPath } of images(400)) assert.equal(await contentOf(captionPath), `old ${captionPath}`);
    assert.deepEqual([...dataset.dirtyCaptions], []);
  });

  it('leaves every caption old or new when the process is killed, and no temporary file after the next start', async () => {
    const count = 1500;
    await writeFiles(folder(), { 'set/x.png': '' });
    for (let n = 0; n < count; n++) await writeFile(inFolder(`set/${n}.txt`), `old ${n}`);
    for (let n = 0; n < count; n++) await writeFile(inFolder(`set/${n}.jpg`), '');
    const script = inFolder('save.cjs');
    buildSync({
      stdin: {
        contents: `
          import { Dataset } from './src/dataset/Dataset';
          import { WriteThreads } from './src/dataset/files/WriteThreads';
          const [folder, workerFile] = process.argv.slice(2);
          (async () => {
            const dataset = new Dataset(folder, { captionExtension: '.txt', emptiedCaption: 'delete' },
              new WriteThreads({ workerFile }));
            await dataset.load();
            for (const { caption } of dataset.allImages) caption.setText('new caption, '.repeat(30), 'delete');
            const saving = dataset.save();
            while ((dataset.saving?.done ?? 0) < 200) await new Promise((resolve) => setTimeout(resolve, 1));
            process.stdout.write('saving');
            await saving;
          })();`,
        resolveDir: root,
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: script,
    });
    await copyFile(path.join(root, 'dist/scanWorker.js'), inFolder('scanWorker.js'));
    const child = spawn(process.execPath, [script, inFolder('set'), workerFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    let written = 0;
    for (let n = 0; n < count; n++) {
      const content = await contentOf(`set/${n}.txt`);
      if (content === 'new caption, '.repeat(30)) written++;
      else assert.equal(content, `old ${n}`);
    }
    assert.ok(written >= 200 && written < count, `${written} were written`);
    await new Dataset(inFolder('set'), options).load();
    const names = await namesIn(inFolder('set'));
    assert.deepEqual(
      names.filter((name) => name.startsWith('.')),
      [],
    );
    assert.equal(names.length, 2 * count + 1);
  });
});
