import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { ImageError } from '../../../../src/tagger/pictures/ImageError';
import { NativePackageError } from '../../../../src/tagger/native/nativePackages';
import type { PreparedInput } from '../../../../src/tagger/preprocess/modelInput';
import { prepareImage } from '../../../../src/tagger/preprocess/prepareImage';
import { PreprocessError } from '../../../../src/tagger/preprocess/preprocessMessages';
import { fromFailure, toFailure } from '../../../../src/tagger/preprocess/preprocessMessages';
import { PreprocessPool, type PreprocessPoolOptions } from '../../../../src/tagger/preprocess/PreprocessPool';
import { ownTime } from '../../shared/ownTime';

const root = path.resolve(__dirname, '../../..');
const workerFile = path.join(root, 'dist/preprocessWorker.js');
const goldenFolder = path.join(root, 'test/fixtures/goldens/images');
const goldens = readdirSync(goldenFolder).map((name) => path.join(goldenFolder, name));
const input: PreparedInput = { size: 448, channelsLast: true, mode: 'exact' };
const small: PreparedInput = { ...input, size: 16 };

/** A thread that answers with the number of images that it began. */
const countingWorker = `
  const { parentPort, workerData } = require('node:worker_threads');
  const claims = new Int32Array(workerData.claims);
  let begun = 0;
  parentPort.on('message', ({ id, claim, imagePath }) => {
    if (Atomics.compareExchange(claims, claim, 0, 1) !== 0) return parentPort.postMessage({ id, kind: 'dropped' });
    begun++;
    if (imagePath === 'slow') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    if (imagePath === 'die') throw new Error('deadly');
    parentPort.postMessage({ id, kind: 'done', values: Float32Array.of(begun) });
  });`;

