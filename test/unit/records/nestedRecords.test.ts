import assert from 'node:assert/strict';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { captionChange } from '../../../src/records/captionChange';
import { readHistory } from '../../../src/records/edits/readHistory';
import { RecordReader } from '../../../src/records/lookup/RecordReader';
import type { CaptionOrigins } from '../../../src/records/originsOf';
import type { Author } from '../../../src/records/recordEntry';
import { recordRootOf } from '../../../src/records/recordFolder';
import { RecordWriter } from '../../../src/records/RecordWriter';
import { TakenBackRecords } from '../../../src/records/TakenBackRecords';
import { testFolder } from '../shared/testFolder';
import { OpenDataset, writersIn } from './edits/OpenDataset';
import { tagger } from './writeEntries';

const hand: Author = { by: 'hand' };

describe('Records of a folder in a dataset, and of one around it', () => {
  const root = testFolder();

  /** Somebody writes a caption, with a record of the dataset that is open. */
  async function write(
    dataset: string,
    caption: string,
    before: string,
    after: string,
    author = tagger,
  ): Promise<void> {
    const file = path.join(root(), dataset, caption);
    await mkdir(path.dirname(file), { recursive: true });
    const writer = new RecordWriter(path.join(root(), dataset));
    const given = author === tagger ? new Map(after.split(', ').map((one) => [one, 0.9])) : 'all';
    const finish = await writer.write({ kind: 'written', caption, author, ...captionChange(before, after, given) });
    await writeFile(file, after);
    finish();
    await writer.close();
    await sleep(2);
  }

  function short({ parts, deleted }: CaptionOrigins): string[] {
    return [...parts.map(({ text, by }) => `${text}: ${by}`), ...deleted.map(({ text }) => `-${text}`)];
  }

  /** Who wrote what, by the two readers of records: that of jobs and the command line, and that of the window. */
  async function writers(dataset: string, caption: string, text: string): Promise<string[]> {
    const place = path.join(root(), dataset);
    const { history } = await readHistory(place, [{ caption, text, picture: '' }]);
    const [origins] = await new RecordReader(place).originsOf([{ caption, text }]);
    const said = short(history.originsOf(caption, text));
    assert.deepEqual(short(origins!), said, 'both readers say the same');
    return said;
  }

  for (const sub of ['set', 'a set/10_cat', 'ねこ "odd" set/b'])
    it(`are read from the dataset around it (${sub})`, async () => {
      await write(sub, 'more/a.txt', '', '1girl, hat, cat');
      await write(sub, 'more/a.txt', '1girl, hat, cat', '1girl, cat', hand);
      const expected = ['1girl: tagger', 'cat: tagger', '-hat'];
      assert.deepEqual(await writers('', `${sub}/more/a.txt`, '1girl, cat'), expected);
      // Also where the dataset around it has some of its own, also of that caption.
      await write('', `${sub}/more/a.txt`, '1girl, cat', '1girl, dog');
      assert.deepEqual(await writers('', `${sub}/more/a.txt`, '1girl, dog'), ['1girl: tagger', 'dog: tagger', '-hat']);
      assert.deepEqual(await writers('', 'other.txt', '1girl, cat'), ['1girl: hand', 'cat: hand']);
      assert.deepEqual(await writers(sub, 'more/a.txt', '1girl, dog'), ['1girl: tagger', 'dog: tagger', '-hat']);
    });

  it('are read in a folder that has some of its own by now', async () => {
    await write('', 'set/a.txt', '', '1girl, hat');
    await write('', 'set/a.txt', '1girl, hat', '1girl', hand);
    await write('set', 'b.txt', '', 'tree');
    assert.equal(recordRootOf(path.join(root(), 'set')), path.join(root(), 'set'));
    assert.deepEqual(await writers('set', 'a.txt', '1girl'), ['1girl: tagger', '-hat']);
    assert.deepEqual(await writers('set', 'b.txt', 'tree'), ['tree: tagger']);
    assert.deepEqual(await writers('', 'set/b.txt', 'tree'), ['tree: tagger']);
  });

  it('are those of a copy of the dataset in itself, too', async () => {
    await write('', 'a.txt', '', '1girl, hat');
    await mkdir(path.join(root(), 'copy'));
    for (const name of ['a.txt', '.dataset-captions'])
      await cp(path.join(root(), name), path.join(root(), 'copy', name), { recursive: true });
    assert.deepEqual(await writers('', 'a.txt', '1girl, hat'), ['1girl: tagger', 'hat: tagger']);
    assert.deepEqual(await writers('', 'copy/a.txt', '1girl, hat'), ['1girl: tagger', 'hat: tagger']);
  });

  it('say which name a caption had there', async () => {
    await write('set', 'a.txt', '', '1girl, hat');
    const writer = new RecordWriter(path.join(root(), 'set'));
    await writer.move({ from: 'a.txt', to: 'b.txt' });
    await writer.close();
    assert.deepEqual(await writers('', 'set/b.txt', '1girl, hat'), ['1girl: tagger', 'hat: tagger']);
  });

  it('explain to a window of the dataset around it what a job wrote there, so that nothing counts as deleted', async () => {
    await write('set', 'a.txt', '', '1girl, hat');
    await writeFile(path.join(root(), 'set', 'a.png'), '');
    const window = await OpenDataset.open(root());
    await write('set', 'a.txt', '1girl, hat', '1girl, cat');
    await window.dataset.reconcile(['set/a.txt']);
    await window.close();
    assert.deepEqual(await writersIn(root(), 'set/a.txt'), ['1girl: tagger', 'cat: tagger']);
  });

  it('get to know what is taken back from the dataset around it', async () => {
    await write('set', 'a.txt', '', '1girl');
    await write('set', 'a.txt', '1girl', '1girl, hat');
    const file = path.join(root(), 'set', 'a.txt');
    const records = await TakenBackRecords.of(root(), tagger, 'dataset');
    const finish = await records.record({ file, picture: '' }, '1girl, hat', '1girl');
    await writeFile(file, '1girl');
    finish();
    await records.close();
    assert.deepEqual(await writers('', 'set/a.txt', '1girl'), ['1girl: tagger']);
    assert.deepEqual(await writers('set', 'a.txt', '1girl'), ['1girl: tagger']);
  });
});
