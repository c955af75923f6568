import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset } from '../../../src/dataset/Dataset';
import { defaultWriteOptions } from '../../../src/tags/writeMode';
import { nameOf, numberedImages, runJob, tagOfName } from './captionJobs';
import { captionOf, openDataset } from '../dataset/openDataset';
import { fingerprint, namesIn, testFolder, type TestFiles } from '../shared/testFolder';

describe('A caption job that keeps what is there', () => {
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);
  const textOf = (name: string): Promise<string> => readFile(inFolder(name), 'utf8');
  const open = (files: TestFiles): Promise<Dataset> => openDataset(folder(), files);
  const append = { ...defaultWriteOptions, mode: 'append' } as const;

  it('appends new tags with every other byte of the file, and undo takes them back', async () => {
    const old = '\uFEFFmine, Solo\r\nsecond line\r\n';
    const dataset = await open({ ...numberedImages(3), '1.txt': old, '2.txt': 'new tag' });
    const untouched = await fingerprint(inFolder('2.txt'));
    const result = await runJob(dataset, () => Promise.resolve('solo, new_tag'), { write: append });
    assert.equal(await textOf('1.txt'), '\uFEFFmine, Solo, new_tag\r\nsecond line\r\n');
    assert.equal(await textOf('2.txt'), 'new tag, solo');
    assert.equal(await textOf('3.txt'), 'solo, new_tag');
    assert.equal(result.results.get('1.png'), 'mine, Solo, new_tag\nsecond line');
    assert.notEqual(await fingerprint(inFolder('2.txt')), untouched);
    dataset.replay(result.changes, 'undo');
    await dataset.save();
    assert.equal(await textOf('1.txt'), old);
    assert.deepEqual(await namesIn(folder()), ['1.png', '1.txt', '2.png', '2.txt', '3.png']);
  });

  for (const mode of ['append', 'prepend', 'onlyEmpty'] as const) {
    it(`does not touch a file that gets nothing new (${mode})`, async () => {
      const dataset = await open({ ...numberedImages(1), '1.txt': 'a,\tB_b \r\n' });
      const before = await fingerprint(inFolder('1.txt'));
      const result = await runJob(dataset, () => Promise.resolve('b b, A'), { write: { ...append, mode } });
      assert.equal(result.total, mode === 'onlyEmpty' ? 0 : 1);
      assert.deepEqual([result.untagged, result.failed.size, result.changes.length], [0, 0, 0]);
      assert.equal(await fingerprint(inFolder('1.txt')), before);
    });
  }

  it('fills the empty captions only, also where all images are meant', async () => {
    const dataset = await open({ ...numberedImages(2), '1.txt': 'mine' });
    const result = await runJob(dataset, tagOfName, { write: { ...append, mode: 'onlyEmpty' } });
    assert.deepEqual([...result.results], [['2.png', 'tag of 2.png']]);
    assert.equal(await textOf('1.txt'), 'mine');
  });

  it('keeps the first tags where it replaces the others', async () => {
    const dataset = await open({ ...numberedImages(1), '1.txt': 'ohwx,  woman, old\n' });
    await runJob(dataset, tagOfName, { write: { ...defaultWriteOptions, keepFirst: 2 } });
    assert.equal(await textOf('1.txt'), 'ohwx,  woman, tag of 1.png\n');
  });

  it('appends to what was saved meanwhile, by the user or another program', async () => {
    const dataset = await open({ ...numberedImages(3), '1.txt': 'a', '2.txt': 'old', '3.txt': 'old' });
    const result = await runJob(
      dataset,
      async (imagePath) => {
        if (nameOf(imagePath) === '1.png') {
          await typeAndSave(dataset, '2.png');
          await writeFile(inFolder('3.txt'), 'theirs');
        }
        return tagOfName(imagePath);
      },
      { concurrency: 1, write: append },
    );
    assert.deepEqual([...result.results.values()], ['a, tag of 1.png', 'typed, tag of 2.png', 'theirs, tag of 3.png']);
    assert.equal(await textOf('2.txt'), 'typed, tag of 2.png');
    assert.equal(await textOf('3.txt'), 'theirs, tag of 3.png');
  });

  it('leaves a caption alone that somebody is typing, and says so', async () => {
    const dataset = await open({ ...numberedImages(1), '1.txt': 'old' });
    const result = await runJob(
      dataset,
      (imagePath) => {
        dataset.setText(captionOf(dataset, '1.png'), 'half a wo');
        return tagOfName(imagePath);
      },
      { write: append },
    );
    assert.match(result.failed.get('1.png')!, /edited meanwhile/);
    assert.equal(captionOf(dataset, '1.png').text, 'half a wo');
    assert.equal(await textOf('1.txt'), 'old');
  });

  it('does not append to a caption that was empty when it was to be filled', async () => {
    const dataset = await open(numberedImages(2));
    const result = await runJob(
      dataset,
      async (imagePath) => {
        if (nameOf(imagePath) === '1.png') await typeAndSave(dataset, '2.png');
        return tagOfName(imagePath);
      },
      { concurrency: 1, mode: 'empty', write: append },
    );
    assert.deepEqual([...result.results.values()], ['tag of 1.png', 'typed']);
    assert.equal(await textOf('2.txt'), 'typed');
  });
});

async function typeAndSave(dataset: Dataset, image: string): Promise<void> {
  dataset.setText(captionOf(dataset, image), 'typed');
  await dataset.save();
}