describe('The threads that prepare images', function () {
  this.timeout(60_000);
  let folder: string;
  let pools: PreprocessPool[] = [];
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pool-'));
  });
  afterEach(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
    pools = [];
    rmSync(folder, { recursive: true, force: true });
  });

  function poolOf(threads: number, options: PreprocessPoolOptions = {}): PreprocessPool {
    const pool = new PreprocessPool(threads, { workerFile, ...options });
    pools.push(pool);
    return pool;
  }

  async function image(name: string, width: number, height: number): Promise<string> {
    const file = path.join(folder, name);
    await sharp({ create: { width, height, channels: 3, background: 'teal' } }).toFile(file);
    return file;
  }

  function script(name: string, content: string): string {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  }

  for (const threads of [1, 3]) {
    it(`gives all 36 pictures exactly as one by one, with ${threads} thread${threads > 1 ? 's' : ''}`, async () => {
      const pool = poolOf(threads);
      const area = 448 * 448;
      assert.equal(goldens.length, 36);
      await Promise.all(
        goldens.map(async (file) => {
          const [last, first, pixels] = await Promise.all([
            pool.prepare(file, input),
            pool.prepare(file, { ...input, channelsLast: false }),
            prepareImage(file, 448, 'exact'),
          ]);
          let wrong = 0;
          for (let i = 0; i < area; i++) {
            for (let channel = 0; channel < 3; channel++) {
              const expected = pixels[i * 3 + 2 - channel];
              if (last[i * 3 + channel] !== expected || first[channel * area + i] !== expected) wrong++;
            }
          }
          assert.equal(wrong, 0, path.basename(file));
        }),
      );
    });
  }

  it('differs a little from exact in fast mode', async () => {
    const pool = poolOf(1);
    // Large enough to be shrunk.
    const file = path.join(folder, 'large.jpg');
    await sharp(path.join(goldenFolder, 'baseline.jpg')).resize(3000).toFile(file);
    const [exact, fast] = await Promise.all([
      pool.prepare(file, input),
      pool.prepare(file, { ...input, mode: 'fast' }),
    ]);
    const differences = exact.map((value, i) => Math.abs(value - fast[i]!));
    const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
    assert.ok(mean > 0 && mean < 2, `mean ${mean}`);
  });

  it('uses as many threads as there are cores when none are asked for', () => {
    assert.ok(poolOf(0).threads >= 1);
    assert.equal(poolOf(5).threads, 5);
  });

  it('answers in the order asked when there is one thread', async () => {
    const pool = poolOf(1);
    const files = await Promise.all(Array.from({ length: 12 }, (_, i) => image(`${i}.png`, 40, 30)));
    const done: string[] = [];
    await Promise.all(
      files.map(async (file) => {
        await pool.prepare(file, small);
        done.push(file);
      }),
    );
    assert.deepEqual(done, files);
  });

  it('goes on while the main thread is busy', async () => {
    const pool = poolOf(1);
    const file = await image('a.png', 40, 30);
    await pool.prepare(file, small);
    let done = 0;
    const jobs = Promise.all([1, 2, 3].map(() => pool.prepare(file, small).then(() => done++)));
    const start = ownTime();
    while (ownTime() - start < 500);
    // The answers are there already: they need a turn of the loop, not the thread's work.
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(done, 3);
    await jobs;
  });

  it('gives the error of an image with its class, code, path and message', async () => {
    const pool = poolOf(2);
    const text = script('text.png', 'a caption');
    const missing = path.join(folder, 'none.png');
    for (const [file, code] of [
      [text, 'IMAGE_NOT_AN_IMAGE'],
      [missing, 'IMAGE_MISSING'],
    ] as const) {
      const alone = await prepareImage(file, 448, 'exact').catch((error: unknown) => error);
      await assert.rejects(pool.prepare(file, input), (error: unknown) => {
        assert.ok(error instanceof ImageError && alone instanceof ImageError);
        assert.deepEqual([error.code, error.path, error.message], [code, file, alone.message]);
        return true;
      });
    }
  });

  it('gives the error of a package that does not load with its class and message', () => {
    const original = new NativePackageError('sharp', new Error('no binary'));
    const copy = fromFailure(structuredClone(toFailure(original)));
    assert.ok(copy instanceof NativePackageError);
    assert.equal(copy.message, original.message);
  });

  it('drops images that are cancelled before they are begun', async () => {
    const pool = poolOf(1, { workerFile: script('count.js', countingWorker) });
    const controller = new AbortController();
    const kept = [pool.prepare('slow', small), pool.prepare('a', small)];
    const cancelled = ['b', 'c', 'd', 'e', 'f', 'g'].map((name) => pool.prepare(name, small, controller.signal));
    const reason = new Error('The job was cancelled.');
    controller.abort(reason);
    for (const job of cancelled) await assert.rejects(job, reason);
    await Promise.all(kept);
    assert.deepEqual([...(await pool.prepare('count', small))], [3]);
  });

  it('rejects at once when the signal is aborted already', () =>
    assert.rejects(poolOf(1).prepare('x', small, AbortSignal.abort()), { name: 'AbortError' }));

  it('says so when a thread dies, and starts another one', async () => {
    const pool = poolOf(1, { workerFile: script('count.js', countingWorker) });
    const [dying, waiting] = [pool.prepare('die', small), pool.prepare('a', small)];
    for (const [job, name] of [
      [dying, 'die'],
      [waiting, 'a'],
    ] as const) {
      await assert.rejects(job, (error: unknown) => {
        assert.ok(error instanceof PreprocessError);
        assert.equal(error.path, name);
        assert.match(error.message, /ended unexpectedly \(deadly\)/);
        return true;
      });
    }
    assert.deepEqual([...(await pool.prepare('count', small))], [1]);
  });

  it('rejects what is in work when it is closed', async () => {
    const pool = poolOf(1);
    const jobs = Array.from({ length: 9 }, () => pool.prepare(goldens[0]!, input));
    const results = Promise.allSettled(jobs);
    await pool.close();
    for (const result of await results)
      assert.ok(result.status === 'rejected' && result.reason instanceof PreprocessError);
    await assert.rejects(pool.prepare(goldens[0]!, input), PreprocessError);
  });

  it('never has more pixels in work than the budget', async () => {
    const files = await Promise.all([1, 2, 3].map((i) => image(`${i}.png`, 100, 100 * i)));
    const pool = poolOf(4, { pixelBudget: 40_000 });
    await Promise.all(Array.from({ length: 40 }, (_, i) => pool.prepare(files[i % 3]!, small)));
    assert.ok(pool.highestPixelsInWork <= 40_000 && pool.highestPixelsInWork >= 30_000, `${pool.highestPixelsInWork}`);
  });

  it('prepares an image larger than the budget alone', async () => {
    const large = await image('large.png', 300, 300);
    const others = await image('small.png', 50, 50);
    const pool = poolOf(3, { pixelBudget: 10_000 });
    await Promise.all(Array.from({ length: 30 }, (_, i) => pool.prepare(i % 5 === 2 ? large : others, small)));
    assert.equal(pool.highestPixelsInWork, 90_000);
  });

  it('gives room back after images that cannot be decoded', async () => {
    const whole = await sharp({ create: { width: 100, height: 100, channels: 3, background: 'teal' } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    const broken = path.join(folder, 'broken.png');
    writeFileSync(broken, whole.subarray(0, 5000));
    const good = await image('good.png', 100, 100);
    const pool = poolOf(2, { pixelBudget: 10_000 });
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) => pool.prepare(i % 2 === 0 ? broken : good, small)),
    );
    const statuses = results.map(({ status }) => status);
    assert.deepEqual(
      statuses,
      statuses.map((_, i) => (i % 2 === 0 ? 'rejected' : 'fulfilled')),
    );
    assert.equal(pool.highestPixelsInWork, 10_000);
  });
});
