import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { captionChange } from '../../../../src/records/captionChange';
import type { FileWrite } from '../../../../src/dataset/files/FileWriter';
import { EditRecords } from '../../../../src/records/edits/EditRecords';
import { RecordedWriter } from '../../../../src/records/edits/RecordedWriter';
import type { RecordEntry } from '../../../../src/records/recordEntry';
import { recordFiles, recordFolderOf } from '../../../../src/records/recordFolder';
import { RecordHistory } from '../../../../src/records/RecordHistory';
import { RecordWriter } from '../../../../src/records/RecordWriter';
import { testFolder } from '../../shared/testFolder';
import { tagger } from '../writeEntries';
import { applyEdits } from '../../../../src/dataset/edits/bulkEdits';
import { hand, OpenDataset, originsIn, writersIn } from './OpenDataset';

describe('Records of a window', () => {
  const root = testFolder();

  /** Images whose captions a tagger wrote, with its record. */
  async function tagged(captions: Readonly<Record<string, string>>): Promise<void> {
    const writer = new RecordWriter(root());
    for (const [name, text] of Object.entries(captions)) {
      await writeFile(path.join(root(), name.replace('.txt', '.png')), '');
      await byTagger(writer, name, '', text);
    }
    await writer.close();
  }

  async function byTagger(writer: RecordWriter, name: string, before: string, after: string): Promise<void> {
    const given = new Map(after.split(', ').map((tag) => [tag, 0.9]));
    const change = captionChange(before, after, given);
    const finish = await writer.write({ kind: 'written', caption: name, author: tagger, ...change });
    await writeFile(path.join(root(), name), after);
    finish();
  }

  const entries = async (name = 'a.txt'): Promise<RecordEntry[]> =>
    (await RecordHistory.read(root())).entriesOf(name).filter(({ author }) => author.by !== 'tagger');
  const kinds = async (name?: string): Promise<string[]> =>
    (await entries(name)).map(({ kind, author: { by, name: label } }) => [kind, by, label ?? []].flat().join(' '));

  it('say what a person typed, and what was there stays whose it was', async () => {
    await tagged({ 'a.txt': '1girl, hat, cat' });
    const window = await OpenDataset.open(root());
    window.type('a.txt', '1girl, hat, cats');
    await window.save();
    window.type('a.txt', 'cats, 1girl');
    await window.save();
    await window.close();
    assert.deepEqual(await kinds(), ['written hand', 'written hand']);
    assert.deepEqual(await writersIn(root(), 'a.txt'), ['cats: hand', '1girl: hand', '-cat', '-hat']);
  });

  it('say of what a tagger does in a window what it found, also when it is undone and made again', async () => {
    await tagged({ 'a.txt': 'hat, cat' });
    const window = await OpenDataset.open(root());
    window.type('a.txt', 'mine, hat, cat');
    await window.save();
    const caption = window.dataset.caption('a.txt')!;
    const by = {
      ...{ by: 'tagger' as const, name: 'wd-2', thresholds: [{ general: 0.35, character: 0.85 }] },
      found: { tags: ['hat', 'red scarf'], scores: [0.9, 0.52] },
    };
    const edit = { caption, text: 'mine, hat, red scarf', by };
    const { changes } = await applyEdits(window.dataset, [edit]);
    const state = async (): Promise<unknown> => {
      const { parts, deleted } = await originsIn(root(), 'a.txt');
      return [parts.map(({ text, by: who, name, score }) => [text, who, name, score]), deleted];
    };
    await window.save();
    const made = [
      [
        ['mine', 'hand', undefined, undefined],
        ['hat', 'tagger', 'wd-2', 0.9],
        ['red scarf', 'tagger', 'wd-2', 0.52],
      ],
      [],
    ];
    assert.deepEqual(await state(), made);
    const entry = (await RecordHistory.read(root())).entriesOf('a.txt').at(-1);
    assert.deepEqual(entry?.author, { by: 'tagger', name: 'wd-2', thresholds: by.thresholds });
    await window.replay(changes, 'undo');
    await window.save();
    assert.deepEqual(await writersIn(root(), 'a.txt'), ['mine: hand', 'hat: tagger', 'cat: tagger']);
    await window.replay(changes, 'redo', { by: 'bulk' });
    await window.save();
    assert.deepEqual(await state(), made);
    await window.close();
  });

  it('never keep a caption from being saved, whatever is wrong with them', async () => {
    const said: string[] = [];
    const news = { onFirst: () => undefined, onProblem: (error: unknown) => said.push(String(error)) };
    const records = new EditRecords(root(), news);
    records.at = 'dataset';
    records.write = () => Promise.reject(new Error('odd'));
    const saved: FileWrite[] = [];
    const writer = new RecordedWriter(
      {
        write: (write) => {
          saved.push(write);
          return Promise.resolve('hat');
        },
      },
      records,
    );
    const write = { file: path.join(root(), 'a.txt'), content: 'hat', expected: null };
    for (let time = 0; time < 2; time++) assert.equal(await writer.write(write), 'hat');
    assert.equal(saved.length, 2);
    assert.deepEqual(said, ['Error: odd']);
  });

  it('are one entry for what was typed between two saves, and none where it led back', async () => {
    await tagged({ 'a.txt': 'hat' });
    const window = await OpenDataset.open(root());
    for (const text of ['hat,', 'hat, c', 'hat, cat']) window.type('a.txt', text);
    await window.save();
    window.type('a.txt', 'hat');
    window.type('a.txt', 'hat, cat');
    await window.save();
    await window.close();
    assert.equal((await entries()).length, 1);
  });

  it('of an undo take back what the edit did: what it deleted is no deletion, what a job wrote stays the job’s', async () => {
    await tagged({ 'a.txt': '1girl, hat, cat' });
    const window = await OpenDataset.open(root());
    const typed = window.type('a.txt', '1girl, hat')!;
    await window.save();
    assert.deepEqual(await writersIn(root(), 'a.txt'), ['1girl: tagger', 'hat: tagger', '-cat']);
    await window.replay([typed], 'undo');
    await window.save();
    assert.deepEqual(await writersIn(root(), 'a.txt'), ['1girl: tagger', 'hat: tagger', 'cat: tagger']);
    await window.replay([typed], 'redo', hand);
    await window.save();
    await window.close();
    assert.deepEqual(await writersIn(root(), 'a.txt'), ['1girl: tagger', 'hat: tagger', '-cat']);
    assert.deepEqual(await kinds(), ['written hand', 'undone hand', 'written hand']);
  });

  it('of an undone job leave nothing of its tags as a person’s, and made again they are the job’s', async () => {
    await tagged({ 'a.txt': '' });
    const window = await OpenDataset.open(root());
    const writer = new RecordWriter(root());
    await byTagger(writer, 'a.txt', '', '1girl, hat');
    await window.dataset.reconcile(['a.txt']);
    const job = [{ caption: window.dataset.caption('a.txt')!, before: null, after: '1girl, hat' }];
    await window.replay(job, 'undo');
    await window.save();
    assert.deepEqual(await writersIn(root(), 'a.txt'), []);
    await window.replay(job, 'redo');
    await window.save();
    assert.deepEqual(await writersIn(root(), 'a.txt'), ['1girl: tagger', 'hat: tagger']);
    await window.close();
    await writer.close();
  });

  it('keep edits apart that one save writes, so that each can be taken back', async () => {
    await tagged({ 'a.txt': '1girl, hat' });
    const window = await OpenDataset.open(root());
    window.type('a.txt', '1girl, hat, mine');
    const bulk = await window.bulk('Add Tags', { 'a.txt': 'trigger, 1girl, hat, mine' });
    await window.save();
    assert.deepEqual(await writersIn(root(), 'a.txt'), [
      'trigger: bulk Add Tags',
      '1girl: tagger',
      'hat: tagger',
      'mine: hand',
    ]);
    await window.replay(bulk, 'undo');
    window.type('a.txt', '1girl, hat, mine, more');
    await window.save();
    await window.close();
    assert.deepEqual(await kinds(), ['written hand', 'written bulk Add Tags', 'undone hand', 'written hand']);
    assert.deepEqual(await writersIn(root(), 'a.txt'), ['1girl: tagger', 'hat: tagger', 'mine: hand', 'more: hand']);
  });

  it('go on after a reload: an undo that was not saved is still one, and a bulk edit has its name', async () => {
    await tagged({ 'a.txt': '1girl, hat', 'b.txt': '1girl, hat' });
    const before = await OpenDataset.open(root());
    const [change] = await before.bulk('Remove Tags', { 'a.txt': '1girl' });
    await before.save();
    await before.replay([change!], 'undo');
    await before.bulk('Add Tags', { 'b.txt': '1girl, hat, trigger' });
    const edits = before.dataset.unsavedEdits();
    const journal = JSON.parse(JSON.stringify(edits)) as typeof edits;
    await before.close();
    const after = await OpenDataset.open(root());
    await after.dataset.restoreEdits(journal);
    await after.save();
    await after.close();
    assert.deepEqual(await writersIn(root(), 'a.txt'), ['1girl: tagger', 'hat: tagger']);
    assert.deepEqual(await writersIn(root(), 'b.txt'), ['1girl: tagger', 'hat: tagger', 'trigger: bulk Add Tags']);
  });

  it('name a caption that several images share by its file, once', async () => {
    await tagged({ 'a.txt': '1girl' });
    await writeFile(path.join(root(), 'a.jpg'), '');
    await symlink('a.txt', path.join(root(), 'b.txt'));
    await writeFile(path.join(root(), 'b.png'), '');
    const window = await OpenDataset.open(root());
    const caption = window.dataset.image('b.png')!.caption;
    window.dataset.setText(caption, '1girl, mine');
    caption.addStep(hand);
    await window.save();
    await window.close();
    assert.deepEqual(await kinds(caption.path), ['written hand']);
    assert.deepEqual(await writersIn(root(), caption.path), ['1girl: tagger', 'mine: hand']);
  });

  it('say what another program changed, but not what a job or another window wrote', async () => {
    await tagged({ 'a.txt': '1girl, hat', 'b.txt': '1girl' });
    const window = await OpenDataset.open(root(), { pause: 60_000 });
    const other = await OpenDataset.open(root(), { pause: 60_000 });
    await window.outside('a.txt', '1girl, dog');
    other.type('b.txt', '1girl, typed');
    await other.save();
    await window.dataset.reconcile(['b.txt']);
    await window.close();
    await other.close();
    assert.deepEqual(await kinds('a.txt'), ['written outside']);
    assert.deepEqual(await kinds('b.txt'), ['written hand']);
    assert.deepEqual(await writersIn(root(), 'a.txt'), ['1girl: tagger', 'dog: outside', '-hat']);
    assert.deepEqual(await writersIn(root(), 'b.txt'), ['1girl: tagger', 'typed: hand']);
  });

  it('say what another program took away also where the caption held the rest before, and once did not exist', async () => {
    await tagged({ 'a.txt': '1girl' });
    const writer = new RecordWriter(root());
    await byTagger(writer, 'a.txt', '1girl', '1girl, hat');
    await writer.close();
    const window = await OpenDataset.open(root(), { pause: 60_000 });
    await window.outside('a.txt', '1girl');
    await window.outside('a.txt', null);
    await window.close();
    assert.deepEqual(await kinds('a.txt'), ['written outside', 'written outside']);
    assert.deepEqual(await writersIn(root(), 'a.txt'), ['-hat'], 'no job brings it back');
  });

  it('of what another program changed begin no folder in a dataset that has none', async () => {
    await writeFile(path.join(root(), 'a.png'), '');
    await writeFile(path.join(root(), 'a.txt'), 'hat');
    const window = await OpenDataset.open(root());
    await window.outside('a.txt', 'hat, cat');
    await window.close();
    assert.ok(!existsSync(path.join(root(), '.dataset-captions')));
  });

  it('are nothing where they are off, and the captions are saved as ever', async () => {
    await writeFile(path.join(root(), 'a.png'), '');
    const window = await OpenDataset.open(root(), { isOn: false });
    window.type('a.txt', 'hat');
    await window.save();
    await window.outside('a.txt', 'hat, cat');
    await window.bulk('Add Tags', { 'a.txt': 'hat, cat, dog' });
    await window.save();
    await window.close();
    assert.equal(await readFile(path.join(root(), 'a.txt'), 'utf8'), 'hat, cat, dog');
    assert.ok(!existsSync(path.join(root(), '.dataset-captions')));
  });

  it('are begun with the first edit only, which is said', async () => {
    await writeFile(path.join(root(), 'a.png'), '');
    const window = await OpenDataset.open(root());
    assert.ok(!existsSync(path.join(root(), '.dataset-captions')));
    window.type('a.txt', 'hat');
    await window.save();
    window.type('a.txt', 'hat, cat');
    await window.save();
    await window.close();
    assert.deepEqual(window.said, ['first']);
    assert.equal((await recordFiles(root())).length, 1);
  });

  it('that cannot be written are said once, and captions are saved', async () => {
    await writeFile(path.join(root(), 'a.png'), '');
    await mkdir(path.dirname(recordFolderOf(root())));
    await writeFile(recordFolderOf(root()), 'in the way');
    const window = await OpenDataset.open(root());
    for (const text of ['hat', 'hat, cat', 'dog']) {
      window.type('a.txt', text);
      await window.save();
    }
    await window.close();
    assert.equal(await readFile(path.join(root(), 'a.txt'), 'utf8'), 'dog');
    assert.equal(window.said.filter((one) => one.includes('cannot be written')).length, 1);
  });

  it('say of a caption that was emptied that it begins anew', async () => {
    await tagged({ 'a.txt': '1girl, hat' });
    const window = await OpenDataset.open(root());
    window.type('a.txt', '');
    await window.save();
    window.type('a.txt', 'cat');
    await window.save();
    await window.close();
    assert.deepEqual(await writersIn(root(), 'a.txt'), ['cat: hand']);
  });

  it('of a choice in a conflict are a person’s', async () => {
    await tagged({ 'a.txt': '1girl, hat' });
    const window = await OpenDataset.open(root());
    window.type('a.txt', '1girl, hat, mine');
    await window.outside('a.txt', '1girl, theirs');
    const caption = window.dataset.caption('a.txt')!;
    assert.ok(caption.inConflict);
    window.dataset.resolveConflict(caption, 'mine', () => '');
    caption.addStep(hand);
    await window.save();
    await window.close();
    assert.deepEqual(await writersIn(root(), 'a.txt'), ['1girl: tagger', 'hat: hand', 'mine: hand', '-theirs']);
  });
});
