import assert from 'node:assert/strict';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InPlaceWriter } from '../../../src/dataset/files/FileWriter';
import { TakenBackRecords } from '../../../src/records/TakenBackRecords';
import { currentStates, openSnapshot } from '../../../src/snapshots/CaptionStates';
import { compareStates, type Comparison } from '../../../src/snapshots/compareStates';
import { restoreFiles, type Restored } from '../../../src/snapshots/restoreFiles';
import { planRestore, type RestoreWish } from '../../../src/snapshots/restorePlan';
import type { Snapshot } from '../../../src/snapshots/store/snapshotTypes';
import { withTagOfBefore } from '../../../src/snapshots/tagOfBefore';
import { testFolder } from '../shared/testFolder';
import { captionFile, snapshotOf, writeCaptions } from './datasetOfTest';

describe('Comparing and restoring snapshots', () => {
  const root = testFolder();
  const read = (name: string): Promise<Buffer> => readFile(captionFile(root(), name));

  async function compared(first: Snapshot, second?: Snapshot): Promise<Comparison> {
    const before = await openSnapshot(root(), first, root());
    const after =
      second === undefined ? await currentStates(root(), root(), '.txt') : await openSnapshot(root(), second, root());
    return compareStates(before, after);
  }

  async function restored(
    snapshot: Snapshot,
    wish: RestoreWish = {},
    meanwhile?: () => Promise<void>,
  ): Promise<Restored> {
    const states = await openSnapshot(root(), snapshot, root());
    const now = await currentStates(root(), root(), '.txt');
    await meanwhile?.();
    return restoreFiles(planRestore(states, now, '.txt', wish), {
      folder: root(),
      snapshot: states,
      now,
      tag: wish.tag,
      writer: new InPlaceWriter(),
      records: await TakenBackRecords.of(root(), { by: 'bulk' }, 'off'),
      signal: new AbortController().signal,
    });
  }

  it('says per tag and sentence how many images gained and lost it, and which images changed', async () => {
    await writeCaptions(root(), { a: 'hat, cat', b: 'hat', c: 'cat, hat', d: 'hat', e: null });
    const first = await snapshotOf(root());
    await writeCaptions(root(), { a: 'hat, dog', b: 'dog\nA woman walks her dog.', c: 'hat, cat', f: 'dog' });
    await rm(path.join(root(), 'd.png'));
    const comparison = await compared(first);
    const { parts, changes, ...counts } = comparison;
    const whole = { damaged: [], lost: { before: 0, after: 0 } };
    assert.deepEqual(counts, { same: 1, changed: 3, onlyForm: 1, new: 1, gone: 1, unknown: 0, ...whole });
    assert.deepEqual(
      parts.find(({ text }) => text === 'hat'),
      { text: 'hat', kind: 'tag', came: 0, went: 2 },
    );
    assert.deepEqual(
      parts.find(({ text }) => text === 'A woman walks her dog.'),
      { text: 'A woman walks her dog.', kind: 'sentence', came: 1, went: 0 },
    );
    assert.deepEqual(changes.map(({ image }) => image).sort(), ['a.png', 'b.png', 'c.png', 'd.png', 'f.png']);
    assert.deepEqual(await compared(first, first), {
      same: 5,
      changed: 0,
      onlyForm: 0,
      new: 0,
      gone: 0,
      unknown: 0,
      ...whole,
      changes: [],
      parts: [],
    });
  });

  it('gives each caption its exact bytes back, and deletes those that were not there', async () => {
    const exact = { a: Buffer.from([0x68, 0xe4, 0x0d, 0x0a]), b: '\uFEFFhat\r\n', c: null, d: 'gone by now' };
    await writeCaptions(root(), exact);
    const snapshot = await snapshotOf(root());
    await writeCaptions(root(), { a: 'x', b: 'y', c: 'came later', new: 'stays' });
    await rm(captionFile(root(), 'd'));
    const { restored: images, left } = await restored(snapshot);
    assert.deepEqual([images.sort(), left], [['a.png', 'b.png', 'c.png', 'd.png'], []]);
    assert.deepEqual(await read('a'), exact.a);
    assert.deepEqual(await read('b'), Buffer.from(exact.b));
    await assert.rejects(stat(captionFile(root(), 'c')), { code: 'ENOENT' });
    assert.equal((await read('d')).toString(), exact.d);
    assert.equal((await read('new')).toString(), 'stays');
  });

  it('restores chosen images only', async () => {
    await writeCaptions(root(), { a: 'hat', b: 'cat' });
    const snapshot = await snapshotOf(root());
    await writeCaptions(root(), { a: 'x', b: 'y' });
    await restored(snapshot, { isWanted: (image) => image === 'b.png' });
    assert.deepEqual([(await read('a')).toString(), (await read('b')).toString()], ['x', 'cat']);
  });

  it('leaves a caption alone that was changed since it was looked at', async () => {
    await writeCaptions(root(), { a: 'hat', b: 'cat' });
    const snapshot = await snapshotOf(root());
    await writeCaptions(root(), { a: 'x', b: 'y' });
    const { left } = await restored(snapshot, {}, () => writeFile(captionFile(root(), 'a'), 'typed meanwhile'));
    assert.deepEqual(
      left.map(({ path: image }) => image),
      ['a.png'],
    );
    assert.deepEqual([(await read('a')).toString(), (await read('b')).toString()], ['typed meanwhile', 'cat']);
  });

  it('restores one tag everywhere and nothing else', async () => {
    await writeCaptions(root(), { a: 'hat, cat, dog', b: 'cat', c: '\uFEFFhat, cat\r\n', d: 'hat' });
    const snapshot = await snapshotOf(root());
    await writeCaptions(root(), { a: 'hat, new, dog', b: 'cat, hat', c: '\uFEFFhat, red cat\r\n', d: 'x' });
    const { restored: images } = await restored(snapshot, { tag: 'Cat' });
    assert.deepEqual(images.sort(), ['a.png', 'c.png']);
    assert.equal((await read('a')).toString(), 'hat, cat, new, dog');
    assert.equal((await read('b')).toString(), 'cat, hat');
    assert.equal((await read('c')).toString(), '\uFEFFhat, cat, red cat\r\n');
  });

  const table: [now: string, before: string, tag: string, after: string][] = [
    ['a, c', 'a, b, c', 'b', 'a, b, c'],
    ['c', 'a, b, c', 'b', 'b, c'],
    ['', 'b', 'b', 'b'],
    ['a, b, c', 'a, c', 'b', 'a, c'],
    ['a, b', '', 'b', 'a'],
    ['b', '', 'b', ''],
    ['a, B_b', 'b b, x', 'b b', 'a, B_b'],
    ['a', 'a', 'b', 'a'],
    ['{"a": 1}', 'b', 'b', '{"a": 1}'],
    [
      'a. A cat sits here, old.',
      'a. A cat sits here, old. It sleeps, too.',
      'It sleeps, too.',
      'a. A cat sits here, old. It sleeps, too.',
    ],
    ['a. A cat sits here, old. It sleeps, too.', 'a', 'A cat sits here, old.', 'a. It sleeps, too.'],
    ['a, A cat sits here, old.', 'a', 'A cat sits here, old.', 'a'],
    ['c, a\nsecond', 'a, Long_Hair\nx', 'long hair', 'c, a, Long_Hair\nsecond'],
  ];
  for (const [now, before, tag, after] of table) {
    it(`gives "${now}" the tag ${tag} of "${before}"`.replaceAll('\n', '\\n'), () => {
      assert.equal(withTagOfBefore(now, before, tag), after);
    });
  }
});
