import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { captionChange } from '../../../src/records/captionChange';
import { compactRecords } from '../../../src/records/compactRecords';
import { readHistory } from '../../../src/records/edits/readHistory';
import { RecordReader } from '../../../src/records/lookup/RecordReader';
import { recordFiles, recordFolderOf } from '../../../src/records/recordFolder';
import { RecordWriter } from '../../../src/records/RecordWriter';
import { testFolder } from '../shared/testFolder';
import { OpenDataset } from './edits/OpenDataset';
import { tagger } from './writeEntries';

describe('Records that this program did not write as it does', () => {
  const root = testFolder();
  const elsewhere = testFolder();

  async function recordOne(caption: string, text: string): Promise<void> {
    const writer = new RecordWriter(root());
    const change = captionChange('', text, new Map([[text, 0.9]]));
    (await writer.write({ kind: 'written', caption, author: tagger, ...change }))();
    await writer.close();
  }

  describe('of a later version', () => {
    async function makeLater(file: string): Promise<void> {
      await writeFile(file, (await readFile(file, 'utf8')).replace('["r",1,', '["r",2,'));
    }

    it('are named, and explain nothing', async () => {
      await recordOne('a.txt', 'hat');
      const [file = ''] = await recordFiles(root());
      const { history: before } = await readHistory(root(), [{ caption: 'a.txt', text: 'hat', picture: '' }]);
      assert.deepEqual([...before.laterFiles], []);
      await makeLater(file);
      const { history } = await readHistory(root(), [{ caption: 'a.txt', text: 'hat', picture: '' }]);
      assert.deepEqual([...history.laterFiles], [file]);
      assert.equal(history.originsOf('a.txt', 'hat').parts[0]?.by, 'hand');
      const reader = new RecordReader(root());
      const [origins] = await reader.originsOf([{ caption: 'a.txt', text: 'hat' }]);
      assert.deepEqual([origins?.parts[0]?.by, reader.laterFiles], ['hand', [file]]);
    });

    it('are not merged with others', async () => {
      for (let index = 0; index < 20; index++) await recordOne(`${index}.txt`, 'hat');
      const [file = ''] = await recordFiles(root());
      await makeLater(file);
      const whole = await readFile(file, 'utf8');
      assert.equal(await compactRecords(root(), 18), 19);
      assert.equal(await readFile(file, 'utf8'), whole);
    });
  });

  describe('behind a link', () => {
    for (const linked of ['.dataset-captions', 'records'] as const) {
      it(`are not written, and captions are saved as ever (${linked})`, async () => {
        const folders = [path.join(root(), '.dataset-captions'), recordFolderOf(root())];
        const link = linked === 'records' ? folders[1]! : folders[0]!;
        await mkdir(path.dirname(link), { recursive: true });
        await mkdir(path.join(elsewhere(), 'records'));
        await symlink(elsewhere(), link, 'junction');
        await assert.rejects(recordOne('a.txt', 'hat'), {
          code: 'RECORD_FAILED',
          message: /is a link, which is not followed/,
        });

        await writeFile(path.join(root(), 'a.png'), '');
        await writeFile(path.join(root(), 'a.txt'), 'hat');
        const window = await OpenDataset.open(root());
        window.type('a.txt', 'hat, cat');
        await window.save();
        window.type('a.txt', 'hat, cat, dog');
        await window.save();
        await window.close();
        assert.equal(await readFile(path.join(root(), 'a.txt'), 'utf8'), 'hat, cat, dog');
        const problems = window.said.filter((one) => one !== 'first');
        assert.equal(problems.length, 1);
        assert.match(problems[0] ?? '', /is a link/);
        assert.deepEqual(
          [await readdir(elsewhere()), await readdir(path.join(elsewhere(), 'records'))],
          [['records'], []],
        );
      });
    }

    it('are neither merged nor removed', async () => {
      for (let index = 0; index < 20; index++) await recordOne(`${index}.txt`, 'hat');
      const records = recordFolderOf(root());
      const target = path.join(elsewhere(), 'records');
      await rename(records, target);
      await symlink(target, records, 'junction');
      const before = await readdir(target);
      assert.equal(await compactRecords(root(), 18), 0);
      assert.deepEqual(await readdir(target), before);
      await rm(records);
      // A single file that is a link stays one.
      await rename(target, records);
      const [file = ''] = await recordFiles(root());
      const moved = path.join(elsewhere(), 'moved.jsonl');
      await copyFile(file, moved);
      await rm(file);
      await symlink(moved, file);
      assert.equal(await compactRecords(root(), 18), 19);
      assert.ok(existsSync(file) && existsSync(moved));
    });
  });

  it('are not waited for where a pipe has the name of one', async function () {
    if (process.platform === 'win32') this.skip();
    await recordOne('a.txt', 'hat');
    execFileSync('mkfifo', [path.join(recordFolderOf(root()), '20260101T000000000-00000001.jsonl')]);
    const { history } = await readHistory(root(), [{ caption: 'a.txt', text: 'hat', picture: '' }]);
    assert.equal(history.originsOf('a.txt', 'hat').parts[0]?.by, 'tagger');
  });
});
