import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { captionChange } from '../../../../src/records/captionChange';
import { RecordHistory } from '../../../../src/records/RecordHistory';
import { RecordWriter } from '../../../../src/records/RecordWriter';
import { updatedCaption } from '../../../../src/records/updateCaption';
import { textOfRaw } from '../../../../src/tags/captionText';
import { testFolder } from '../../shared/testFolder';
import { tagger, update } from '../writeEntries';
import { OpenDataset, writersIn } from './OpenDataset';

const names = ['a.txt', 'b.txt', 'c.txt', 'd.txt'];
const written = '1girl, Red Hair, hat, tree';
/** What another run finds: nothing that a person deleted may come of it, and nothing that a person wrote may go. */
const found = ['1girl', 'Red Hair', 'hat', 'cat'];

describe('Records and what other programs do to the captions', () => {
  const folder = testFolder();
  const root = (): string => path.join(folder(), 'set');
  let window: OpenDataset;

  /** A tagger captions all; a person corrects the first caption, deletes from the second, and adds to the third. */
  beforeEach(async () => {
    await mkdir(root());
    for (const name of names) await writeFile(path.join(root(), name.replace('.txt', '.png')), '');
    const writer = new RecordWriter(root());
    for (const name of names) {
      const change = captionChange('', written, new Map(written.split(', ').map((tag) => [tag, 0.9])));
      const finish = await writer.write({ kind: 'written', caption: name, author: tagger, ...change });
      await writeFile(path.join(root(), name), written);
      finish();
    }
    await writer.close();
    window = await OpenDataset.open(root(), { pause: 60_000 });
  });
  afterEach(() => window.close());

  async function editByHand(): Promise<void> {
    await sleep(2);
    window.type('a.txt', '1girl, auburn hair, hat, tree');
    window.type('b.txt', '1girl, Red Hair, tree');
    window.type('c.txt', 'mine, 1girl, Red Hair, hat, tree');
    await window.save();
    await sleep(2);
  }

  /** The window notices that files changed, and a moment later that is recorded. */
  async function notice(): Promise<void> {
    await window.dataset.reconcile(names);
    await window.close();
    await sleep(2);
  }

  /** What a job in write mode `update` makes of the captions of a folder. */
  async function updated(place = root()): Promise<string[]> {
    const history = await RecordHistory.read(place);
    const texts: string[] = [];
    for (const name of names) {
      const file = path.join(place, name);
      if (!existsSync(file)) continue;
      const text = textOfRaw(await readFile(file, 'utf8'));
      texts.push(updatedCaption(text, history.originsOf(name, text), found, update));
    }
    return texts;
  }

  const byHand = ['1girl, auburn hair, hat, cat', '1girl, Red Hair, cat', 'mine, 1girl, Red Hair, hat, cat'];

  it('git checkout, there and back, leaves each state as it was', async () => {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', root(), '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { encoding: 'utf8' });
    git('init', '--quiet');
    await writeFile(path.join(root(), '.gitignore'), '.dataset-captions/\n');
    git('add', '.');
    git('commit', '--quiet', '-m', 'tagged');
    await editByHand();
    git('commit', '--quiet', '-a', '-m', 'by hand');
    git('checkout', '--quiet', 'HEAD~1');
    await notice();
    // What stands again was the tagger's; the word that a person deleted is there, so it counts as a person's now.
    assert.equal(await readFile(path.join(root(), 'a.txt'), 'utf8'), written);
    const before = await updated();
    assert.ok(
      before.every((text) => text.includes('hat') && text.includes('1girl')),
      before.join(' | '),
    );
    git('checkout', '--quiet', '-');
    await notice();
    const now = await updated();
    // A tag that came and went by git is nobody's deletion less than before; what a person wrote is there.
    assert.match(now[0] ?? '', /auburn hair/);
    assert.doesNotMatch(now[1] ?? '', /hat/);
    assert.match(now[2] ?? '', /^mine/);
    for (const name of names.slice(0, 3)) {
      const writers = await writersIn(root(), name);
      for (const own of ['auburn hair', 'mine']) assert.ok(!writers.includes(`${own}: tagger`), writers.join());
    }
  });

  it('a copy of half of the dataset, with its records, knows of its captions what the whole knew', async () => {
    await editByHand();
    await window.close();
    const half = path.join(folder(), 'half');
    await cp(root(), half, { recursive: true, filter: (file) => !/[cd]\.(png|txt)$/.test(file) });
    assert.deepEqual(await updated(half), byHand.slice(0, 2));
    // Without them all is a person's: tags are only added.
    const bare = path.join(folder(), 'bare');
    await cp(root(), bare, { recursive: true, filter: (file) => !file.includes('.dataset-captions') });
    const texts = await updated(bare);
    assert.deepEqual(texts[0], '1girl, auburn hair, hat, tree, Red Hair, cat');
    assert.ok(!(await readdir(bare)).includes('.dataset-captions'));
  });

  it('an editor that writes all files anew with other line ends and a mark changes nothing of whose they are', async () => {
    await editByHand();
    for (const name of names) {
      const text = await readFile(path.join(root(), name), 'utf8');
      await writeFile(path.join(root(), name), `\ufeff${text}\r\n`);
    }
    await notice();
    assert.deepEqual((await updated()).slice(0, 3), byHand);
    const history = await RecordHistory.read(root());
    assert.ok(names.every((name) => history.entriesOf(name).every(({ author }) => author.by !== 'outside')));
  });

  it('a tool that lower-cases every caption makes nothing the machine’s, and brings nothing back', async () => {
    await editByHand();
    for (const name of names) {
      const text = await readFile(path.join(root(), name), 'utf8');
      await writeFile(path.join(root(), name), text.toLowerCase());
    }
    await notice();
    assert.deepEqual(await writersIn(root(), 'd.txt'), [
      '1girl: tagger',
      'red hair: outside',
      'hat: tagger',
      'tree: tagger',
    ]);
    const sorted = (text: string): string => text.split(', ').sort().join(', ');
    assert.deepEqual((await updated()).map(sorted), [
      '1girl, auburn hair, cat, hat',
      '1girl, cat, red hair',
      '1girl, cat, hat, mine, red hair',
      '1girl, cat, hat, red hair',
    ]);
  });

  it('a tool that puts a word into every caption is named, and its word stays', async () => {
    await editByHand();
    for (const name of names) {
      const text = await readFile(path.join(root(), name), 'utf8');
      await writeFile(path.join(root(), name), `trigger, ${text}`);
    }
    await notice();
    assert.deepEqual((await writersIn(root(), 'd.txt'))[0], 'trigger: outside');
    assert.deepEqual(
      (await updated()).map((text) => text.split(', ')[0]),
      names.map(() => 'trigger'),
    );
  });
});
