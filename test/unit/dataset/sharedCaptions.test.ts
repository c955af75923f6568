import assert from 'node:assert/strict';
import { chmod, copyFile, link, lstat, readFile, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset } from '../../../src/dataset/Dataset';
import { captionOf, openDataset } from './openDataset';
import { namesIn, testFolder, writeFiles } from '../shared/testFolder';

describe('Captions that are links to one file', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);
  const textOf = (name: string): Promise<string> => readFile(inFolder(name), 'utf8');
  const isLink = async (name: string): Promise<boolean> => (await lstat(inFolder(name))).isSymbolicLink();
  const shared = (dataset: Dataset, image: string): readonly string[] => captionOf(dataset, image).images;

  /** Images `1.png`, `2.png`, …, the first of which have captions that are links to one file, as in the cache of a hub. */
  async function open(images: number, links = images): Promise<Dataset> {
    await writeFiles(folder(), { '.blobs/4f2c': 'a photo' });
    const numbers = Array.from({ length: images }, (_, at) => at + 1);
    await Promise.all(numbers.map((number) => writeFile(inFolder(`${number}.png`), '')));
    await Promise.all(numbers.slice(0, links).map((number) => symlink('.blobs/4f2c', inFolder(`${number}.txt`))));
    return openDataset(folder(), {});
  }

  it('are shown as shared, counted as one, and written once, through all links', async () => {
    const dataset = await open(4, 3);
    assert.deepEqual(shared(dataset, '2.png'), ['1.png', '2.png', '3.png']);
    assert.deepEqual(shared(dataset, '4.png'), ['4.png']);
    assert.equal([...dataset.allCaptions].length, 2);
    dataset.setText(captionOf(dataset, '3.png'), 'edited');
    assert.deepEqual([captionOf(dataset, '1.png').text, dataset.counts.unsaved], ['edited', 1]);
    assert.deepEqual(await dataset.save(), { saved: 1, failures: [] });
    for (const name of ['1.txt', '2.txt', '3.txt'])
      assert.deepEqual([await isLink(name), await textOf(name)], [true, 'edited']);
    assert.deepEqual(await namesIn(inFolder('.blobs')), ['4f2c']);
    assert.deepEqual(dataset.counts, { images: 4, empty: 1, unsaved: 0, conflicts: 0, failed: 0 });
  });

  it('are shared with the image whose caption they lead to', async () => {
    await writeFiles(folder(), { '1.png': '', '2.png': '', 'sub/3.png': '', '2.txt': 'own' });
    await symlink('2.txt', inFolder('1.txt'));
    await symlink('../2.txt', inFolder('sub/3.txt'));
    const dataset = await openDataset(folder(), {});
    for (const image of ['1.png', '2.png', 'sub/3.png']) {
      assert.deepEqual(
        [shared(dataset, image), captionOf(dataset, image).text],
        [['1.png', '2.png', 'sub/3.png'], 'own'],
      );
    }
    dataset.setText(captionOf(dataset, 'sub/3.png'), 'edited');
    await dataset.save();
    assert.deepEqual([await isLink('1.txt'), await isLink('2.txt'), await textOf('2.txt')], [true, false, 'edited']);
    await writeFile(inFolder('2.txt'), 'by another program');
    await dataset.reconcile(['2.txt']);
    assert.equal(captionOf(dataset, '1.png').text, 'by another program');
  });

  it('are each their own once they are files, and shared once they are links, also while the dataset is open', async () => {
    const dataset = await open(3, 2);
    await unlink(inFolder('2.txt'));
    await copyFile(inFolder('.blobs/4f2c'), inFolder('2.txt'));
    await dataset.reconcile(['2.txt']);
    assert.deepEqual([shared(dataset, '1.png'), shared(dataset, '2.png')], [['1.png'], ['2.png']]);
    assert.equal(captionOf(dataset, '2.png').text, 'a photo');
    dataset.setText(captionOf(dataset, '2.png'), 'its own');
    await dataset.save();
    assert.deepEqual([await textOf('1.txt'), await textOf('2.txt')], ['a photo', 'its own']);
    await symlink('2.txt', inFolder('3.txt'));
    await dataset.reconcile(['3.txt']);
    assert.deepEqual([shared(dataset, '3.png'), captionOf(dataset, '3.png').text], [['2.png', '3.png'], 'its own']);
    await unlink(inFolder('3.txt'));
    await dataset.reconcile(['3.txt']);
    assert.deepEqual([shared(dataset, '3.png'), captionOf(dataset, '3.png').text], [['3.png'], '']);
  });

  it('keep what is typed and not saved when the first link comes or goes', async () => {
    const dataset = await open(3, 2);
    dataset.setText(captionOf(dataset, '2.png'), 'typed');
    await writeFiles(folder(), { '0.png': '' });
    await symlink('.blobs/4f2c', inFolder('0.txt'));
    await dataset.load();
    assert.deepEqual(shared(dataset, '1.png'), ['0.png', '1.png', '2.png']);
    assert.deepEqual([captionOf(dataset, '2.png').text, dataset.counts.unsaved], ['typed', 1]);
    for (const name of ['0.png', '0.txt', '1.png', '1.txt']) await unlink(inFolder(name));
    await dataset.load({ changedOnly: true });
    assert.deepEqual([shared(dataset, '2.png'), captionOf(dataset, '2.png').text], [['2.png'], 'typed']);
    assert.deepEqual(
      dataset.allImages.map((image) => image.path),
      ['2.png', '3.png'],
    );
    await dataset.save();
    assert.equal(await textOf('.blobs/4f2c'), 'typed');
  });

  it('become a conflict where both were edited before they were one file', async () => {
    await writeFiles(folder(), { '1.png': '', '2.png': '', '1.txt': 'same', '2.txt': 'same' });
    const dataset = await openDataset(folder(), {});
    dataset.setText(captionOf(dataset, '1.png'), 'of one');
    dataset.setText(captionOf(dataset, '2.png'), 'of two');
    await unlink(inFolder('2.txt'));
    await symlink('1.txt', inFolder('2.txt'));
    await dataset.reconcile(['2.txt']);
    const caption = captionOf(dataset, '2.png');
    assert.deepEqual(caption.images, ['1.png', '2.png']);
    assert.deepEqual([caption.text, caption.theirs?.raw, dataset.counts.conflicts], ['of one', 'of two', 1]);
  });

  it('are taken back by undo, whichever link had the edit when it was made', async () => {
    const dataset = await open(2);
    const change = dataset.setText(captionOf(dataset, '1.png'), 'edited');
    assert.ok(change);
    await dataset.save();
    await writeFiles(folder(), { '0.png': '' });
    await symlink('.blobs/4f2c', inFolder('0.txt'));
    await dataset.load();
    assert.equal(captionOf(dataset, '1.png').path, '0.txt');
    assert.equal(dataset.replayOne(change, 'undo'), true);
    await dataset.save();
    assert.equal(await textOf('2.txt'), 'a photo');
  });

  it('bring unsaved edits back by the link that had them, also if another image is the first by now', async () => {
    const dataset = await open(3, 3);
    dataset.setText(captionOf(dataset, '2.png'), 'typed');
    const edits = dataset.unsavedEdits();
    await unlink(inFolder('1.png'));
    await unlink(inFolder('1.txt'));
    const later = await openDataset(folder(), {});
    assert.equal((await later.restoreEdits(edits)).length, 1);
    assert.deepEqual([captionOf(later, '2.png').text, later.allImages.length], ['typed', 2]);
    await later.save();
    assert.equal(await textOf('3.txt'), 'typed');
  });

  it('are refused where the file is write-protected, for root, too, and nothing of it changes', async () => {
    const dataset = await open(2);
    await chmod(inFolder('.blobs/4f2c'), 0o444);
    dataset.setText(captionOf(dataset, '1.png'), 'edited');
    const { failures } = await dataset.save();
    assert.equal(failures.length, 1);
    assert.match(failures[0]!.reason, /write-protected file, as DVC and git-annex make them\. Unlock it first/);
    assert.equal(captionOf(dataset, '1.png').text, 'edited');
    assert.equal(await textOf('.blobs/4f2c'), 'a photo');
    // DVC can make hard links instead.
    await writeFiles(folder(), { '3.png': '', 'cache/3': 'hard' });
    await link(inFolder('cache/3'), inFolder('3.txt'));
    await chmod(inFolder('cache/3'), 0o444);
    await dataset.load();
    dataset.setText(captionOf(dataset, '3.png'), 'edited');
    assert.match(
      (await dataset.save()).failures.map(({ reason }) => reason).join(),
      /write-protected.*write-protected/,
    );
    assert.equal(await textOf('cache/3'), 'hard');
  });

  it('of thousands are read and listed in linear time', async () => {
    const count = 1000;
    const dataset = await open(count);
    assert.equal(shared(dataset, '1.png').length, count);
    assert.deepEqual(dataset.counts, { images: count, empty: 0, unsaved: 0, conflicts: 0, failed: 0 });
    assert.equal(dataset.tagCounts.get('a photo'), count);
    const before = dataset.allImages;
    await dataset.load({ changedOnly: true });
    assert.equal(dataset.allImages, before, 'nothing has changed');
  });
});
