import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { captionChange } from '../../../../src/records/captionChange';
import { deletionsIn, forgetDeletions } from '../../../../src/records/edits/forgetDeletions';
import type { PresentCaption } from '../../../../src/records/edits/PresentCaption';
import { readHistory } from '../../../../src/records/edits/readHistory';
import { deletionNote } from '../../../../src/records/edits/recognisedCaptions';
import { RecordReader } from '../../../../src/records/lookup/RecordReader';
import { RecordWriter } from '../../../../src/records/RecordWriter';
import { TakenBackRecords } from '../../../../src/records/TakenBackRecords';
import { updatedCaption } from '../../../../src/records/updateCaption';
import { testFolder } from '../../shared/testFolder';
import { tagger, update } from '../writeEntries';
import { OpenDataset, writersIn } from './OpenDataset';

/** What the tagger finds in pictures, by how many bytes they have. */
const found: Readonly<Record<number, readonly string[]>> = {
  101: ['1girl', 'hat', 'sky'],
  102: ['1boy', 'cat', 'sea'],
  103: ['dog', 'tree', 'sun'],
  104: ['bird'],
};

describe('A record belongs to a picture, whatever that is called', () => {
  const root = testFolder();
  const file = (name: string): string => path.join(root(), name);
  const picture = (stem: string, bytes: number): Promise<void> => writeFile(file(`${stem}.png`), 'x'.repeat(bytes));
  const type = (stem: string, text: string): Promise<void> => writeFile(file(`${stem}.txt`), text);
  const text = (stem: string): Promise<string> => readFile(file(`${stem}.txt`), 'utf8').catch(() => '');
  const who = (stem: string): Promise<string[]> => writersIn(root(), `${stem}.txt`);

  async function present(stem: string): Promise<PresentCaption> {
    return { caption: `${stem}.txt`, text: await text(stem), picture: file(`${stem}.png`) };
  }

  /** A job in mode update. @param clock how far it is ahead, in milliseconds */
  async function job(stems: readonly string[], clock = 0): Promise<void> {
    const captions = await Promise.all(stems.map(present));
    const { history, renamed, recognised } = await readHistory(root(), captions);
    const writer = new RecordWriter(root(), undefined, () => Date.now() + clock);
    writer.comesAfter(history.lastOfAll);
    for (const one of renamed) await writer.move(one);
    for (const one of recognised) await writer.write(deletionNote(one));
    for (const { caption, text: before, picture: image } of captions) {
      const { size } = await stat(image);
      const tags = found[size] ?? [];
      const after = updatedCaption(before, history.originsOf(caption, before), tags, update);
      if (before === after && history.explains(caption, before)) continue;
      const change = captionChange(before, after, new Map(tags.map((tag) => [tag, 0.9])));
      const finish = await writer.write({ kind: 'written', caption, author: tagger, pictureSize: size, ...change });
      if (before !== after) await writeFile(file(caption), after);
      finish();
    }
    await writer.close();
    await sleep(2);
  }

  /** Images get other names, as a script gives them. */
  async function renameAll(names: Readonly<Record<string, string>>): Promise<void> {
    for (const extension of ['.png', '.txt']) {
      const all = Object.entries(names);
      for (const [from] of all) await rename(file(from + extension), file(`${from}-moving${extension}`));
      for (const [from, to] of all) await rename(file(`${from}-moving${extension}`), file(to + extension));
    }
    await sleep(2);
  }

  /** Two images of which a person deleted the first tag, which a job has seen. */
  async function two(): Promise<void> {
    await picture('a', 101);
    await picture('b', 102);
    await job(['a', 'b']);
    await type('a', 'hat, sky, mine');
    await type('b', 'cat, sea, yours');
    await job(['a', 'b']);
  }

  const ofFirst = ['hat: tagger', 'sky: tagger', 'mine: hand', '-1girl'];
  const ofSecond = ['cat: tagger', 'sea: tagger', 'yours: hand', '-1boy'];

  it('where it gets a name back that it had before', async () => {
    await picture('a', 101);
    await job(['a']);
    await renameAll({ a: 'b' });
    await job(['b']);
    await type('b', 'hat, sky, mine');
    await job(['b']);
    await renameAll({ b: 'a' });
    assert.deepEqual(await who('a'), ofFirst);
    await job(['a']);
    assert.equal(await text('a'), 'hat, sky, mine');
  });

  it('where two change names, and back again', async () => {
    await two();
    for (const [first, second] of [
      ['b', 'a'],
      ['a', 'b'],
    ] as const) {
      await renameAll({ a: 'b', b: 'a' });
      assert.deepEqual([await who(first), await who(second)], [ofFirst, ofSecond]);
      await job(['a', 'b']);
      assert.deepEqual([await text(first), await text(second)], ['hat, sky, mine', 'cat, sea, yours']);
      const lookup = await new RecordReader(root()).originsOf([
        { caption: `${first}.txt`, text: await text(first) },
        { caption: `${second}.txt`, text: await text(second) },
      ]);
      assert.deepEqual(
        lookup.map(({ deleted }) => deleted.map((part) => part.text)),
        [['1girl'], ['1boy']],
      );
    }
  });

  it('where two change names, also for a search before any job looks', async () => {
    await two();
    await renameAll({ a: 'b', b: 'a' });
    const captions = [await present('a'), await present('b')];
    const { renamed } = await readHistory(root(), captions);
    const reader = new RecordReader(root());
    reader.rename(renamed);
    const said = await reader.originsOf(captions);
    const short = said.map(({ parts, deleted }) => [
      ...parts.map(({ text: word, by }) => `${word}: ${by}`),
      ...deleted.map((part) => `-${part.text}`),
    ]);
    assert.deepEqual(short, [ofSecond, ofFirst]);
  });

  it('where two that changed names are captioned one by one', async () => {
    await two();
    await renameAll({ a: 'b', b: 'a' });
    await job(['a']);
    await job(['b']);
    assert.deepEqual([await who('b'), await who('a')], [ofFirst, ofSecond]);
  });

  it('where two change names, and both are taken back before anybody looks', async () => {
    await two();
    await renameAll({ a: 'b', b: 'a' });
    const records = await TakenBackRecords.of(root(), { by: 'bulk', name: 'a snapshot' }, 'dataset');
    for (const [stem, wanted] of [
      ['b', 'hat, sky'],
      ['a', 'cat, sea'],
    ] as const) {
      const taken = { file: file(`${stem}.txt`), picture: file(`${stem}.png`) };
      const finish = await records.record(taken, await text(stem), wanted);
      await type(stem, wanted);
      finish();
    }
    await records.close();
    await sleep(2);
    await job(['a', 'b']);
    assert.deepEqual([await text('b'), await text('a')], ['hat, sky', 'cat, sea'], 'nothing deleted is back');
    const kept = (all: readonly string[]): string[] => all.filter((one) => !one.endsWith(': hand'));
    assert.deepEqual(await who('b').then(kept), ['hat: tagger', 'sky: tagger', '-1girl']);
    assert.deepEqual(await who('a').then(kept), ['cat: tagger', 'sea: tagger', '-1boy']);
  });

  it('or to both, where two of one size change names: all that was deleted stays so, and all words are a person’s', async () => {
    await picture('a', 101);
    await picture('b', 101);
    await type('a', '1boy, cat, sky');
    await job(['a', 'b']);
    await type('a', 'cat, mine, hat');
    await type('b', 'hat, sky, yours');
    await job(['a', 'b']);
    const deleted = async (stem: string): Promise<string[]> =>
      (await who(stem)).filter((one) => one.startsWith('-')).sort();
    const before = { a: await deleted('a'), b: await deleted('b') };
    const both = [...before.a, ...before.b];
    await renameAll({ a: 'b', b: 'a' });
    const byHand = { a: ['hat: hand', 'sky: hand', 'yours: hand'], b: ['cat: hand', 'mine: hand', 'hat: hand'] };
    const check = async (when: string): Promise<void> => {
      for (const stem of ['a', 'b'] as const) {
        const said = await who(stem);
        const words = said.filter((one) => !one.startsWith('-'));
        assert.deepEqual(words.slice(0, 3), byHand[stem], `${stem}, ${when}`);
        const now = new Set((await text(stem)).split(', ').map((one) => `-${one}`));
        for (const one of both) assert.ok(now.has(one) !== said.includes(one), `${one} of ${stem}, ${when}`);
      }
    };
    await check('before a job');
    await job(['a', 'b']);
    await check('after a job');
    await job(['a', 'b']);
    await check('after another job');
  });

  it('and what was deleted may come again of two of one size that changed names', async () => {
    await picture('a', 101);
    await picture('b', 101);
    await job(['a', 'b']);
    await type('a', 'hat, sky, mine');
    await type('b', 'hat, yours');
    await job(['a', 'b']);
    await renameAll({ a: 'b', b: 'a' });
    await forgetDeletions(root(), await deletionsIn(root(), [await present('a'), await present('b')]));
    await sleep(2);
    assert.deepEqual(await who('a'), ['hat: hand', 'yours: hand']);
    assert.deepEqual(await who('b'), ['hat: hand', 'sky: hand', 'mine: hand']);
  });

  it('where two change names, and back after an edit, before any job looks', async () => {
    await picture('a', 101);
    await picture('b', 102);
    await job(['a', 'b']);
    await renameAll({ a: 'b', b: 'a' });
    const window = await OpenDataset.open(root());
    for (const typed of ['hat, mine, not mine', 'hat, mine']) {
      window.type('b.txt', typed);
      await window.save();
    }
    await window.close();
    await renameAll({ a: 'b', b: 'a' });
    const expected = ['hat: tagger', 'mine: hand', '-1girl', '-sky', '-not mine'];
    assert.deepEqual(await who('a'), expected);
    await job(['a', 'b']);
    assert.deepEqual(await who('a'), expected);
  });

  it('where images are renumbered while a window has the dataset open', async () => {
    await two();
    await picture('c', 103);
    await job(['c']);
    await type('c', 'tree, sun');
    await job(['c']);
    const window = await OpenDataset.open(root());
    await renameAll({ a: 'b', b: 'c', c: 'd' });
    await window.dataset.reconcile(['a', 'b', 'c', 'd'].flatMap((stem) => [`${stem}.png`, `${stem}.txt`]));
    await window.close();
    const all = async (): Promise<string[][]> => [await who('b'), await who('c'), await who('d')];
    const expected = [ofFirst, ofSecond, ['tree: tagger', 'sun: tagger', '-dog']];
    assert.deepEqual(await all(), expected);
    await job(['b', 'c', 'd']);
    assert.deepEqual(await all(), expected);
  });

  it('where something is typed after two changed names, before a job looks', async () => {
    await two();
    await renameAll({ a: 'b', b: 'a' });
    const window = await OpenDataset.open(root());
    window.type('a.txt', 'cat, sea, yours, typed');
    await window.save();
    await window.close();
    assert.deepEqual(await who('b'), ofFirst);
    assert.deepEqual(await who('a'), ['cat: tagger', 'sea: tagger', 'yours: hand', 'typed: hand', '-1boy']);
  });

  it('where the captions of those that changed names are alike', async () => {
    await picture('a', 101);
    await picture('b', 102);
    await job(['b']);
    const window = await OpenDataset.open(root());
    window.type('a.txt', '1boy, cat, sea');
    await window.save();
    await window.close();
    await renameAll({ a: 'b', b: 'a' });
    assert.deepEqual(await who('b'), ['1boy: hand', 'cat: hand', 'sea: hand']);
    await job(['a', 'b']);
    assert.deepEqual(await who('b'), [
      '1boy: hand',
      'cat: hand',
      'sea: hand',
      '1girl: tagger',
      'hat: tagger',
      'sky: tagger',
    ]);
    assert.deepEqual(await who('a'), ['1boy: tagger', 'cat: tagger', 'sea: tagger']);
  });

  it('where another picture and its caption take the name while a window is open: nothing of it is a machine’s', async () => {
    await picture('a', 101);
    await job(['a']);
    const window = await OpenDataset.open(root());
    await picture('a', 104);
    await window.outside('a.txt', 'hat, dog, person words');
    await window.close();
    await job(['a']);
    assert.equal(await text('a'), 'hat, dog, person words, bird');
  });

  it('where another one had its name for a time while a window was open, and it is renamed after an edit', async () => {
    await picture('a', 101);
    await job(['a']);
    const window = await OpenDataset.open(root(), { pause: 1 });
    await renameAll({ a: 'away' });
    await picture('a', 104);
    await window.outside('a.txt', 'sky, a guest');
    await window.close();
    await rm(file('a.png'));
    await renameAll({ away: 'a' });
    await window.outside('a.txt', '1girl, hat, sky');
    await window.close();
    window.type('a.txt', 'hat, sky');
    await window.save();
    await window.close();
    await renameAll({ a: 'b' });
    assert.deepEqual(await who('b'), ['hat: tagger', 'sky: tagger', '-1girl']);
  });

  it('where its picture is changed in its place, though a copy of the former one lies elsewhere', async () => {
    await two();
    await writeFile(file('copy.png'), 'x'.repeat(101));
    await writeFile(file('copy.txt'), await text('a'));
    await picture('a', 99);
    await job(['a', 'b', 'copy']);
    assert.deepEqual((await who('a')).at(-1), '-1girl');
    // A copy has what was deleted from the picture, but none of its words is a machine's.
    assert.deepEqual(await who('copy'), ['hat: hand', 'sky: hand', 'mine: hand', '-1girl']);
  });

  it('where it comes back to its name, after another one had that', async () => {
    await two();
    await rm(file('b.png'));
    await rm(file('b.txt'));
    await renameAll({ a: 'b' });
    await job(['b']);
    await renameAll({ b: 'c' });
    await picture('b', 104);
    await job(['b', 'c']);
    assert.deepEqual(await who('b'), ['bird: tagger']);
    assert.deepEqual(await who('c'), ofFirst);
  });

  it('where it is the last to leave a folder that has records of its own', async () => {
    await mkdir(file('s'));
    await mkdir(file('t'));
    await picture('s/a', 101);
    const writer = new RecordWriter(file('s'));
    const [before, after] = ['1girl, hat, sky', 'hat, sky, mine'];
    const tags = new Map(before.split(', ').map((tag) => [tag, 0.9]));
    const change = { ...captionChange('', before, tags), pictureSize: 101 };
    const said = { kind: 'written', caption: 'a.txt' } as const;
    (await writer.write({ ...said, author: tagger, ...change }))();
    await sleep(2);
    (await writer.write({ ...said, author: { by: 'hand' }, ...captionChange(before, after, 'all') }))();
    await writer.close();
    await type('s/a', after);
    for (const extension of ['.png', '.txt']) await rename(file(`s/a${extension}`), file(`t/a${extension}`));
    const { history } = await readHistory(root(), [await present('t/a')]);
    assert.deepEqual(
      history.originsOf('t/a.txt', after).deleted.map(({ text: gone }) => gone),
      ['1girl'],
    );
  });

  it('where what is recorded of it is later than the clock says', async () => {
    await picture('a', 101);
    await job(['a'], 60_000);
    await type('a', 'hat, sky, mine');
    await job(['a'], 60_000);
    await renameAll({ a: 'b' });
    await job(['b']);
    assert.deepEqual(await who('b'), ofFirst);
    await forgetDeletions(root(), await deletionsIn(root(), [await present('b')]));
    assert.deepEqual(await who('b'), ofFirst.slice(0, 3));
  });

  it('and what was deleted may come again of one that changed names', async () => {
    await two();
    await renameAll({ a: 'b', b: 'a' });
    await forgetDeletions(root(), await deletionsIn(root(), [await present('b')]));
    assert.deepEqual([await who('b'), await who('a')], [ofFirst.slice(0, 3), ofSecond]);
    await job(['a', 'b']);
    assert.ok((await text('b')).includes('1girl'));
  });
});
