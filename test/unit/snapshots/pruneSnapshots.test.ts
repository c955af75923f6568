import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { dropUnneeded, pruneSnapshots } from '../../../src/snapshots/pruneSnapshots';
import { snapshotFolderOf } from '../../../src/snapshots/store/snapshotFolder';
import { deleteSnapshot, listSnapshots, writeSnapshot } from '../../../src/snapshots/store/snapshotFiles';
import type { Snapshot } from '../../../src/snapshots/store/snapshotTypes';
import { seededRandom, testFolder } from '../shared/testFolder';
import { captionFile, snapshotOf, textsOf, writeCaptions } from './datasetOfTest';

const day = 24 * 3_600_000;

describe('Pruning snapshots', () => {
  const root = testFolder();
  const ids = async (): Promise<string[]> => (await listSnapshots(root())).snapshots.map(({ id }) => id);
  const packs = async (): Promise<string[]> =>
    (await readdir(snapshotFolderOf(root()))).filter((name) => name.endsWith('.pack'));

  /** A snapshot that was made by itself so many days ago. */
  async function automatic(days: number, options: Partial<Snapshot> = {}): Promise<Snapshot> {
    const made = await snapshotOf(root(), { cause: 'job' });
    const older = { ...made, created: Date.now() - days * day, ...options };
    await writeSnapshot(root(), older);
    return older;
  }

  it('deletes what was made by itself and is older than its limit, never what a person named or made', async () => {
    await writeCaptions(root(), { a: 'hat' });
    const old = await automatic(31);
    const named = await automatic(400, { name: 'mine' });
    const byHand = await snapshotOf(root());
    await writeSnapshot(root(), { ...byHand, created: Date.now() - 400 * day });
    const longer = await automatic(31, { limits: { days: 60, megabytes: 500 } });
    const { snapshots } = await pruneSnapshots(root());
    assert.deepEqual(snapshots, [old.id]);
    assert.deepEqual((await ids()).sort(), [named.id, byHand.id, longer.id].sort());
  });

  it('deletes contents that nobody needs, but only an hour after that was noted', async () => {
    await writeCaptions(root(), { a: 'first'.repeat(100), b: 'stays' });
    const first = await snapshotOf(root());
    await writeFile(captionFile(root(), 'a'), 'second');
    await writeFile(captionFile(root(), 'b'), 'other');
    const second = await snapshotOf(root());
    assert.equal((await packs()).length, 2);
    await deleteSnapshot(root(), first.id);
    await dropUnneeded(root());
    await pruneSnapshots(root());
    assert.equal((await packs()).length, 2);
    const { packs: deleted } = await pruneSnapshots(root(), { now: Date.now() + 2 * 3_600_000 });
    assert.equal(deleted, 1);
    assert.equal((await packs()).length, 1);
    assert.deepEqual(await textsOf(root(), second), { 'a.png': 'second', 'b.png': 'other' });
  });

  it('leaves a new snapshot whole that was made of doomed contents: they are written again', async () => {
    await writeCaptions(root(), { a: 'first' });
    await deleteSnapshot(root(), (await snapshotOf(root())).id);
    await dropUnneeded(root());
    const again = await snapshotOf(root());
    await pruneSnapshots(root(), { now: Date.now() + 2 * 3_600_000 });
    assert.deepEqual(await textsOf(root(), again), { 'a.png': 'first' });
  });

  it('keeps what is needed of a pack that is mostly unneeded', async () => {
    const random = seededRandom(3);
    const noise = (): string => Array.from({ length: 200 }, () => random(1e9)).join(' ');
    await writeCaptions(root(), { a: 'stays', b: noise(), c: noise() });
    const first = await snapshotOf(root());
    await writeCaptions(root(), { b: 'x', c: 'y' });
    const second = await snapshotOf(root());
    await deleteSnapshot(root(), first.id);
    await dropUnneeded(root());
    await pruneSnapshots(root(), { now: Date.now() + 2 * 3_600_000 });
    assert.deepEqual(await textsOf(root(), second), { 'a.png': 'stays', 'b.png': 'x', 'c.png': 'y' });
    const third = await snapshotOf(root());
    assert.deepEqual(await textsOf(root(), third), { 'a.png': 'stays', 'b.png': 'x', 'c.png': 'y' });
  });

  it('joins packs where there are many', async () => {
    for (let round = 0; round < 51; round++) {
      await writeCaptions(root(), { a: `round ${round}` });
      await snapshotOf(root());
    }
    await pruneSnapshots(root());
    await pruneSnapshots(root(), { now: Date.now() + 2 * 3_600_000 });
    assert.ok((await packs()).length < 5, `${(await packs()).length} packs`);
    const { snapshots } = await listSnapshots(root());
    for (const [index, snapshot] of snapshots.entries()) {
      assert.deepEqual(await textsOf(root(), snapshot), { 'a.png': `round ${index}` });
    }
  }).timeout(60_000);

  it('deletes the oldest that were made by themselves where all take too much room, not the last one', async () => {
    const random = seededRandom(5);
    const made: Snapshot[] = [];
    for (let round = 0; round < 4; round++) {
      const noise = Buffer.from(Array.from({ length: 700_000 }, () => random(256)));
      await writeCaptions(root(), { a: noise });
      made.push(await automatic(10 - round, { limits: { days: 30, megabytes: 2 } }));
    }
    const { snapshots } = await pruneSnapshots(root());
    assert.deepEqual(
      snapshots.sort(),
      made
        .slice(0, 2)
        .map(({ id }) => id)
        .sort(),
    );
    assert.equal((await ids()).length, 2);
  });

  it('may be done while others make and read snapshots', async () => {
    await writeCaptions(root(), Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}`, `${index}`])));
    for (let round = 0; round < 6; round++) {
      await writeCaptions(root(), { [round]: `round ${round}` });
      const [, made] = await Promise.all([pruneSnapshots(root()), snapshotOf(root()), automatic(40)]);
      const texts = await textsOf(root(), made);
      assert.equal(texts[`${round}.png`], `round ${round}`);
      await dropUnneeded(root());
    }
    await pruneSnapshots(root(), { now: Date.now() + 2 * 3_600_000 });
    for (const snapshot of (await listSnapshots(root())).snapshots) {
      assert.equal(Object.keys(await textsOf(root(), snapshot)).length, 40);
    }
  }).timeout(60_000);
});
