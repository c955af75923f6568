import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { captionHash } from '../../../../src/dataset/captions/captionHash';
import { Dataset } from '../../../../src/dataset/Dataset';
import { jobChanges } from '../../../../src/jobs/folder/jobChanges';
import { type ImageRecord, readJournal } from '../../../../src/jobs/folder/journalEntries';
import { testFolder, writeFiles } from '../../shared/testFolder';

describe('what a job wrote, as one edit', () => {
  const folder = testFolder();

  async function open(): Promise<Dataset> {
    const dataset = new Dataset(folder(), { captionExtension: '.txt', emptiedCaption: 'delete' });
    await dataset.load();
    return dataset;
  }

  /** The record of a job that wrote `written` in place of `previous`, which is in a journal of its own. */
  async function wrote(previous: string | null, written: string): Promise<ImageRecord> {
    const journal = path.join(folder(), `${String(journals++)}.jsonl`);
    const bytes = previous === null ? null : Buffer.from(previous).toString('base64');
    await writeFile(journal, `${JSON.stringify(['w', 0, bytes, captionHash(written)])}\n["o",0,"written",1]\n`);
    return (await readJournal(journal)).get(0)!;
  }
  let journals = 0;

  it('brings every previous byte back, and removes what was not there, but leaves what was edited since', async () => {
    await writeFiles(folder(), { 'a.png': '', 'b.png': '', 'c.png': '' });
    await writeFiles(folder(), { 'a.txt': 'by the job', 'b.txt': 'by the job', 'c.txt': 'by hand since' });
    const dataset = await open();
    const images = ['a.png', 'b.png', 'c.png'].map((image) => ({ path: image, expected: null }));
    const records = new Map([
      [0, await wrote('\uFEFFold\r\n', 'by the job')],
      [1, await wrote(null, 'by the job')],
      [2, await wrote('old', 'by the job')],
    ]);
    const recorded = new Set<number>();
    const changes = await jobChanges(dataset, images, records, recorded);
    assert.deepEqual(
      changes.map(({ caption }) => caption.path),
      ['a.txt', 'b.txt'],
    );
    assert.deepEqual(dataset.replay(changes, 'undo'), []);
    await dataset.save();
    assert.equal(await readFile(path.join(folder(), 'a.txt'), 'utf8'), '\uFEFFold\r\n');
    await assert.rejects(readFile(path.join(folder(), 'b.txt')), /ENOENT/);
    assert.equal(await readFile(path.join(folder(), 'c.txt'), 'utf8'), 'by hand since');
  });

  it('is told once, however often the job goes on', async () => {
    await writeFiles(folder(), { 'a.png': '', 'b.png': '', 'a.txt': 'by the job' });
    const dataset = await open();
    const images = ['a.png', 'b.png'].map((image) => ({ path: image, expected: null }));
    const recorded = new Set<number>();
    const first = await jobChanges(dataset, images, new Map([[0, await wrote(null, 'by the job')]]), recorded);
    assert.equal(first.length, 1);
    await writeFile(path.join(folder(), 'b.txt'), 'tried again');
    await dataset.reconcile(['b.txt']);
    const records = new Map([
      [0, await wrote(null, 'by the job')],
      [1, await wrote(null, 'tried again')],
    ]);
    const second = await jobChanges(dataset, images, records, recorded);
    assert.deepEqual(
      second.map(({ caption }) => caption.path),
      ['b.txt'],
    );
  });
});
