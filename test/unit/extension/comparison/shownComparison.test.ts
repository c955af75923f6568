import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ShownComparison } from '../../../../src/extension/comparison/ShownComparison';
import { currentStates, openSnapshot } from '../../../../src/snapshots/CaptionStates';
import { compareStates } from '../../../../src/snapshots/compareStates';
import { captionFile, snapshotOf, writeCaptions } from '../../snapshots/datasetOfTest';
import { testFolder } from '../../shared/testFolder';

describe('A comparison that a grid shows', () => {
  const folder = testFolder();
  const version = (): Promise<string> => Promise.resolve('1');

  async function compared(then: Record<string, string | null>, change: () => Promise<void>): Promise<ShownComparison> {
    const root = folder();
    await writeCaptions(root, then);
    const snapshot = await snapshotOf(root);
    await change();
    const before = await openSnapshot(root, snapshot, root);
    const after = await currentStates(root, root, '.txt');
    const result = await compareStates(before, after);
    return new ShownComparison(result, { name: 'then', states: before }, { name: 'Now', states: after }, null, ', ');
  }
  const all = { text: '', isWhole: false };
  const lines = async (shown: ShownComparison, view: number): Promise<string[]> =>
    (await shown.items(view, 0, 100, version)).map(({ images, note, pieces }) =>
      [
        images.join(),
        ...(note === undefined ? [] : [`(${note})`]),
        ...pieces.flatMap(({ kind, text }) => (kind === 'added' ? `+${text}` : kind === 'removed' ? `-${text}` : [])),
      ].join(' '),
    );

  it('has a row for each image whose caption differs, in the order of the grid, with what came and went', async () => {
    const then = { a2: 'cat, hat', a10: 'dog', same: 'x', old: 'bird', order: 'one, two' };
    const shown = await compared(then, async () => {
      await writeCaptions(folder(), { a2: 'cat, red hat', a10: 'dog, big', fresh: 'fish', order: 'two, one' });
      await rm(path.join(folder(), 'old.png'));
      await rm(captionFile(folder(), 'old'));
    });
    const { changed, onlyForm, came, gone, same } = shown.summary(1);
    assert.deepEqual({ changed, onlyForm, came, gone, same }, { changed: 3, onlyForm: 1, came: 1, gone: 1, same: 1 });
    const { view, rows } = shown.show(all);
    assert.equal(rows, 5);
    assert.deepEqual(await lines(shown, view), [
      'a2.png -hat +red hat',
      'a10.png +big',
      'fresh.png (new) +fish',
      'old.png (gone) -bird',
      'order.png (onlyForm)',
    ]);
    assert.deepEqual(await shown.texts(view, 0), { image: 'a2.png', before: 'cat, hat', after: 'cat, red hat' });
    assert.equal(shown.summary(1).row, 0);
  });

  it('is filtered by a part of a tag as it is typed, and by exactly the tag that is chosen', async () => {
    const then = { a: 'hat', b: 'red hat', c: 'dog' };
    const shown = await compared(then, () => writeCaptions(folder(), { a: 'sky', b: 'sky', c: 'sky, dog' }));
    const typed = shown.show({ text: 'HAT', isWhole: false });
    assert.deepEqual(await lines(shown, typed.view), ['a.png -hat +sky', 'b.png -red hat +sky']);
    assert.deepEqual(
      typed.tags.map(({ tag }) => tag),
      ['hat', 'red hat'],
    );
    const chosen = shown.show({ text: 'hat', isWhole: true });
    assert.deepEqual(await lines(shown, chosen.view), ['a.png -hat +sky']);
    // Another tag can be chosen from the list.
    assert.deepEqual(chosen.tags[0], { tag: 'sky', added: 3, removed: 0, isTag: true });
    assert.equal(shown.show({ text: 'nothing like it', isWhole: false }).rows, 0);
  });

  it('refuses rows of a view that is not shown any more', async () => {
    const shown = await compared({ a: 'hat' }, () => writeCaptions(folder(), { a: 'sky' }));
    const { view } = shown.show(all);
    shown.show({ text: 'hat', isWhole: true });
    assert.throws(() => shown.items(view, 0, 1, version), { code: 'PLAN_GONE' });
    await assert.rejects(shown.texts(view, 0), { code: 'PLAN_GONE' });
  });

  it('says what is known of a caption whose snapshot has lost its text', async () => {
    const read = (): Promise<Uint8Array> => Promise.reject(new Error('gone'));
    const change = { image: 'a.png', before: 'b', after: 'a', came: ['sky'], went: ['hat'] };
    const counts = {
      same: 0,
      changed: 1,
      onlyForm: 0,
      new: 0,
      gone: 0,
      unknown: 0,
      damaged: [],
      lost: { before: 0, after: 0 },
    };
    const side = { name: '', states: { read } };
    const shown = new ShownComparison({ ...counts, changes: [change], parts: [] }, side, side, null, ', ');
    const { view } = shown.show(all);
    assert.deepEqual(await lines(shown, view), ['a.png (unreadable) -hat +sky']);
    await assert.rejects(shown.texts(view, 0), /gone/);
  });

  it('of 20,000 captions is filtered and paged in well under the time that is seen', async () => {
    const count = 20_000;
    const changes = Array.from({ length: count }, (_, index) => ({
      image: `set/image_${String(index)}.png`,
      before: 'b',
      after: 'a',
      came: [`new ${String(index % 500)}`],
      went: ['old'],
    }));
    const parts = Array.from({ length: 500 }, (_, index) => ({
      text: `new ${String(index)}`,
      kind: 'tag' as const,
      came: 40,
      went: 0,
    }));
    const text = (caption: string) => ({ read: () => Promise.resolve(Buffer.from(caption)) });
    const counts = {
      same: 0,
      changed: count,
      onlyForm: 0,
      new: 0,
      gone: 0,
      unknown: 0,
      damaged: [],
      lost: { before: 0, after: 0 },
    };
    const shown = new ShownComparison(
      { ...counts, changes, parts: [{ text: 'old', kind: 'tag', came: 0, went: count }, ...parts] },
      { name: 'then', states: text('old, sky') },
      { name: 'Now', states: text('sky, new 1') },
      null,
      ', ',
    );
    const begun = process.cpuUsage();
    const { view, rows } = shown.show({ text: 'new 7', isWhole: true });
    assert.equal(rows, 40);
    assert.equal((await shown.items(view, 0, 50, version)).length, 40);
    const spent = process.cpuUsage(begun);
    assert.ok(spent.user + spent.system < 200_000, `${String((spent.user + spent.system) / 1000)} ms`);
  });
});
