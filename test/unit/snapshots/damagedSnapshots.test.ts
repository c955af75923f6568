import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InPlaceWriter } from '../../../src/dataset/files/FileWriter';
import { TakenBackRecords } from '../../../src/records/TakenBackRecords';
import { currentStates, openSnapshot } from '../../../src/snapshots/CaptionStates';
import { compareStates } from '../../../src/snapshots/compareStates';
import { restoreFiles, type Restored } from '../../../src/snapshots/restoreFiles';
import { planRestore } from '../../../src/snapshots/restorePlan';
import { ContentStore } from '../../../src/snapshots/store/ContentStore';
import { keyOf, keyText } from '../../../src/snapshots/store/captionKey';
import { PackWriter } from '../../../src/snapshots/store/PackWriter';
import { makeSnapshotFolder, snapshotFolderOf } from '../../../src/snapshots/store/snapshotFolder';
import type { Snapshot } from '../../../src/snapshots/store/snapshotTypes';
import { seededRandom, testFolder } from '../shared/testFolder';
import { captionFile, snapshotOf, textsOf, writeCaptions } from './datasetOfTest';

describe('A snapshot whose files are damaged', () => {
  const root = testFolder();
  const random = seededRandom(18);
  const filesOf = async (ending: string): Promise<string[]> =>
    (await readdir(snapshotFolderOf(root())))
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => path.join(snapshotFolderOf(root()), name));

  /** Texts that take the room of several groups. */
  const longTexts = (count: number): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => {
        const tags = Array.from({ length: 1500 }, () => random(1e9).toString(36));
        return [String(index).padStart(4, '0'), tags.join(', ')];
      }),
    );

  async function flip(file: string, at: number): Promise<void> {
    const bytes = await readFile(file);
    bytes.writeUInt8((bytes[at] ?? 0) ^ (1 + random(255)), at);
    await writeFile(file, bytes);
  }

  /** Makes a list of a snapshot one that no pack has. */
  async function loseList(snapshot: Snapshot, at: number): Promise<Snapshot> {
    const [file = ''] = (await filesOf('.snapshot')).filter((one) => one.includes(snapshot.id));
    const lost = keyOf(Buffer.from('a list that is gone'));
    const lists = snapshot.lists.map((list, index) => (index === at ? lost : list));
    const stored = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...stored, lists: lists.map(keyText) }));
    return { ...snapshot, lists };
  }

  async function restore(snapshot: Snapshot): Promise<Restored> {
    const states = await openSnapshot(root(), snapshot, root());
    const now = await currentStates(root(), root(), '.txt');
    return restoreFiles(planRestore(states, now, '.txt'), {
      folder: root(),
      snapshot: states,
      now,
      writer: new InPlaceWriter(),
      records: await TakenBackRecords.of(root(), { by: 'bulk' }, 'off'),
      signal: new AbortController().signal,
    });
  }

  it('restores to the byte whatever is whole, and names the others, wherever a byte of a pack has flipped', async () => {
    const then = longTexts(100);
    const now = Object.fromEntries(Object.keys(then).map((name) => [name, `now ${name}`]));
    await writeCaptions(root(), then);
    const snapshot = await snapshotOf(root());
    await writeCaptions(root(), now);
    await snapshotOf(root());
    const [pack = ''] = await filesOf('.pack');
    const whole = await readFile(pack);
    assert.ok(whole.length > 6e5, 'there are several groups');
    const places = [0, 5, 9, 14, 40, ...Array.from({ length: 4 }, () => random(whole.length))];
    for (const at of places) {
      await flip(pack, at);
      const { restored, left } = await restore(snapshot);
      const named = new Set(left.map(({ path: image }) => path.basename(image, '.png')));
      assert.equal(restored.length + named.size, 100, `every image is restored or named, byte ${at}`);
      assert.ok(restored.length > 0, `byte ${at}`);
      for (const [name, text] of Object.entries(then)) {
        const held = await readFile(captionFile(root(), name), 'utf8');
        assert.equal(held, named.has(name) ? `now ${name}` : text, `${name}, byte ${at}`);
      }
      await writeFile(pack, whole);
      await writeCaptions(root(), now);
    }
  }).timeout(120_000);

  it('loses a group at most where the head of one is damaged', async () => {
    const folder = await makeSnapshotFolder(root());
    const writer = new PackWriter(folder, Date.now());
    const contents = Array.from({ length: 6 }, (_, index) => Buffer.alloc(600_000, `${index} ${random(1e9)} `));
    for (const content of contents) await writer.add(keyOf(content), content);
    await writer.finish();
    const file = path.join(folder, writer.name);
    const whole = await readFile(file);
    const heads: number[] = [];
    for (let at = whole.indexOf('DCS1'); at >= 0; at = whole.indexOf('DCS1', at + 1)) heads.push(at);
    assert.equal(heads.length, 6);
    for (const head of heads) {
      for (let byte = 0; byte < 16; byte++) {
        await flip(file, head + byte);
        const store = await ContentStore.open(root(), { withDoomed: false });
        const read = await Promise.all(contents.map((one) => store.read(keyOf(one)).catch(() => undefined)));
        const lost = read.filter((one) => one === undefined).length;
        assert.ok(lost <= 1, `${lost} are lost with byte ${byte} of a head`);
        for (const [index, one] of read.entries()) if (one !== undefined) assert.ok(one.equals(contents[index]!));
        await writeFile(file, whole);
      }
    }
  }).timeout(60_000);

  it('is compared all the same: what is damaged is named and counts as unknown', async () => {
    await writeCaptions(root(), { a: 'hat', b: 'cat', c: 'dog' });
    const first = await snapshotOf(root());
    await rm((await filesOf('.pack'))[0]!);
    for (const known of await filesOf('.known')) await rm(known);
    await writeCaptions(root(), { a: 'hat', b: 'cat, tree', c: 'dog' });
    const second = await snapshotOf(root());
    const lists = await ContentStore.open(root(), { withDoomed: false });
    // The first list is gone with its pack; that of the second has all.
    assert.ok(lists.has(second.lists[0]!));
    const before = await openSnapshot(root(), { ...first, lists: second.lists }, root());
    const keys = new Map(before.keys).set('b.png', keyOf(Buffer.from('cat')));
    const comparison = await compareStates({ ...before, keys }, await openSnapshot(root(), second, root()));
    assert.deepEqual(comparison.damaged, [{ image: 'b.png', in: 'before' }]);
    assert.deepEqual([comparison.same, comparison.changed, comparison.unknown], [2, 0, 1]);
  });

  it('restores the rest where one of its lists is damaged, and names the images that it may have had', async () => {
    const then = Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`${index}`, `then ${index}`]));
    await writeCaptions(root(), then);
    const made = await snapshotOf(root());
    assert.ok(made.lists.length > 1);
    const whole = await openSnapshot(root(), made, root());
    const snapshot = await loseList(made, 0);
    const states = await openSnapshot(root(), snapshot, root());
    const had = [...whole.keys.keys()].filter((image) => !states.keys.has(image));
    assert.equal(states.lost, had.length);
    await writeCaptions(root(), Object.fromEntries(Object.keys(then).map((name) => [name, 'now'])));

    const comparison = await compareStates(states, await currentStates(root(), root(), '.txt'));
    assert.deepEqual(comparison.damaged.map(({ image }) => image).sort(), [...had].sort());
    assert.deepEqual([comparison.changed, comparison.new], [1500 - had.length, 0]);

    const { restored, left } = await restore(snapshot);
    assert.deepEqual(left.map(({ path: image }) => image).sort(), [...had].sort());
    assert.match(left[0]?.reason ?? '', /list of the images of the snapshot is damaged/);
    assert.equal(restored.length, 1500 - had.length);
    assert.equal(
      await readFile(captionFile(root(), path.basename(restored[0]!, '.png')), 'utf8'),
      `then ${path.basename(restored[0]!, '.png')}`,
    );
  }).timeout(60_000);

  it('harms no later one: what is damaged in a pack is written anew, and the earlier one has it again', async () => {
    const captions = { a: 'hat, cat, long hair', b: 'cat, tree, blue sky', c: 'dog' };
    await writeCaptions(root(), captions);
    const first = await snapshotOf(root());
    const [pack = ''] = await filesOf('.pack');
    const whole = await readFile(pack);
    for (let at = 0; at < whole.length; at += 23) {
      await flip(pack, at);
      const second = await snapshotOf(root());
      const expected = Object.fromEntries(Object.entries(captions).map(([name, text]) => [`${name}.png`, text]));
      assert.deepEqual(await textsOf(root(), second), expected, `byte ${at}`);
      assert.deepEqual(await textsOf(root(), first), expected, `the earlier one, byte ${at}`);
      for (const one of (await filesOf('.pack')).slice(1)) await rm(one);
      for (const known of await filesOf('.known')) await rm(known);
      await writeFile(pack, whole);
      await snapshotOf(root());
    }
  }).timeout(60_000);

  it('is whole where a byte of what is known of the last one has flipped', async () => {
    const captions = { a: 'hat', b: 'cat', c: null };
    await writeCaptions(root(), captions);
    await snapshotOf(root());
    const [known = ''] = await filesOf('.known');
    const whole = await readFile(known);
    for (let at = 0; at < whole.length; at += 17) {
      await flip(known, at);
      assert.deepEqual(await textsOf(root(), await snapshotOf(root())), {
        'a.png': 'hat',
        'b.png': 'cat',
        'c.png': null,
      });
      await writeFile(known, whole);
    }
  }).timeout(60_000);

  it('does not keep captions from being restored whose present content is damaged in a pack', async () => {
    await writeCaptions(root(), { a: 'hat', b: 'cat' });
    const then = await snapshotOf(root());
    await writeCaptions(root(), { a: 'now a', b: 'now b' });
    await snapshotOf(root());
    const states = await openSnapshot(root(), then, root());
    const now = await currentStates(root(), root(), '.txt');
    const [, later = ''] = await filesOf('.pack');
    await flip(later, (await readFile(later)).length - 4);
    const { restored, left } = await restoreFiles(planRestore(states, now, '.txt'), {
      folder: root(),
      snapshot: states,
      now,
      writer: new InPlaceWriter(),
      records: await TakenBackRecords.of(root(), { by: 'bulk' }, 'off'),
      signal: new AbortController().signal,
    });
    assert.deepEqual([restored.sort(), left], [['a.png', 'b.png'], []]);
  });
});
