import assert from 'node:assert/strict';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { applyEdits, replayEdits } from '../../../../src/dataset/edits/bulkEdits';
import { Dataset } from '../../../../src/dataset/Dataset';
import { longestBlock, mostBlocked } from '../../shared/longestBlock';
import { captionOf, openDataset } from '../openDataset';
import { ownTime } from '../../shared/ownTime';
import { fingerprint, testFolder, type TestFiles } from '../../shared/testFolder';

describe('An edit of many captions', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const inFolder = (name: string): string => path.join(folder(), name);

  const bytes: TestFiles = {
    'bom.txt': '\uFEFFa, b\r\n',
    'crlf.txt': 'a\r\nb, c\r\nd\r\n',
    'bare.txt': 'no line end',
    'mixed.txt': 'a\r\nb\nc\rd\n\n',
    'blank.txt': '  a ,b  \n',
    'empty.txt': '',
    'end.txt': '\n',
    'wide.txt': 'caf\u00e9, \u{1F600}\u2028x\n',
  };
  const images = Object.fromEntries(
    [...Object.keys(bytes), 'none.txt'].map((name) => [name.replace('.txt', '.jpg'), '']),
  );

  async function contents(): Promise<Record<string, string | undefined>> {
    const found: Record<string, string | undefined> = {};
    for (const image of Object.keys(images)) {
      const name = image.replace('.jpg', '.txt');
      found[name] = await readFile(inFolder(name), 'latin1').catch(() => undefined);
    }
    return found;
  }

  it('is undone in one step to the same bytes, whatever they were, and done again', async () => {
    const dataset = await openDataset(folder(), { ...images, ...bytes });
    const before = await contents();
    const edits = dataset.allImages.map(({ caption }) => ({ caption, text: `${caption.text}, added` }));
    const { changes, leftOut } = await applyEdits(dataset, edits);
    assert.equal(changes.length, 9);
    assert.deepEqual(leftOut, []);
    await dataset.save();
    const after = await contents();
    for (const [name, content] of Object.entries(after)) assert.match(content ?? '', /, added/, name);
    assert.deepEqual(await replayEdits(dataset, changes, 'undo'), []);
    await dataset.save();
    assert.deepEqual(await contents(), before);
    assert.deepEqual(await replayEdits(dataset, changes, 'redo'), []);
    await dataset.save();
    assert.deepEqual(await contents(), after);
  });

  it('leaves out what must not be written now, says why, and edits the rest', async () => {
    const dataset = await openDataset(folder(), {
      'good.jpg': '',
      'good.txt': 'a',
      'latin.jpg': '',
      'latin.txt': Buffer.from([0x63, 0xe9]),
      'theirs.jpg': '',
      'theirs.txt': 'old',
    });
    dataset.setText(captionOf(dataset, 'theirs.jpg'), 'mine');
    await writeFile(inFolder('theirs.txt'), 'theirs');
    await dataset.reconcile(['theirs.txt']);
    const latin = await fingerprint(inFolder('latin.txt'));
    const edits = dataset.allImages.map(({ caption }) => ({ caption, text: 'all the same' }));
    const { changes, leftOut } = await applyEdits(dataset, edits);
    assert.deepEqual(
      changes.map(({ caption }) => caption.path),
      ['good.txt'],
    );
    assert.deepEqual(
      leftOut.map(({ path: left }) => left),
      ['latin.txt', 'theirs.txt'],
    );
    assert.match(leftOut[0]?.reason ?? '', /not UTF-8/);
    assert.match(leftOut[1]?.reason ?? '', /Another program/);
    await dataset.save();
    assert.equal(await readFile(inFolder('good.txt'), 'utf8'), 'all the same');
    assert.equal(await fingerprint(inFolder('latin.txt')), latin);
    assert.equal(await readFile(inFolder('theirs.txt'), 'utf8'), 'theirs');
    assert.equal(captionOf(dataset, 'theirs.jpg').text, 'mine');
  });

  it('counts a caption that several images share once, and undoes all that became of it', async () => {
    const dataset = await openDataset(folder(), { 'a.jpg': '', 'a.png': '', 'a.txt': 'old' });
    const edits = dataset.allImages.map(({ caption }, index) => ({ caption, text: `text ${index}` }));
    const { changes } = await applyEdits(dataset, edits);
    assert.equal(changes.length, 1);
    assert.equal(captionOf(dataset, 'a.jpg').text, 'text 1');
    assert.deepEqual(await replayEdits(dataset, changes, 'undo'), []);
    assert.equal(captionOf(dataset, 'a.jpg').text, 'old');
    assert.equal(captionOf(dataset, 'a.jpg').isDirty, false);
  });

  it('leaves out what is not as it was shown when its turn comes, or is not in the dataset any more', async () => {
    const files = { 'a.jpg': '', 'a.txt': 'a', 'b.jpg': '', 'b.txt': 'b', 'c.jpg': '', 'c.txt': 'c', 'd.jpg': '' };
    const dataset = await openDataset(folder(), files);
    const edits = dataset.allImages.map(({ caption }) => ({ caption, text: 'bulk', expected: caption.raw }));
    dataset.setText(captionOf(dataset, 'b.jpg'), 'typed since');
    await rm(inFolder('c.jpg'));
    await writeFile(inFolder('d.txt'), 'came since');
    await dataset.reconcile(['c.jpg', 'd.txt']);
    const { changes, leftOut } = await applyEdits(dataset, edits);
    assert.deepEqual(
      changes.map(({ caption, before, after }) => [caption.path, before, after]),
      [['a.txt', 'a', 'bulk']],
    );
    const changed = 'It was changed since it was shown.';
    assert.deepEqual(leftOut, [
      { path: 'b.txt', reason: changed },
      { path: 'c.txt', reason: 'Its image is not in the dataset any more.' },
      { path: 'd.txt', reason: changed },
    ]);
    assert.equal(captionOf(dataset, 'b.jpg').text, 'typed since');
  });

  it('of an image that went and came back is made in its caption of now', async () => {
    const dataset = await openDataset(folder(), { 'a.jpg': '', 'a.txt': 'a', 'b.jpg': '' });
    const caption = captionOf(dataset, 'a.jpg');
    await rm(inFolder('a.jpg'));
    await dataset.reconcile(['a.jpg']);
    await writeFile(inFolder('a.jpg'), '');
    await dataset.reconcile(['a.jpg']);
    assert.equal((await applyEdits(dataset, [{ caption, text: 'new', expected: 'a' }])).changes.length, 1);
    assert.equal(captionOf(dataset, 'a.jpg').text, 'new');
  });

  it('changes nothing when it fails in the middle', async () => {
    const dataset = await openDataset(folder(), { ...images, ...bytes });
    const before = dataset.allImages.map(({ caption }) => caption.text);
    function* edits(): Generator<{ caption: ReturnType<typeof captionOf>; text: string }> {
      for (const [index, { caption }] of dataset.allImages.entries()) {
        if (index === 5) throw new Error('no more');
        yield { caption, text: 'changed' };
      }
    }
    await assert.rejects(applyEdits(dataset, edits() as never), /no more/);
    assert.deepEqual(
      dataset.allImages.map(({ caption }) => caption.text),
      before,
    );
    assert.equal([...dataset.dirtyCaptions].length, 0);
  });

  it('leaves alone what another program wrote since, and takes the rest back', async () => {
    const dataset = await openDataset(folder(), { 'a.jpg': '', 'a.txt': 'a', 'b.jpg': '', 'b.txt': 'b' });
    const edits = dataset.allImages.map(({ caption }) => ({ caption, text: 'bulk' }));
    const { changes } = await applyEdits(dataset, edits);
    await dataset.save();
    await writeFile(inFolder('a.txt'), 'written since');
    await dataset.reconcile(['a.txt']);
    const left = await replayEdits(dataset, changes, 'undo');
    assert.deepEqual(
      left.map(({ path: name }) => name),
      ['a.txt'],
    );
    await dataset.save();
    assert.equal(await readFile(inFolder('a.txt'), 'utf8'), 'written since');
    assert.equal(await readFile(inFolder('b.txt'), 'utf8'), 'b');
  });

  it('of 20,000 captions lets everything else have its turn, there and back', async () => {
    const scanned = Array.from({ length: 20_000 }, (_, index) => ({
      path: `${index}.jpg`,
      captionPath: `${index}.txt`,
    }));
    const dataset = await Dataset.ofImages(folder(), scanned, { captionExtension: '.txt', emptiedCaption: 'delete' });
    const edits = dataset.allImages.map(({ caption }) => ({ caption, text: '1girl, solo, long hair, '.repeat(12) }));
    let applied = Infinity;
    const blocked = await longestBlock(async () => {
      const start = ownTime();
      const { changes } = await applyEdits(dataset, edits);
      applied = Math.min(applied, ownTime() - start);
      assert.equal(changes.length, 20_000);
      await replayEdits(dataset, changes, 'undo');
      assert.equal([...dataset.dirtyCaptions].length, 0);
    });
    assert.ok(applied < 1000, `applied in ${applied} ms`);
    assert.ok(blocked < mostBlocked, `the loop waited ${blocked} ms`);
    await assert.rejects(stat(inFolder('0.txt')), 'nothing was written');
  });
});
