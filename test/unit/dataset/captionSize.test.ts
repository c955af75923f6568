import assert from 'node:assert/strict';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readIfThere } from '../../../src/dataset/captions/captionFile';
import type { Dataset } from '../../../src/dataset/Dataset';
import { CaptionError } from '../../../src/dataset/files/CaptionError';
import { maxCaptionSize } from '../../../src/dataset/files/captionSize';
import { WriteThreads } from '../../../src/dataset/files/WriteThreads';
import { writeCaptionFile } from '../../../src/dataset/files/FileWriter';
import { captionOf, openDataset } from './openDataset';
import { fingerprint, testFolder } from '../shared/testFolder';

const tooLarge = (thrown: unknown): boolean =>
  thrown instanceof CaptionError && thrown.code === 'CAPTION_TOO_LARGE' && thrown.message.includes('64 MB');

describe('A file that is too large for a caption, such as the log beside a plot', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const file = (): string => path.join(folder(), 'plot.txt');
  const files = { 'plot.png': '', 'a.png': '', 'a.txt': 'small' };

  /** Makes the file of a caption large; it takes no place on the disk. */
  async function grow(): Promise<void> {
    await writeFile(file(), 'log');
    await truncate(file(), 64_000_000);
  }
  async function openWithLog(): Promise<Dataset> {
    await grow();
    return openDataset(folder(), files);
  }

  it('is unreadable, with its size, whether a scan, a watcher or a single image asks', async () => {
    const dataset = await openWithLog();
    const caption = captionOf(dataset, 'plot.png');
    assert.ok(tooLarge(caption.unreadable), 'in a scan');
    assert.deepEqual([caption.text, captionOf(dataset, 'a.png').text], ['', 'small']);
    caption.unreadable = undefined;
    await dataset.reconcile(['plot.txt']);
    assert.ok(tooLarge(caption.unreadable), 'told by a watcher');
    await assert.rejects(readIfThere(file()), tooLarge);
  });

  it('is a caption once it is small', async () => {
    const dataset = await openWithLog();
    const caption = captionOf(dataset, 'plot.png');
    await writeFile(file(), 'a plot');
    await dataset.load({ changedOnly: true });
    assert.deepEqual([caption.unreadable, caption.text], [undefined, 'a plot']);
  });

  it('is never written: by no edit, no job, and no text typed before it grew', async () => {
    const dataset = await openDataset(folder(), { ...files, 'plot.txt': 'a plot' });
    const caption = captionOf(dataset, 'plot.png');
    dataset.setText(caption, 'typed');
    await grow();
    const before = await fingerprint(file());
    const { failures } = await dataset.save();
    assert.match(failures[0]?.reason ?? '', /64 MB/);
    assert.equal(caption.text, 'typed');
    await dataset.reconcile(['plot.txt']);
    assert.throws(() => dataset.setText(caption, 'x'), tooLarge);
    await assert.rejects(
      dataset.writeGenerated(caption, () => 'x', caption.raw),
      tooLarge,
    );
    assert.equal(await fingerprint(file()), before);
  });

  it('is never made: a text of that size stays unsaved', async () => {
    const dataset = await openDataset(folder(), files);
    const caption = captionOf(dataset, 'a.png');
    dataset.setText(caption, 'x'.repeat(maxCaptionSize + 1));
    const { failures } = await dataset.save();
    assert.match(failures[0]?.reason ?? '', /: 1,000,001 bytes\. Files up to 1,000,000 bytes /);
    assert.equal(await readFile(path.join(folder(), 'a.txt'), 'utf8'), 'small');
    assert.equal(caption.isDirty, true);
    dataset.setText(caption, 'x'.repeat(maxCaptionSize));
    assert.deepEqual(await dataset.save(), { saved: 1, failures: [] });
    assert.equal((await stat(path.join(folder(), 'a.txt'))).size, maxCaptionSize);
  });

  it('is refused in writing threads by the same error', async () => {
    await grow();
    const write = { file: file(), content: 'new', expected: 'old' };
    assert.throws(() => writeCaptionFile(write), tooLarge);
    const threads = new WriteThreads({ workerFile: path.resolve(__dirname, '../../../dist/writeWorker.js') });
    await assert.rejects(threads.write(write), tooLarge);
  });
});
