import assert from 'node:assert/strict';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { captionChange } from '../../../src/records/captionChange';
import { compactRecords } from '../../../src/records/compactRecords';
import { recordFiles, recordRootOf, recordStorageOf } from '../../../src/records/recordFolder';
import { RecordHistory } from '../../../src/records/RecordHistory';
import { RecordWriter } from '../../../src/records/RecordWriter';
import { testFolder } from '../shared/testFolder';
import { OpenDataset } from './edits/OpenDataset';
import { tagger } from './writeEntries';

describe('Records in the user’s own folder', () => {
  const folder = testFolder();
  const root = (): string => path.join(folder(), 'set');
  const { XDG_DATA_HOME, LOCALAPPDATA, HOME } = process.env;

  beforeEach(async () => {
    for (const name of ['XDG_DATA_HOME', 'LOCALAPPDATA', 'HOME']) process.env[name] = path.join(folder(), 'data');
    await mkdir(root());
  });
  afterEach(() => {
    for (const [name, value] of Object.entries({ XDG_DATA_HOME, LOCALAPPDATA, HOME })) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  async function record(caption: string, place: 'dataset' | 'storage' = 'storage', of = root()): Promise<void> {
    const writer = new RecordWriter(of, undefined, Date.now, place);
    const change = captionChange('', 'hat', new Map([['hat', 0.9]]));
    const finish = await writer.write({ kind: 'written', caption, author: tagger, ...change });
    finish();
    await writer.close();
  }

  const writerOf = async (name: string, of = root()): Promise<string | undefined> =>
    (await RecordHistory.read(of)).originsOf(name, 'hat').parts[0]?.by;

  it('are there for nobody else, and nothing is in the dataset', async () => {
    await record('a.txt');
    assert.deepEqual(await readdir(root()), []);
    const [file = ''] = await recordFiles(root());
    assert.equal(path.dirname(file), recordStorageOf(root()));
    if (process.platform !== 'win32') {
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      for (const one of [path.dirname(file), path.dirname(path.dirname(file))]) {
        assert.equal((await stat(one)).mode & 0o777, 0o700, one);
      }
    }
    assert.equal(await writerOf('a.txt'), 'tagger');
  });

  it('are found by every name of the dataset, and not for another one of the same name', async () => {
    await record('a.txt');
    await symlink(root(), path.join(folder(), 'link'), 'junction');
    assert.equal(await writerOf('a.txt', path.join(folder(), 'link')), 'tagger');
    const other = path.join(folder(), 'other', 'set');
    await mkdir(other, { recursive: true });
    assert.equal(await writerOf('a.txt', other), 'hand');
  });

  it('count for a folder in the dataset, too', async () => {
    await record('b/a.txt');
    await mkdir(path.join(root(), 'b'));
    assert.equal(recordRootOf(path.join(root(), 'b')), root());
  });

  it('are read together with those in the dataset, whichever the setting was', async () => {
    await record('a.txt', 'dataset');
    await record('b.txt');
    assert.deepEqual([await writerOf('a.txt'), await writerOf('b.txt')], ['tagger', 'tagger']);
    assert.equal((await recordFiles(root())).length, 2);
  });

  it('are merged where they lie', async () => {
    for (let index = 0; index < 20; index++) await record(`${index}.txt`);
    await record('dataset.txt', 'dataset');
    assert.equal(await compactRecords(root(), 16), 20);
    assert.equal((await recordFiles(root())).length, 2);
    assert.equal(await writerOf('7.txt'), 'tagger');
    assert.equal(await writerOf('dataset.txt'), 'tagger');
    const merged = (await recordFiles(root())).find((file) => path.dirname(file) === recordStorageOf(root())) ?? '';
    if (process.platform !== 'win32') assert.equal((await stat(merged)).mode & 0o777, 0o600);
  });

  it('are written by a window whose setting says so, without a word', async () => {
    await writeFile(path.join(root(), 'a.png'), '');
    const window = await OpenDataset.open(root());
    window.records.at = 'storage';
    window.type('a.txt', 'mine');
    await window.save();
    await window.close();
    assert.deepEqual((await readdir(root())).sort(), ['a.png', 'a.txt']);
    assert.equal((await RecordHistory.read(root())).entriesOf('a.txt').length, 1);
    assert.deepEqual(window.said, []);
  });

  it('cannot be where the user has no folder: that is said once, and captions are saved', async () => {
    for (const name of ['XDG_DATA_HOME', 'LOCALAPPDATA', 'HOME']) process.env[name] = path.join(folder(), 'file');
    await writeFile(path.join(folder(), 'file'), '');
    await writeFile(path.join(root(), 'a.png'), '');
    const window = await OpenDataset.open(root());
    window.records.at = 'storage';
    for (const text of ['mine', 'mine, too']) {
      window.type('a.txt', text);
      await window.save();
    }
    await window.close();
    assert.equal(window.said.length, 1);
    assert.equal(window.text('a.txt'), 'mine, too');
  });
});
