import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openSnapshot } from '../../../src/snapshots/CaptionStates';
import { ContentStore } from '../../../src/snapshots/store/ContentStore';
import { placeSnapshots, snapshotFolderOf } from '../../../src/snapshots/store/snapshotFolder';
import { findSnapshot, listSnapshots, renameSnapshot } from '../../../src/snapshots/store/snapshotFiles';
import { fingerprint, seededRandom, testFolder } from '../shared/testFolder';
import { captionFile, contentsOf, cutFile, snapshotOf, textsOf, writeCaptions } from './datasetOfTest';

describe('A snapshot of the captions of a dataset', () => {
  const root = testFolder();
  const folder = (): string => snapshotFolderOf(root());
  const filesOf = async (ending: string): Promise<string[]> =>
    (await readdir(folder())).filter((name) => name.endsWith(ending)).map((name) => path.join(folder(), name));

  it('has the exact bytes of each, whatever their encoding and line ends are', async () => {
    const captions = {
      a: '\uFEFFhat, cat\r\nsecond line\r\n',
      'b/ä ö': Buffer.from([0x68, 0xe4, 0x74, 0x00, 0xff]),
      'b/c': Buffer.from('\uFEFFhat', 'utf16le'),
      d: '',
      e: null,
      f: ' , hat ,, \n\n',
    };
    await writeCaptions(root(), captions);
    const snapshot = await snapshotOf(root());
    const contents = await contentsOf(root(), snapshot);
    const expected = Object.entries(captions).map(([name, content]) => [
      `${name}.png`,
      content === null ? null : Buffer.from(content),
    ]);
    assert.deepEqual(contents, Object.fromEntries(expected));
    assert.deepEqual([snapshot.images, snapshot.captions, snapshot.unread], [6, 5, 0]);
  });

  describe('where records are in the user’s own folder', () => {
    const data = testFolder();
    const names = ['XDG_DATA_HOME', 'LOCALAPPDATA', 'HOME'] as const;
    const before = names.map((name) => process.env[name]);
    beforeEach(() => {
      for (const name of names) process.env[name] = data();
    });
    afterEach(() => {
      for (const [at, name] of names.entries()) {
        Object.assign(process.env, { [name]: before[at] });
        if (before[at] === undefined) Reflect.deleteProperty(process.env, name);
      }
    });

    it('is there, for nobody else, and nothing is in the dataset', async () => {
      await writeCaptions(root(), { a: 'hat', b: null });
      await placeSnapshots(root(), 'storage');
      const snapshot = await snapshotOf(root());
      assert.deepEqual((await readdir(root())).sort(), ['a.png', 'a.txt', 'b.png']);
      assert.ok(folder().startsWith(data()), folder());
      if (process.platform !== 'win32') assert.equal((await stat(path.dirname(folder()))).mode & 0o777, 0o700);
      assert.deepEqual(await textsOf(root(), snapshot), { 'a.png': 'hat', 'b.png': null });
      assert.deepEqual(
        (await listSnapshots(root())).snapshots.map(({ id }) => id),
        [snapshot.id],
      );
    });

    it('stays with those that the dataset has already', async () => {
      await writeCaptions(root(), { a: 'hat' });
      await snapshotOf(root());
      await placeSnapshots(root(), 'storage');
      await snapshotOf(root());
      assert.ok(folder().startsWith(root()));
      assert.equal((await listSnapshots(root())).snapshots.length, 2);
    });
  });

  it('costs nothing again where no caption has changed', async () => {
    await writeCaptions(root(), { a: 'hat', b: 'cat', c: null });
    const first = await snapshotOf(root());
    const packs = await filesOf('.pack');
    const known = await filesOf('.known');
    const before = await fingerprint(known[0] ?? '');
    const second = await snapshotOf(root());
    assert.deepEqual(await filesOf('.pack'), packs);
    assert.equal(await fingerprint(known[0] ?? ''), before);
    assert.deepEqual(second.lists, first.lists);
    assert.deepEqual([first.added > 0, second.added], [true, 0]);
    assert.deepEqual(await textsOf(root(), second), { 'a.png': 'hat', 'b.png': 'cat', 'c.png': null });
  });

  it('has what changed, also where size and time of the file are as before', async () => {
    await writeCaptions(root(), { a: 'hat', b: 'cat' });
    await snapshotOf(root());
    await writeFile(captionFile(root(), 'a'), 'dog');
    await utimes(captionFile(root(), 'a'), 1_000_000, 1_000_000);
    await rm(captionFile(root(), 'b'));
    await writeCaptions(root(), { c: 'new' });
    assert.deepEqual(await textsOf(root(), await snapshotOf(root())), {
      'a.png': 'dog',
      'b.png': null,
      'c.png': 'new',
    });
  });

  it('has what it was given instead of what the disk holds, and does not take that for the disk’s later', async () => {
    await writeCaptions(root(), { a: 'hat', b: 'cat', c: null });
    const given = new Map([
      ['a.txt', Buffer.from('typed')],
      ['b.txt', null],
      ['c.txt', Buffer.from('typed, too')],
    ]);
    const snapshot = await snapshotOf(root(), { given });
    assert.deepEqual(await textsOf(root(), snapshot), { 'a.png': 'typed', 'b.png': null, 'c.png': 'typed, too' });
    assert.deepEqual(await textsOf(root(), await snapshotOf(root())), {
      'a.png': 'hat',
      'b.png': 'cat',
      'c.png': null,
    });
  });

  it('of some captions in many shares with others what did not change', async () => {
    const captions = Object.fromEntries(
      Array.from({ length: 1300 }, (_, index) => [`${index}`, `tag ${index}, solo, tag ${index * 7}`]),
    );
    await writeCaptions(root(), captions);
    const first = await snapshotOf(root());
    await writeFile(captionFile(root(), '77'), 'changed');
    await writeCaptions(root(), { '77b': 'new' });
    const second = await snapshotOf(root());
    assert.ok(second.added < first.added / 2, `${second.added} bytes after ${first.added}`);
    assert.ok(second.lists.filter((list) => !first.lists.includes(list)).length <= 2);
    const texts = await textsOf(root(), second);
    assert.deepEqual([texts['77.png'], texts['77b.png'], Object.keys(texts).length], ['changed', 'new', 1301]);
  });

  it('of a folder in the dataset lies with those of the whole, and can be opened for either', async () => {
    await writeCaptions(root(), { a: 'hat', 'sub/b': 'cat' });
    const part = await snapshotOf(root(), { folder: path.join(root(), 'sub') });
    assert.equal(part.folder, 'sub');
    assert.deepEqual(await textsOf(root(), part), { 'sub/b.png': 'cat' });
    const whole = await snapshotOf(root());
    assert.deepEqual(await textsOf(root(), whole, path.join(root(), 'sub')), { 'b.png': 'cat' });
    const states = await openSnapshot(root(), part, root());
    assert.deepEqual([states.covers('sub/c.png'), states.covers('c.png')], [true, false]);
  });

  it('can be made by several at once, each whole', async () => {
    const captions = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${index}`, `tag ${index}`]));
    await writeCaptions(root(), captions);
    const made = await Promise.all([1, 2, 3, 4].map(() => snapshotOf(root())));
    for (const snapshot of made) assert.equal(Object.keys(await textsOf(root(), snapshot)).length, 300);
    assert.equal((await listSnapshots(root())).snapshots.length, 4);
    assert.deepEqual(await filesOf('.tmp'), []);
  });

  it('has whatever stands before the place where its pack was cut off', async () => {
    const random = seededRandom(7);
    const captions = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [`${index}`, `${random(1e9)}`.repeat(400)]),
    );
    await writeCaptions(root(), captions);
    const snapshot = await snapshotOf(root());
    const states = await openSnapshot(root(), snapshot, root());
    const [pack = ''] = await filesOf('.pack');
    const whole = await readFile(pack);
    for (let round = 0; round < 12; round++) {
      await cutFile(pack, random(whole.length));
      let had = 0;
      const store = await ContentStore.open(root(), { withDoomed: true });
      for (const [image, key] of states.keys) {
        const content = await store.read(key).catch(() => undefined);
        if (content === undefined) continue;
        assert.equal(content.toString(), captions[path.basename(image, '.png')]);
        had++;
      }
      assert.ok(had < 400);
      await writeFile(pack, whole);
    }
  }).timeout(60_000);

  it('is whole where a pack that the last one counted on was cut off meanwhile', async () => {
    await writeCaptions(root(), { a: 'hat', b: 'cat' });
    await snapshotOf(root());
    for (const left of [20, 60]) {
      for (const pack of await filesOf('.pack')) await cutFile(pack, left);
      assert.deepEqual(await textsOf(root(), await snapshotOf(root())), { 'a.png': 'hat', 'b.png': 'cat' });
    }
  });

  it('is listed as unreadable if its file was cut off, and the others stay', async () => {
    await writeCaptions(root(), { a: 'hat' });
    await snapshotOf(root());
    const second = await snapshotOf(root());
    const [first = ''] = await filesOf('.snapshot');
    await cutFile(first, 60);
    const { snapshots, unreadable } = await listSnapshots(root());
    assert.deepEqual([snapshots.map(({ id }) => id), unreadable], [[second.id], [first]]);
  });

  it('is made anew from all files where what is known of the last one is cut off or of nobody’s packs', async () => {
    await writeCaptions(root(), { a: 'hat', b: 'cat' });
    await snapshotOf(root());
    const [known = ''] = await filesOf('.known');
    const whole = await readFile(known);
    for (let length = 0; length < whole.length; length += 37) {
      await cutFile(known, length);
      assert.deepEqual(await textsOf(root(), await snapshotOf(root())), { 'a.png': 'hat', 'b.png': 'cat' });
    }
    for (const pack of await filesOf('.pack')) await rm(pack);
    assert.deepEqual(await textsOf(root(), await snapshotOf(root())), { 'a.png': 'hat', 'b.png': 'cat' });
  });

  it('is not made through a link that leads elsewhere', async () => {
    await writeCaptions(root(), { a: 'hat' });
    const elsewhere = path.join(root(), 'elsewhere');
    await mkdir(elsewhere);
    await symlink(elsewhere, path.join(root(), '.dataset-captions'));
    await assert.rejects(snapshotOf(root()), { code: 'SNAPSHOT_UNSAFE' });
    assert.deepEqual(await readdir(path.join(elsewhere)), ['snapshots']);
  });

  it('is found by its id, a part of it, its name, or as the latest', async () => {
    await writeCaptions(root(), { a: 'hat' });
    const first = await snapshotOf(root(), { name: 'before the tagger' });
    const second = await snapshotOf(root());
    const found = async (given: string): Promise<string> => (await findSnapshot(root(), given)).id;
    assert.equal(await found(first.id), first.id);
    assert.equal(await found(first.id.slice(-8)), first.id);
    assert.equal(await found('before the tagger'), first.id);
    assert.equal(await found('latest'), second.id);
    await assert.rejects(found('2'), { code: 'SNAPSHOT_MISSING', message: /stands for 2 snapshots/ });
    await assert.rejects(found('nothing'), { code: 'SNAPSHOT_MISSING' });
    await renameSnapshot(root(), second.id, ' after ');
    assert.equal((await findSnapshot(root(), second.id)).name, 'after');
    assert.deepEqual(await textsOf(root(), await findSnapshot(root(), 'after')), { 'a.png': 'hat' });
  });

  it('gets no name by which the command line would find something else, and an old one of that name does no harm', async () => {
    await writeCaptions(root(), { a: 'hat' });
    const first = await snapshotOf(root());
    const second = await snapshotOf(root());
    for (const name of ['latest', ' Latest ', 'now', 'NOW', '-x', first.id]) {
      await assert.rejects(
        snapshotOf(root(), { name }),
        { code: 'SNAPSHOT_NAME', message: /cannot be the name/ },
        name,
      );
      await assert.rejects(renameSnapshot(root(), first.id, name), { code: 'SNAPSHOT_NAME' }, name);
    }
    assert.equal((await listSnapshots(root())).snapshots.length, 2);
    const [file = ''] = await filesOf('.snapshot');
    const stored = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...stored, name: 'latest' }));
    assert.equal((await findSnapshot(root(), 'latest')).id, second.id);
    assert.equal((await findSnapshot(root(), first.id)).name, 'latest');
  });

  it('leaves nothing behind where it was stopped', async () => {
    await writeCaptions(root(), { a: 'hat' });
    await assert.rejects(snapshotOf(root(), { signal: AbortSignal.abort(new Error('stopped')) }), /stopped/);
    assert.deepEqual(await readdir(folder()), []);
  });
});
