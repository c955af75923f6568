import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { captionChange } from '../../../../src/records/captionChange';
import { deletionsIn, forgetDeletions } from '../../../../src/records/edits/forgetDeletions';
import { readHistory } from '../../../../src/records/edits/readHistory';
import type { PresentCaption } from '../../../../src/records/edits/PresentCaption';
import { RecordHistory } from '../../../../src/records/RecordHistory';
import { RecordWriter } from '../../../../src/records/RecordWriter';
import { testFolder } from '../../shared/testFolder';
import { tagger } from '../writeEntries';
import { OpenDataset, writersIn } from './OpenDataset';

describe('Images that are renamed or moved keep their records', () => {
  const root = testFolder();

  /** A tagger captions a picture of so many bytes. */
  async function tag(name: string, text: string, bytes: number): Promise<void> {
    await writeFile(path.join(root(), name.replace('.txt', '.png')), 'x'.repeat(bytes));
    const writer = new RecordWriter(root());
    const change = captionChange('', text, new Map(text.split(', ').map((one) => [one, 0.9])));
    const entry = { kind: 'written', caption: name, author: tagger, pictureSize: bytes, ...change } as const;
    const finish = await writer.write(entry);
    await writeFile(path.join(root(), name), text);
    finish();
    await writer.close();
    await sleep(2);
  }

  async function move(from: string, to: string): Promise<void> {
    await mkdir(path.dirname(path.join(root(), to)), { recursive: true });
    for (const extension of ['.txt', '.png']) {
      const [source = '', target = ''] = [from, to].map((one) => path.join(root(), one.replace('.txt', extension)));
      await rename(source, target);
    }
  }

  async function deleteByHand(name: string, text: string): Promise<void> {
    const window = await OpenDataset.open(root());
    window.type(name, text);
    await window.save();
    await window.close();
    await sleep(2);
  }

  it('under a new name, and in another folder', async () => {
    await tag('a.txt', '1girl, hat, cat', 100);
    await deleteByHand('a.txt', '1girl, cat');
    await move('a.txt', 'b/c.txt');
    assert.deepEqual(await writersIn(root(), 'b/c.txt'), ['1girl: tagger', 'cat: tagger', '-hat']);
  });

  it('also where they were edited under the new name before anybody looked, and renamed again', async () => {
    await tag('a.txt', '1girl, hat, cat', 100);
    await move('a.txt', 'b.txt');
    await deleteByHand('b.txt', '1girl, cat');
    await move('b.txt', 'c.txt');
    assert.deepEqual(await writersIn(root(), 'c.txt'), ['1girl: tagger', 'cat: tagger', '-hat']);
  });

  it('by the sizes of their pictures where captions are alike', async () => {
    await tag('a.txt', '1girl, hat', 100);
    await tag('b.txt', '1girl, hat, cat', 200);
    await deleteByHand('b.txt', '1girl, hat');
    await move('a.txt', 'x.txt');
    await move('b.txt', 'y.txt');
    assert.deepEqual(await writersIn(root(), 'x.txt'), ['1girl: tagger', 'hat: tagger']);
    assert.deepEqual(await writersIn(root(), 'y.txt'), ['1girl: tagger', 'hat: tagger', '-cat']);
  });

  it('but not where nobody can tell: then all is a person’s', async () => {
    await tag('a.txt', '1girl', 100);
    await tag('b.txt', '1girl, cat', 100);
    await deleteByHand('b.txt', '1girl');
    await move('a.txt', 'x.txt');
    await move('b.txt', 'y.txt');
    assert.deepEqual(await writersIn(root(), 'x.txt'), ['1girl: hand']);
  });

  it('and a copy takes nothing, nor does another caption with the same text', async () => {
    await tag('a.txt', '1girl, hat', 100);
    await writeFile(path.join(root(), 'copy.png'), 'x'.repeat(100));
    await writeFile(path.join(root(), 'copy.txt'), '1girl, hat');
    assert.deepEqual(await writersIn(root(), 'copy.txt'), ['1girl: hand', 'hat: hand']);
    await move('a.txt', 'b.txt');
    await writeFile(path.join(root(), 'copy.png'), 'x'.repeat(101));
    assert.deepEqual(await writersIn(root(), 'copy.txt'), ['1girl: hand', 'hat: hand']);
  });

  it('also where the name is taken again by another, which gets nothing of them', async () => {
    await tag('a.txt', '1girl, hat', 100);
    await move('a.txt', 'b.txt');
    await deleteByHand('b.txt', '1girl');
    const window = await OpenDataset.open(root());
    const moved = async (from: string, to: string): Promise<void> => {
      await window.records.move([{ from: path.join(root(), from), to: path.join(root(), to) }]);
      await sleep(2);
    };
    await moved('a.txt', 'b.txt');
    await move('b.txt', 'c.txt');
    await moved('b.txt', 'c.txt');
    await window.close();
    await tag('b.txt', 'cat', 100);
    assert.deepEqual(await writersIn(root(), 'b.txt'), ['cat: tagger']);
  });

  it('by an entry, where the window renamed them; what comes under the old name later is another', async () => {
    await tag('a.txt', '1girl, hat', 100);
    const window = await OpenDataset.open(root());
    await move('a.txt', 'b.txt');
    await window.records.move([{ from: path.join(root(), 'a.txt'), to: path.join(root(), 'b.txt') }]);
    await window.close();
    await sleep(2);
    await tag('a.txt', 'cat', 100);
    const history = await RecordHistory.read(root());
    assert.deepEqual(
      history.statesOf('b.txt').map(({ text }) => text),
      ['1girl, hat'],
    );
    assert.deepEqual(
      history.statesOf('a.txt').map(({ text }) => text),
      ['cat'],
    );
    const one = await RecordHistory.read(root(), (caption) => caption === 'b.txt');
    assert.equal(one.originsOf('b.txt', '1girl, hat').parts[0]?.by, 'tagger');
  });

  describe('and where they hold something else by then, keep what was deleted by hand from them', () => {
    const remove = (name: string): Promise<void> => rm(path.join(root(), name), { force: true });
    const present = async (name: string): Promise<PresentCaption> => ({
      caption: name,
      text: await readFile(path.join(root(), name), 'utf8').catch(() => ''),
      picture: path.join(root(), name.replace('.txt', '.png')),
    });

    /** Moves a picture, with its caption if that is there. */
    async function moveWhatIsThere(from: string, to: string): Promise<void> {
      for (const extension of ['.txt', '.png']) {
        const [source = '', target = ''] = [from, to].map((one) => path.join(root(), one.replace('.txt', extension)));
        await rename(source, target).catch(() => undefined);
      }
    }

    it('edited by another program and renamed before anybody looked: the words are a person’s then', async () => {
      await tag('a.txt', '1girl, hat, cat, tree', 4321);
      await writeFile(path.join(root(), 'a.txt'), '1girl, tree, mine');
      await move('a.txt', 'b.txt');
      const expected = ['1girl: hand', 'tree: hand', 'mine: hand', '-hat', '-cat'];
      assert.deepEqual(await writersIn(root(), 'b.txt'), expected);
    });

    for (const isFile of [false, true]) {
      it(`emptied${isFile ? ', with a file' : ''}, and renamed`, async () => {
        await tag('a.txt', '1girl, hat, cat', 4321);
        await deleteByHand('a.txt', '1girl, cat');
        if (isFile) await writeFile(path.join(root(), 'a.txt'), '\n');
        else await remove('a.txt');
        await moveWhatIsThere('a.txt', 'b.txt');
        assert.deepEqual(await writersIn(root(), 'b.txt'), ['-hat']);
      });
    }

    it('also after something was written under the new name', async () => {
      await tag('a.txt', '1girl, hat, cat', 4321);
      await deleteByHand('a.txt', '1girl, cat');
      await remove('a.txt');
      await moveWhatIsThere('a.txt', 'b.txt');
      await deleteByHand('b.txt', 'mine');
      assert.deepEqual(await writersIn(root(), 'b.txt'), ['mine: hand', '-hat']);
    });

    it('until they are forgotten', async () => {
      await tag('a.txt', '1girl, hat, cat', 4321);
      await deleteByHand('a.txt', '1girl, cat');
      await remove('a.txt');
      await moveWhatIsThere('a.txt', 'b.txt');
      await forgetDeletions(root(), await deletionsIn(root(), [await present('b.txt')]));
      assert.deepEqual(await writersIn(root(), 'b.txt'), []);
    });

    it('but not where another picture has that size, the old one is still there, or the words are others', async () => {
      await tag('a.txt', '1girl, hat, cat', 4321);
      await deleteByHand('a.txt', '1girl, cat');
      await remove('a.txt');
      // Another image of this size, while the first is where it was.
      await writeFile(path.join(root(), 'other.png'), 'y'.repeat(4321));
      assert.deepEqual(await writersIn(root(), 'other.txt'), []);
      await moveWhatIsThere('a.txt', 'b.txt');
      const both = await readHistory(root(), [await present('b.txt'), await present('other.txt')]);
      assert.deepEqual(both.recognised, []);
      await writeFile(path.join(root(), 'other.txt'), 'sky, sea, boat');
      assert.deepEqual(await writersIn(root(), 'other.txt'), ['sky: hand', 'sea: hand', 'boat: hand']);
    });
  });
});
