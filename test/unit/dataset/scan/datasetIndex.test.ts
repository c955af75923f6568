import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, rename, stat, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Dataset } from '../../../../src/dataset/Dataset';
import { compareNaturally } from '../../../../src/base/naturalOrder';
import { countTags } from '../../../../src/tags/tagCounts';
import { captionOf, openDataset } from '../openDataset';
import { seededRandom, testFolder, writeFiles, type TestFiles } from '../../shared/testFolder';

describe('The index of a dataset', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);
  const images = (dataset: Dataset): string[] => dataset.allImages.map((image) => image.path);

  /** What counting every caption anew gives. */
  function counted(dataset: Dataset): unknown {
    const { allImages } = dataset;
    const captions = [...new Set(allImages.map(({ caption }) => caption))];
    const dirty = captions.filter((caption) => caption.isDirty);
    return {
      counts: {
        images: allImages.length,
        empty: allImages.filter(({ caption }) => caption.isEmpty).length,
        unsaved: dirty.length,
        conflicts: dirty.filter((caption) => caption.inConflict).length,
        failed: dirty.filter((caption) => !caption.inConflict && caption.failure !== undefined).length,
      },
      tags: Object.fromEntries([...countTags(allImages.map(({ caption }) => caption.text))].sort()),
      dirty: dirty.map(({ path: caption }) => caption).sort(),
    };
  }

  function kept(dataset: Dataset): unknown {
    return {
      counts: dataset.counts,
      tags: Object.fromEntries([...dataset.tagCounts].sort()),
      dirty: Array.from(dataset.dirtyCaptions, ({ path: caption }) => caption).sort(),
    };
  }

  it('counts the same as counting all, whatever is done to captions and files', async () => {
    const random = seededRandom(5);
    const names = ['a.jpg', 'a.png', 'b.jpg', 'sub/c.jpg', 'sub/d.webp', 'sub/e.jpg'];
    const captions = ['a.txt', 'b.txt', 'sub/c.txt', 'sub/d.txt', 'sub/e.txt'];
    const texts = ['', 'x', 'x, y', 'y,  y, z', 'z\n', ' ', '\uFEFFx, z\r\n', Buffer.from([0x78, 0xe9])];
    const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
    const dataset = await openDataset(folder(), {
      ...Object.fromEntries(names.map((name) => [name, ''])),
      'a.txt': 'x, y',
      'sub/c.txt': 'y',
    });
    const steps: (() => unknown)[] = [
      () => {
        const image = pick(dataset.allImages);
        const text = pick(texts);
        if (typeof text === 'string' && image.caption.foreignEncoding === undefined)
          dataset.setText(image.caption, text);
      },
      () => writeFile(inFolder(pick(captions)), pick(texts)),
      () => unlink(inFolder(pick(captions))).catch(() => undefined),
      () => unlink(inFolder(pick(names))).catch(() => undefined),
      () => writeFile(inFolder(pick(names)), ''),
      () => dataset.reconcile([pick(captions), pick(names)]),
      () => dataset.load(),
      () => dataset.load({ changedOnly: true }),
      () => dataset.save(),
      () => {
        pick(dataset.allImages).caption.agreeToConvert();
      },
      () => {
        const conflict = dataset.allImages.find(({ caption }) => caption.inConflict);
        if (conflict !== undefined) dataset.resolveConflict(conflict.caption, pick(['mine', 'theirs']), (mine) => mine);
      },
      () => (random(4) === 0 ? dataset.revert() : undefined),
    ];
    for (let step = 0; step < 120; step++) {
      if (dataset.allImages.length > 0) await pick(steps)();
      else await writeFile(inFolder('a.jpg'), '').then(() => dataset.load());
      assert.deepEqual(kept(dataset), counted(dataset), `after step ${step}`);
    }
  });

  it('keeps its images as they are when a new look finds the same', async () => {
    const dataset = await openDataset(folder(), { 'a.jpg': '', 'a.png': '', 'a.txt': 'old', 'b/c.jpg': '' });
    const { allImages } = dataset;
    await writeFile(inFolder('a.txt'), 'new');
    await dataset.load();
    assert.equal(dataset.allImages, allImages, 'no view has to search again');
    assert.equal(captionOf(dataset, 'a.png').text, 'new');
    await writeFiles(folder(), { 'b/a.jpg': '' });
    await dataset.load();
    assert.deepEqual(images(dataset), ['a.jpg', 'a.png', 'b/a.jpg', 'b/c.jpg']);
    assert.equal(captionOf(dataset, 'a.jpg'), allImages[0]!.caption);
  });

  it('finds what a first look finds, wherever images come, go or share a caption', async () => {
    // More than one batch of a scan, so that some are as they were.
    const files: TestFiles = {};
    for (let index = 1000; index < 1400; index++) files[`${index}.jpg`] = '';
    for (let index = 1000; index < 1400; index += 50) files[`${index}.png`] = '';
    for (let index = 1000; index < 1400; index += 7) files[`${index}.txt`] = `tag ${index}`;
    const dataset = await openDataset(folder(), files);
    const all = (of: Dataset): unknown =>
      of.allImages.map(({ path: image, caption }) => [image, caption.path, caption.text, caption.images]);
    const steps = [
      () => writeFile(inFolder('1393.txt'), 'changed'),
      () => unlink(inFolder('1399.jpg')),
      () => unlink(inFolder('1300.png')),
      () => writeFile(inFolder('1350.jpeg'), ''),
      () => unlink(inFolder('1000.jpg')),
      () => writeFile(inFolder('2000.jpg'), ''),
    ];
    for (const step of steps) {
      const before = dataset.allImages;
      await step();
      await dataset.load({ changedOnly: true });
      const fresh = await openDataset(folder(), {});
      assert.deepEqual(all(dataset), all(fresh));
      assert.deepEqual(kept(dataset), kept(fresh));
      const known = new Map(before.map((image) => [image.path, image.caption]));
      const same = dataset.allImages.filter(({ path: image, caption }) => known.get(image) === caption);
      assert.ok(same.length >= before.length - 1, 'captions are the same objects, for undo');
    }
  });

  it('puts the images of linked folders where their paths belong', async () => {
    await writeFiles(folder(), { 'outside/1.jpg': '', 'outside/sub/2.jpg': '', 'outside/10.jpg': '' });
    await writeFiles(folder(), { 'data/a.jpg': '', 'data/b/x.jpg': '', 'data/d/x.jpg': '' });
    await symlink('../outside', inFolder('data/c'));
    const dataset = await openDataset(inFolder('data'), {});
    assert.deepEqual(images(dataset), ['a.jpg', 'b/x.jpg', 'c/1.jpg', 'c/10.jpg', 'c/sub/2.jpg', 'd/x.jpg']);
    await writeFiles(folder(), { 'data/b/y.jpg': '', 'outside/2.jpg': '' });
    await dataset.load();
    assert.deepEqual(images(dataset), [...images(dataset)].sort(compareNaturally));
    assert.equal(dataset.allImages.length, 8);
  });

  it('shows the first images long before the last, each with its caption', async () => {
    const files: TestFiles = {};
    for (let index = 0; index < 6000; index++) files[`${index % 3}/${index}.txt`] = `caption ${index}`;
    for (let index = 0; index < 6000; index++) files[`${index % 3}/${index}.jpg`] = '';
    await Promise.all(['0', '1', '2'].map((sub) => mkdir(inFolder(sub))));
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(inFolder(name), text)));
    const dataset = new Dataset(folder(), { captionExtension: '.txt', emptiedCaption: 'delete' });
    const shown: number[] = [];
    dataset.onDidChange(() => {
      shown.push(dataset.allImages.length);
      for (const image of dataset.allImages) assert.equal(image.caption.text, `caption ${path.parse(image.path).name}`);
    });
    const progress: number[] = [];
    await dataset.load({ onProgress: (found) => progress.push(found) });
    assert.ok(shown[0]! > 0 && shown[0]! <= 200, `${shown[0]} at first`);
    assert.equal(shown.at(-1), 6000);
    assert.deepEqual(
      shown,
      shown.toSorted((a, b) => a - b),
    );
    assert.ok(progress.length > 0);
  });

  it('reads only what has another time or size when told so, and everything else when not', async () => {
    const dataset = await openDataset(folder(), {
      'a.jpg': '',
      'a.txt': 'same',
      'b.jpg': '',
      'b.txt': 'old',
      'c.jpg': '',
    });
    // The same time and size: nobody could tell without reading.
    await writeFiles(folder(), { 'a.txt': 'diff' });
    await writeFile(inFolder('b.txt'), 'new');
    await writeFile(inFolder('c.txt'), 'made');
    await dataset.load({ changedOnly: true });
    const texts = (): string[] => dataset.allImages.map(({ caption }) => caption.text);
    assert.deepEqual(texts(), ['same', 'new', 'made']);
    await unlink(inFolder('c.txt'));
    await dataset.load({ changedOnly: true });
    assert.deepEqual(texts(), ['same', 'new', '']);
    await dataset.load();
    assert.deepEqual(texts(), ['diff', 'new', '']);
  });

  it('reads again what was written a moment before it was read: its time may be that of the next write', async () => {
    await writeFiles(folder(), { 'a.jpg': '' });
    await writeFile(inFolder('a.txt'), 'one');
    const { mtime } = await stat(inFolder('a.txt'));
    const dataset = await openDataset(folder(), {});
    await writeFile(inFolder('a.txt'), 'two');
    await utimes(inFolder('a.txt'), mtime, mtime);
    await dataset.load({ changedOnly: true });
    assert.equal(captionOf(dataset, 'a.jpg').text, 'two');
  });

  it('keeps what was saved while a scan read older files', async () => {
    const files: TestFiles = {};
    for (let index = 0; index < 200; index++) {
      files[`${index}.jpg`] = '';
      files[`${index}.txt`] = 'old';
    }
    const dataset = await openDataset(folder(), files);
    for (let round = 0; round < 4; round++) {
      const scan = dataset.load({ changedOnly: round % 2 === 0 });
      for (const { caption } of dataset.allImages) dataset.setText(caption, `round ${round}`);
      await Promise.all([scan, dataset.save()]);
      for (const { caption } of dataset.allImages) {
        assert.deepEqual([caption.text, caption.inConflict, caption.isDirty], [`round ${round}`, false, false]);
      }
    }
    assert.equal(await readFile(inFolder('7.txt'), 'utf8'), 'round 3');
  });

  it('keeps an unsaved edit when its image and caption get another name', async () => {
    const dataset = await openDataset(folder(), { 'a.jpg': 'picture', 'a.txt': 'old' });
    dataset.setText(captionOf(dataset, 'a.jpg'), 'mine');
    await rename(inFolder('a.jpg'), inFolder('b.jpg'));
    await rename(inFolder('a.txt'), inFolder('b.txt'));
    await dataset.reconcile(['a.jpg', 'a.txt', 'b.jpg', 'b.txt']);
    assert.deepEqual(images(dataset), ['a.jpg', 'b.jpg']);
    assert.equal(captionOf(dataset, 'a.jpg').text, 'mine');
    assert.equal(captionOf(dataset, 'a.jpg').inConflict, true, 'its file is gone: the user decides');
    assert.equal(captionOf(dataset, 'b.jpg').text, 'old');
  });

  it('ends when it is told to, and says so when its thread dies', async () => {
    await writeFiles(folder(), { 'a.jpg': '' });
    const dataset = new Dataset(folder(), { captionExtension: '.txt', emptiedCaption: 'delete' });
    await assert.rejects(dataset.load({ signal: AbortSignal.abort() }), { name: 'AbortError' });
    const stop = new AbortController();
    const loading = dataset.load({ signal: stop.signal });
    stop.abort();
    await assert.rejects(loading, { name: 'AbortError' });
    const script = path.join(__dirname, 'scanWorker.js');
    await copyFile(script, `${script}.kept`);
    try {
      await writeFile(script, 'process.exit(3);');
      await assert.rejects(dataset.load(), { name: 'CaptionError', code: 'SCAN_STOPPED' });
    } finally {
      await rename(`${script}.kept`, script);
    }
    await dataset.load();
    assert.deepEqual(images(dataset), ['a.jpg']);
  });
});
