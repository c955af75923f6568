import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { cli, type Ended } from '../../shared/runCli';
import { seededRandom, testFolder } from '../../shared/testFolder';
import { captionFile, writeCaptions } from '../../snapshots/datasetOfTest';

interface ListedSnapshot {
  id: string;
  name: string | null;
  cause: string;
  label: string | null;
  job: string | null;
  images: number;
  captions: number;
}

describe('Snapshots on the command line', function () {
  this.timeout(120_000);
  const folder = testFolder();
  const root = (): string => path.join(folder(), 'pictures');
  const textOf = (name: string): Promise<string> => readFile(captionFile(root(), name), 'utf8');

  async function done(...args: string[]): Promise<Ended> {
    const ended = await cli(...args);
    assert.equal(ended.code, 0, ended.stderr);
    return ended;
  }

  async function json<T>(...args: string[]): Promise<T> {
    return JSON.parse((await done(...args, '--json')).stdout) as T;
  }

  const listed = async (): Promise<ListedSnapshot[]> =>
    (await json<{ snapshots: ListedSnapshot[] }>('snapshot', 'list', root())).snapshots;

  it('are made, listed, compared, restored, renamed and deleted', async () => {
    await writeCaptions(root(), { a: 'hat, cat\r\n', b: 'hat', c: null });
    const id = (await done('snapshot', 'create', root(), '--name', 'mine')).stdout.trim();
    await writeCaptions(root(), { a: 'hat, dog', b: 'hat', c: 'new' });

    const compared = await json<{ images: object; parts: object[]; changes: { image: string; how: string }[] }>(
      'snapshot',
      'compare',
      root(),
      'mine',
    );
    assert.deepEqual(compared.images, { same: 1, changed: 2, onlyForm: 0, new: 0, gone: 0, unknown: 0 });
    assert.deepEqual(
      compared.changes.map(({ image, how }) => [image, how]),
      [
        [path.join(root(), 'a.png'), 'changed'],
        [path.join(root(), 'c.png'), 'changed'],
      ],
    );

    const dry = await json<{ wouldWrite: string[] }>('snapshot', 'restore', root(), id, '--dry-run');
    assert.equal(dry.wouldWrite.length, 2);
    assert.equal(await textOf('a'), 'hat, dog');

    const restored = await json<{ before: string; restored: number; left: [] }>('snapshot', 'restore', root(), 'mine');
    assert.deepEqual([restored.restored, restored.left], [2, []]);
    assert.equal(await textOf('a'), 'hat, cat\r\n');
    assert.equal(existsSync(captionFile(root(), 'c')), false);

    await done('snapshot', 'restore', root(), restored.before);
    assert.deepEqual([await textOf('a'), await textOf('c')], ['hat, dog', 'new']);

    await done('snapshot', 'rename', root(), 'mine', 'old');
    const names = (await listed()).map(({ name, cause, label }) => [name, cause, label]);
    assert.deepEqual(names.slice(0, 2), [
      ['old', 'hand', null],
      [null, 'restore', 'mine'],
    ]);
    await done('snapshot', 'delete', root(), 'old');
    assert.equal((await listed()).length, 2);
  });

  it('are restored for chosen images, for a search, or for one tag', async () => {
    await writeCaptions(root(), { a: 'hat, cat', b: 'hat, cat', c: 'hat, cat' });
    await done('snapshot', 'create', root());
    const changeAll = (): Promise<void> => writeCaptions(root(), { a: 'x', b: 'y', c: 'y, z' });
    const texts = (): Promise<string[]> => Promise.all(['a', 'b', 'c'].map(textOf));
    const id = (await listed())[0]?.id ?? '';
    await changeAll();
    await done('snapshot', 'restore', root(), id, path.join(root(), 'b.png'));
    assert.deepEqual(await texts(), ['x', 'hat, cat', 'y, z']);
    await changeAll();
    await done('snapshot', 'restore', root(), id, '--search', 'tag:y');
    assert.deepEqual(await texts(), ['x', 'hat, cat', 'hat, cat']);
    await changeAll();
    await done('snapshot', 'restore', root(), id, '--tag', 'cat');
    assert.deepEqual(await texts(), ['cat, x', 'cat, y', 'cat, y, z']);
  });

  it('leave nothing behind where there was nothing to restore', async () => {
    await writeCaptions(root(), { a: 'hat' });
    await done('snapshot', 'create', root());
    const { before } = await json<{ before: string | null }>('snapshot', 'restore', root(), 'latest');
    assert.deepEqual([before, (await listed()).length], [null, 1]);
  });

  it('name each image that is gone meanwhile, and restore the others', async () => {
    await writeCaptions(root(), { a: 'hat', b: 'cat', c: 'dog' });
    await done('snapshot', 'create', root(), '--name', 'mine');
    await writeCaptions(root(), { a: 'x', c: 'y' });
    for (const extension of ['png', 'txt']) await rm(path.join(root(), `b.${extension}`));
    const gone = path.join(root(), 'b.png');

    const dry = await json<{ goneImages: string[] }>('snapshot', 'restore', root(), 'mine', '--dry-run');
    assert.deepEqual(dry.goneImages, [gone]);
    const { stderr } = await done('snapshot', 'restore', root(), 'mine');
    assert.match(stderr, new RegExp(`^.*${gone.replaceAll('\\', '.')}: the image is gone`, 'm'));
    assert.deepEqual(
      [await textOf('a'), await textOf('c'), existsSync(captionFile(root(), 'b'))],
      ['hat', 'dog', false],
    );
    const again = await json<{ gone: number; goneImages: string[] }>('snapshot', 'restore', root(), 'mine');
    assert.deepEqual([again.gone, again.goneImages], [1, [gone]]);

    // Who asks for that image gets to know that it was not restored.
    await writeCaptions(root(), { a: 'x' });
    const asked = await cli('snapshot', 'restore', root(), 'mine', 'a.png', 'b.png', 'none.png', '--json');
    assert.notEqual(asked.code, 0);
    const { goneImages, left } = JSON.parse(asked.stdout) as { goneImages: string[]; left: { path: string }[] };
    assert.deepEqual([goneImages, left.map((one) => one.path)], [[gone], ['none.png']]);
    assert.equal(await textOf('a'), 'hat');
  });

  it('restore and compare what is whole of a damaged one, and name the rest', async () => {
    const names = Array.from({ length: 60 }, (_, index) => String(index));
    const random = seededRandom(3);
    const long = (): string => Array.from({ length: 4000 }, () => random(1e9).toString(36)).join(', ');
    await writeCaptions(root(), Object.fromEntries(names.map((name) => [name, long()])));
    const id = (await done('snapshot', 'create', root())).stdout.trim();
    await writeCaptions(root(), Object.fromEntries(names.map((name) => [name, 'now'])));
    const snapshots = path.join(root(), '.dataset-captions', 'snapshots');
    const pack = path.join(snapshots, (await readdir(snapshots)).find((name) => name.endsWith('.pack')) ?? '');
    const bytes = await readFile(pack);
    bytes.fill(0, 300_000, 300_010);
    await writeFile(pack, bytes);

    const compared = await cli('snapshot', 'compare', root(), id, '--json');
    const { images, damaged } = JSON.parse(compared.stdout) as {
      images: { changed: number; unknown: number };
      damaged: { image: string; snapshot: string }[];
    };
    assert.ok(damaged.length > 0 && images.changed > 0, compared.stdout.slice(0, 300));
    assert.equal(images.changed + damaged.length, 60);
    assert.ok(damaged.every((one) => one.snapshot === id));
    assert.match(compared.stderr, new RegExp(`: what it held in snapshot ${id} is damaged`));

    const dry = await cli('snapshot', 'restore', root(), id, '--dry-run', '--json');
    assert.equal((JSON.parse(dry.stdout) as { left: object[] }).left.length, damaged.length);
    const restored = await cli('snapshot', 'restore', root(), id, '--json');
    assert.notEqual(restored.code, 0);
    const report = JSON.parse(restored.stdout) as { restored: number; left: { path: string }[] };
    assert.equal(report.restored, images.changed);
    assert.deepEqual(
      report.left.map((one) => path.join(root(), one.path)).sort(),
      damaged.map((one) => one.image).sort(),
    );
  });

  it('say what is wrong with the arguments', async () => {
    await writeCaptions(root(), { a: 'hat' });
    const message = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await cli('snapshot', ...args);
      assert.equal(code, 1);
      return stderr;
    };
    assert.match(await message(), /What is to be done\? There are create, list, compare, restore, rename, delete/);
    assert.match(await message('make', root()), /"snapshot make" is not possible/);
    assert.match(await message('create'), /Which folder\?/);
    assert.match(await message('create', path.join(root(), 'nowhere')), /There is no such folder/);
    assert.match(await message('restore', root(), 'mine'), /There is no snapshot "mine"/);
    assert.match(await message('compare', root()), /Which snapshot\?/);
    assert.match(await message('create', root(), '--name', 'latest'), /"latest" cannot be the name of a snapshot/);
    await done('snapshot', 'create', root(), '--caption-extension', '.caption');
    assert.match(await message('restore', root(), 'latest'), /give --caption-extension \.caption, too/);
    assert.match(await message('restore', root(), 'latest', '--search', 'tag:('), /./);
  });

  describe('before a job', () => {
    beforeEach(async () => {
      await writeCaptions(root(), { a: 'by hand', b: null });
      const picture = sharp({ create: { width: 64, height: 48, channels: 3, background: '#d01010' } });
      for (const name of ['a', 'b']) await writeFile(path.join(root(), `${name}.png`), await picture.png().toBuffer());
    });

    const caption = (...flags: string[]): Promise<Ended> =>
      done('caption', root(), '--mode', 'all', '--jobs', path.join(folder(), 'jobs'), ...flags);

    it('are made by themselves, and bring everything back', async () => {
      await caption();
      assert.notEqual(await textOf('a'), 'by hand');
      const [snapshot, ...others] = await listed();
      assert.deepEqual(
        [snapshot?.cause, snapshot?.label, snapshot?.images, snapshot?.captions, others],
        ['job', 'Caption All', 2, 1, []],
      );
      assert.ok((await readdir(path.join(folder(), 'jobs'))).includes(snapshot?.job ?? ''));
      await done('snapshot', 'restore', root(), 'latest');
      assert.equal(await textOf('a'), 'by hand');
      assert.equal(existsSync(captionFile(root(), 'b')), false);
    });

    it('are not made where nothing is kept beside the captions, for no days, or for one image', async () => {
      await caption('--records', 'off');
      assert.equal(existsSync(path.join(root(), '.dataset-captions')), false);
      await caption('--snapshot-days', '0');
      await done('caption', path.join(root(), 'a.png'), '--mode', 'all', '--jobs', path.join(folder(), 'jobs'));
      assert.deepEqual(await listed(), []);
    });

    it('do not stop the job where they cannot be made, which is said', async () => {
      await writeFile(path.join(root(), '.dataset-captions'), 'a file is in the way');
      const { stderr } = await caption();
      assert.notEqual(await textOf('a'), 'by hand');
      assert.match(stderr, /\.dataset-captions/);
    });
  });

  it('are part of the history of a caption', async () => {
    await writeCaptions(root(), { a: 'hat' });
    const first = (await done('snapshot', 'create', root())).stdout.trim();
    await writeCaptions(root(), { a: 'hat, cat' });
    const { states } = await json<{ states: { text: string; came: string[]; snapshots: string[] }[] }>(
      'history',
      path.join(root(), 'a.png'),
    );
    assert.deepEqual(
      states.map(({ text, came, snapshots }) => [text, came, snapshots]),
      [
        ['hat', ['hat'], [first]],
        ['hat, cat', ['cat'], []],
      ],
    );
    const { stdout } = await done('history', path.join(root(), 'a.png'));
    assert.match(stdout, /in snapshot .*\(made by hand\)/);
    assert.match(stdout, /\+ cat/);
    await rm(path.join(root(), '.dataset-captions'), { recursive: true });
    await done('history', path.join(root(), 'a.png'));
  });
});
