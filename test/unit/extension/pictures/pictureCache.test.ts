import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { access, chmod, chown, mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chooseCacheFolder } from '../../../../src/extension/pictures/cacheFolder';
import { expandPath } from '../../../../src/extension/shared/expandPath';
import { PictureCache } from '../../../../src/extension/pictures/PictureCache';
import { testFolder } from '../../shared/testFolder';

const megabyte = 1024 * 1024;

/** A key that lies in the shard of a digit. */
function keyIn(shard: string, number: number): string {
  return shard + createHash('sha256').update(String(number)).digest('hex').slice(1);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

describe('The cache of pictures', () => {
  const folder = testFolder();

  /** Puts a picture into a cache as if it had been used so many days ago. */
  async function put(cache: PictureCache, key: string, bytes: number, daysAgo = 0): Promise<string> {
    const file = cache.fileOf(key);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, Buffer.alloc(bytes));
    const used = Date.now() / 1000 - daysAgo * 86_400;
    await utimes(file, used, used);
    return file;
  }

  /** Says that something was written until every shard has been looked at. */
  async function trimAll(cache: PictureCache, limit: number): Promise<void> {
    for (let turn = 0; turn < 17; turn++) {
      cache.added(keyIn('f', 1000 + turn), limit);
      await cache.settled();
    }
  }

  it('lets those go that were not used for longest when there are too many, and keeps what is being shown', async () => {
    const limit = 16 * megabyte;
    const cache = new PictureCache(folder(), () => limit);
    const shown = keyIn('a', 0);
    const files = [];
    for (let number = 0; number < 30; number++) {
      files.push(await put(cache, keyIn('a', number), 64 * 1024, 2 + 30 - number));
    }
    const elsewhere = await put(cache, keyIn('b', 0), 64 * 1024, 400);
    const foreign = path.join(path.dirname(files[0]!), 'notes.txt');
    await writeFile(foreign, 'not ours');
    assert.equal(await cache.find(shown), files[0]);
    await trimAll(cache, limit);
    const left = [];
    for (const [number, file] of files.entries()) if (await exists(file)) left.push(number);
    // A sixteenth of 16 MB, filled to nine tenths, holds 14 pictures of 64 kB.
    assert.deepEqual(left, [0, ...Array.from({ length: 13 }, (_, offset) => 17 + offset)]);
    assert.ok((await exists(elsewhere)) && (await exists(foreign)), 'a shard with room loses nothing');
  });

  it('notes the use of a picture once a day', async () => {
    const cache = new PictureCache(folder(), () => megabyte);
    const file = await put(cache, keyIn('a', 1), 10, 3);
    await cache.find(keyIn('a', 1));
    const noted = (await stat(file)).mtimeMs;
    assert.ok(Date.now() - noted < 60_000);
    await utimes(file, new Date(noted - 3_600_000), new Date(noted - 3_600_000));
    await new PictureCache(folder(), () => megabyte).find(keyIn('a', 1));
    assert.ok(Date.now() - (await stat(file)).mtimeMs > 3_000_000, 'not again an hour later');
  });

  it('remembers a failure after the program was started again, until it is told to forget it', async () => {
    const key = keyIn('c', 1);
    await new PictureCache(folder(), () => megabyte).rememberFailure(key, 'IMAGE_TRUNCATED', 'It ends early.');
    const cache = new PictureCache(folder(), () => megabyte);
    const failure = await cache.failure(key);
    assert.deepEqual([failure?.code, failure?.message], ['IMAGE_TRUNCATED', 'It ends early.']);
    await cache.forget(key);
    assert.equal(await cache.failure(key), undefined);
  });

  it('is cleared of what is its own, and says how much that was', async () => {
    const cache = new PictureCache(folder(), () => megabyte);
    await put(cache, keyIn('a', 1), 1000);
    await put(cache, keyIn('b', 2), 500);
    await cache.rememberFailure(keyIn('b', 3), 'IMAGE_EMPTY', 'Empty.');
    const foreign = path.join(folder(), 'b', 'notes.txt');
    await writeFile(foreign, 'not ours');
    const first = await cache.find(keyIn('a', 1));
    assert.ok(first !== undefined);
    const { files, bytes } = await cache.clear();
    assert.equal(files, 3);
    assert.ok(bytes >= 1500 && bytes < 1600, `${bytes}`);
    assert.deepEqual(await readdir(folder(), { recursive: true }), ['b', path.join('b', 'notes.txt')]);
    assert.equal(await cache.find(keyIn('a', 1)), undefined, 'what was known is forgotten, too');
  });

  it('stops clearing when asked to', async () => {
    const cache = new PictureCache(folder(), () => megabyte);
    const file = await put(cache, keyIn('f', 1), 1000);
    await assert.rejects(cache.clear(undefined, AbortSignal.abort(new Error('Stop'))), /Stop/);
    assert.ok(await exists(file));
  });

  it('can be trimmed and cleared by two processes at a time', async () => {
    const limit = 16 * megabyte;
    const one = new PictureCache(folder(), () => limit);
    const two = new PictureCache(folder(), () => limit);
    for (let number = 0; number < 40; number++) await put(one, keyIn('d', number), 64 * 1024, 2);
    await Promise.all([trimAll(one, limit), trimAll(two, limit), one.clear(), two.clear()]);
    assert.deepEqual(await readdir(folder()), []);
  });

  it('goes to the usual folder where the chosen one cannot be written, and says why', async () => {
    const usual = path.join(folder(), 'usual');
    assert.deepEqual(await chooseCacheFolder('', usual), { folder: usual });
    const good = await chooseCacheFolder(path.join(folder(), 'new/cache'), usual);
    assert.equal(good.problem, undefined);
    assert.ok((await stat(good.folder)).isDirectory());
    assert.deepEqual(await readdir(good.folder), []);
    const file = path.join(folder(), 'file');
    await writeFile(file, '');
    const bad = await chooseCacheFolder(file, usual);
    assert.equal(bad.folder, usual);
    assert.match(bad.problem ?? '', /ENOTDIR|EEXIST/);
    assert.match((await chooseCacheFolder('relative', usual)).problem ?? '', /absolute/);
    const closed = path.join(folder(), 'closed');
    await mkdir(closed);
    await chmod(closed, 0o500);
    if (process.getuid?.() !== 0) assert.equal((await chooseCacheFolder(closed, usual)).folder, usual);
    await chmod(closed, 0o700);
  });

  it('keeps what it holds from other users, also where an earlier version let them in', async function () {
    if (process.platform === 'win32') this.skip();
    const ours = path.join(folder(), 'dataset-captions-thumbnails');
    await mkdir(ours);
    await chmod(ours, 0o755);
    const { folder: chosen } = await chooseCacheFolder(folder(), path.join(folder(), 'usual'));
    assert.equal((await stat(chosen)).mode & 0o777, 0o700);
    const cache = new PictureCache(chosen, () => megabyte);
    const key = keyIn('a', 1);
    await cache.rememberFailure(key, 'IMAGE_EMPTY', 'It is empty.');
    const failure = cache.fileOf(key).replace(/webp$/, 'fail');
    assert.equal((await stat(failure)).mode & 0o777, 0o600);
    assert.equal((await stat(path.dirname(failure))).mode & 0o777, 0o700);
  });

  it('does not go into a folder of its name that another user made', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const theirs = path.join(folder(), 'dataset-captions-thumbnails');
    await mkdir(theirs);
    await chown(theirs, 2002, 2002);
    await chmod(theirs, 0o777);
    const usual = path.join(folder(), 'usual');
    const found = await chooseCacheFolder(folder(), usual);
    assert.equal(found.folder, usual);
    assert.match(found.problem ?? '', /another user/);
    assert.deepEqual(await readdir(theirs), []);
  });

  it('knows home folders and variables in the name of its folder', () => {
    assert.equal(expandPath(' ${env:CACHE}/x ', { CACHE: '/mnt' }), '/mnt/x');
    assert.equal(expandPath('${env:NONE}/x', {}), '/x');
    assert.ok(path.isAbsolute(expandPath('~/x')));
  });
});
