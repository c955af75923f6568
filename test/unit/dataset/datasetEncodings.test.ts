import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CaptionContent } from '../../../src/dataset/captions/captionContent';
import type { Dataset } from '../../../src/dataset/Dataset';
import { applyEdits } from '../../../src/dataset/edits/bulkEdits';
import { CaptionError } from '../../../src/dataset/files/CaptionError';
import { captionOf, openDataset } from './openDataset';
import { runJob, tagOfName } from '../jobs/captionJobs';
import { fingerprint, testFolder, type TestFiles } from '../shared/testFolder';

describe('Captions in other encodings than UTF-8', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const fixture = path.resolve(__dirname, '../../../test/fixtures/encodings/captions.json');
  const all = JSON.parse(readFileSync(fixture, 'utf8')) as { encoding: string; caption: string; bytes: string }[];
  const rows = all.filter(({ encoding }) => encoding !== 'unknown');
  const inFolder = (name: string): string => path.join(folder(), name);
  const bytesOf = (row: number): Buffer => Buffer.from(rows[row]?.bytes ?? '', 'hex');

  const open = (): Promise<Dataset> => {
    const files: TestFiles = {};
    for (const row of rows.keys()) Object.assign(files, { [`${row}.png`]: '', [`${row}.txt`]: bytesOf(row) });
    return openDataset(folder(), files);
  };

  it('are written by no edit and no job until somebody agrees', async () => {
    const dataset = await open();
    const before = await Promise.all(rows.map((_, row) => fingerprint(inFolder(`${row}.txt`))));
    const edits = rows.map((_, row) => ({ caption: captionOf(dataset, `${row}.png`), text: 'x' }));
    assert.equal((await applyEdits(dataset, edits)).leftOut.length, rows.length);
    assert.throws(
      () => dataset.setText(captionOf(dataset, '0.png'), 'x'),
      (thrown) => thrown instanceof CaptionError && thrown.code === 'CAPTION_NOT_UTF8',
    );
    for (const mode of ['replace', 'append', 'prepend'] as const) {
      const { failed } = await runJob(dataset, tagOfName, { write: { mode, keepFirst: 0, separator: ', ' } });
      assert.equal(failed.size, rows.length);
    }
    assert.equal((await runJob(dataset, tagOfName, { mode: 'empty' })).total, 0);
    await dataset.save();
    const after = await Promise.all(rows.map((_, row) => fingerprint(inFolder(`${row}.txt`))));
    assert.deepEqual(after, before);
  });

  it('are UTF-8 once somebody agreed, and have their very bytes again when that is taken back', async () => {
    const dataset = await open();
    const former: CaptionContent[] = rows.map((_, row) => {
      const content = captionOf(dataset, `${row}.png`).agreeToConvert();
      assert.ok(content, rows[row]?.caption);
      return content;
    });
    assert.deepEqual((await dataset.save()).failures, []);
    for (const [row, { caption }] of rows.entries()) {
      assert.deepEqual(await readFile(inFolder(`${row}.txt`)), Buffer.from(caption));
    }
    for (const [row, content] of former.entries()) {
      assert.ok(captionOf(dataset, `${row}.png`).takeBackConversion(content));
    }
    assert.deepEqual((await dataset.save()).failures, []);
    for (const row of rows.keys()) assert.deepEqual(await readFile(inFolder(`${row}.txt`)), bytesOf(row));
    assert.equal(dataset.counts.unsaved, 0);
    await dataset.load();
    assert.equal(captionOf(dataset, '0.png').foreignEncoding, rows[0]?.encoding);
  });

  it('are read again without an edit, however often the folder is', async () => {
    const dataset = await open();
    await dataset.load();
    await dataset.load({ changedOnly: true });
    for (const [row, { encoding, caption }] of rows.entries()) {
      const { text, foreignEncoding, isDirty } = captionOf(dataset, `${row}.png`);
      assert.deepEqual([text, foreignEncoding, isDirty], [caption, encoding, false]);
    }
  });

  it('are no empty ones where nothing but NULs is left, and are written by nothing', async () => {
    const dataset = await openDataset(folder(), { 'a.png': '', 'a.txt': new Uint8Array(512), 'b.png': '' });
    const before = await fingerprint(inFolder('a.txt'));
    const caption = captionOf(dataset, 'a.png');
    assert.equal(caption.unreadable?.code, 'CAPTION_DAMAGED');
    assert.deepEqual([caption.isEmpty, dataset.counts.empty], [false, 1]);
    const { results, failed } = await runJob(dataset, tagOfName, { mode: 'empty' });
    assert.deepEqual([[...results.keys()], [...failed.keys()]], [['b.png'], ['a.png']]);
    await dataset.reconcile(['a.txt']);
    assert.equal(caption.unreadable.code, 'CAPTION_DAMAGED');
    assert.equal(await fingerprint(inFolder('a.txt')), before);
  });

  it('keep both texts of a conflict apart where nobody knows the encoding of one', async () => {
    const dataset = await openDataset(folder(), { 'a.png': '', 'a.txt': 'old' });
    const caption = captionOf(dataset, 'a.png');
    dataset.setText(caption, 'mine');
    caption.readFromDisk({ raw: '\ufffd', foreign: { bytes: Buffer.from([0x81]), encoding: 'unknown' } });
    assert.throws(
      () => dataset.resolveConflict(caption, 'both', (mine, theirs) => `${mine}, ${theirs}`),
      /encoding is not clear/,
    );
    assert.equal(caption.inConflict, true);
  });
});
