import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { identityText, thisProcess } from '../../../../src/base/machine/processIdentity';
import { Caption } from '../../../../src/dataset/captions/Caption';
import type { UnsavedEdit } from '../../../../src/dataset/captions/unsavedEdit';
import { readUnsavedEdits, writeUnsavedEdits } from '../../../../src/extension/document/JournalFile';
import { UnsavedJournal } from '../../../../src/extension/document/UnsavedJournal';
import { longestBlock, mostBlocked } from '../../shared/longestBlock';
import { hasLocalDisk, namesIn, seededRandom, testFolder, until } from '../../shared/testFolder';

const root = path.resolve(__dirname, '../../..');

function caption(name: string, text: string, base: string | null = null): Caption {
  const made = new Caption(`${name}.txt`, [`${name}.jpg`]);
  made.readFromDisk(base === null ? null : { raw: base });
  made.setText(text, 'delete');
  return made;
}

describe('The journal of unsaved captions', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const dataset = '/data/set';
  const storage = (): string =>
    path.join(folder(), 'unsaved', createHash('sha256').update(dataset).digest('hex').slice(0, 32));
  const open: UnsavedJournal[] = [];
  const noError = (error: unknown): void => {
    throw error;
  };

  afterEach(() => {
    for (const journal of open.splice(0)) journal.dispose();
  });

  function keep(captions: Iterable<Caption | UnsavedEdit>): UnsavedJournal {
    const unsaved = (): (Caption | UnsavedEdit)[] =>
      [...captions].filter((item) => !(item instanceof Caption) || item.isDirty);
    const journal = new UnsavedJournal(folder(), dataset, unsaved, noError);
    open.push(journal);
    return journal;
  }

  /** What would be brought back if this process were gone. */
  async function held(): Promise<Record<string, string | null>> {
    const found: Record<string, string | null> = {};
    for (const name of await namesIn(storage()).catch(() => [])) {
      if (name.endsWith('.tmp')) continue;
      const edits = await readUnsavedEdits(path.join(storage(), name));
      for (const { captionPath, raw } of edits) found[captionPath] = raw;
    }
    return found;
  }

  it('is there for the next document of this window when the disk was full as this one was closed', async function () {
    const disk = path.join(folder(), 'disk');
    await mkdir(disk);
    const mount = ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk];
    // Only root may mount; there is no other way to a full disk.
    if (process.platform !== 'linux' || spawnSync('mount', mount).status !== 0) this.skip();
    try {
      const edits = [caption('a', 'typed')];
      const errors: unknown[] = [];
      const journal = new UnsavedJournal(
        disk,
        dataset,
        () => edits,
        (error) => errors.push(error),
      );
      await journal.flush();
      await writeFile(path.join(disk, 'filler'), Buffer.alloc(100_000)).catch(() => undefined);
      edits[0]?.setText('typed, and more '.repeat(500), 'delete');
      journal.endAfter(Promise.resolve(false));
      journal.dispose();
      await until(() => errors.length > 0, 'the disk is found full');
      await until(async () => {
        const adopted = await UnsavedJournal.adopt(disk, dataset, noError);
        return adopted.edits.some(
          ({ captionPath, raw }) => captionPath === 'a.txt' && raw?.startsWith('typed') === true,
        );
      }, 'the edit is given to the next document');
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  });

  it('can be read by this user only, and so can a backup', async function () {
    if (process.platform === 'win32') this.skip();
    const modeOf = async (file: string): Promise<number> => (await stat(file)).mode & 0o777;
    const secret = [caption('a', 'secret')];
    await keep(secret).flush();
    const [name = ''] = await namesIn(storage());
    assert.equal(await modeOf(storage()), 0o700);
    assert.equal(await modeOf(path.join(storage(), name)), 0o600);
    const backup = path.join(folder(), 'backups', 'backup');
    await writeUnsavedEdits(backup, secret);
    assert.equal(await modeOf(backup), 0o600);
  });

  it('has each key on disk a moment later, and nothing once all is saved', async () => {
    const a = caption('a', 'o', 'old');
    const captions = [a, caption('b', 'other')];
    const journal = keep(captions);
    for (const text of ['on', 'one', 'one ', 'one girl']) {
      a.setText(text, 'delete');
      journal.update();
      await until(async () => (await held())['a.txt'] === text, `"${text}" is on disk`, 1000);
    }
    assert.deepEqual(await held(), { 'a.txt': 'one girl', 'b.txt': 'other' });
    a.writing();
    a.written('one girl');
    journal.update();
    await until(async () => !('a.txt' in (await held())), 'the saved one is gone');
    assert.deepEqual(await held(), { 'b.txt': 'other' });
    captions[1]?.discardEdits();
    await journal.flush();
    assert.deepEqual(await namesIn(storage()), []);
  });

  it('keeps what the file held, an emptied caption, and line ends inside a text', async () => {
    const captions = [
      caption('a', '', 'old \u00e9\r\n'),
      caption('b', 'x\ny', null),
      caption('c', 'two\nlines', 'a\r\nb\r\n'),
    ];
    await keep(captions).flush();
    const [name = ''] = await namesIn(storage());
    const edits = await readUnsavedEdits(path.join(storage(), name));
    assert.deepEqual(
      edits.map(({ captionPath, images, raw, base }) => [
        captionPath,
        images,
        raw,
        base === null ? null : Buffer.from(base, 'base64').toString(),
      ]),
      [
        ['a.txt', ['a.jpg'], null, 'old \u00e9\r\n'],
        ['b.txt', ['b.jpg'], 'x\ny', null],
        ['c.txt', ['c.jpg'], 'two\r\nlines\r\n', 'a\r\nb\r\n'],
      ],
    );
  });

  it('writes what changed and not what is unsaved', async () => {
    const captions = Array.from({ length: 5000 }, (_, n) => caption(`${n}`, 'tag, '.repeat(40)));
    const journal = keep(captions);
    await journal.flush();
    const file = path.join(storage(), (await namesIn(storage()))[0] ?? '');
    const { size } = await stat(file);
    assert.ok(size > 1_000_000);
    captions[17]?.setText('short', 'delete');
    await journal.flush();
    const grown = (await stat(file)).size - size;
    assert.ok(grown > 0 && grown < 200, `${grown} bytes`);
    await journal.flush();
    assert.equal((await stat(file)).size, size + grown, 'nothing changed, nothing is written');
  });

  it('does not grow without end', async () => {
    const a = caption('a', 'x');
    const journal = keep([a]);
    for (let key = 0; key < 3000; key++) {
      a.setText(`text ${key}`, 'delete');
      await journal.flush();
    }
    const [name = '', ...others] = await namesIn(storage());
    assert.deepEqual(others, []);
    assert.ok((await readFile(path.join(storage(), name), 'utf8')).split('\n').length < 1100);
    assert.deepEqual(await held(), { 'a.txt': 'text 2999' });
  });

  it('is right after any number of edits, saves and rewrites', async () => {
    const random = seededRandom(7);
    const captions = Array.from({ length: 40 }, (_, n) => caption(`${n}`, 'start'));
    const journal = keep(captions);
    for (let step = 0; step < 4000; step++) {
      const chosen = captions[random(40)];
      if (random(3) === 0) chosen?.discardEdits();
      else chosen?.setText(`text ${random(50)}`, 'delete');
      if (random(4) === 0) await journal.flush();
      if (step % 500 !== 0) continue;
      await journal.flush();
      const dirty = captions.filter(({ isDirty }) => isDirty);
      assert.deepEqual(await held(), Object.fromEntries(dirty.map(({ path: name, raw }) => [name, raw])));
    }
  });

  it('can be read when it was cut off anywhere, but for the last edit', async () => {
    const captions = Array.from({ length: 5 }, (_, n) => caption(`${n}`, `text ${n}`));
    await keep(captions).flush();
    const file = path.join(storage(), (await namesIn(storage()))[0] ?? '');
    const { size } = await stat(file);
    for (let length = size - 1; length > size - 60; length -= 7) {
      await truncate(file, length);
      assert.deepEqual(Object.keys(await held()), ['0.txt', '1.txt', '2.txt', '3.txt']);
    }
    // What a full disk cut off does not take the next line with it.
    await appendFile(file, '\n{"captionPath":"9.txt","images":[],"raw":"later","base":null}');
    assert.equal((await held())['9.txt'], 'later');
  });

  it('gives a new window what a window left that is gone, also of a program from before there were lines', async () => {
    await mkdir(storage(), { recursive: true });
    const edit = (name: string): UnsavedEdit => ({ captionPath: `${name}.txt`, images: [], raw: name, base: null });
    // No system gives out a process id as high as this.
    await writeFile(path.join(storage(), '4194999-aa.json'), JSON.stringify([edit('old')]));
    await writeFile(path.join(storage(), '4194999-bb.jsonl'), `\n${JSON.stringify(edit('new'))}\n{"capt`);
    await writeFile(path.join(storage(), '4194999-bb.jsonl.tmp'), '\n{"captionPath":"half.txt","ra');
    await keep([caption('mine', 'of a window that lives')]).flush();
    const { edits, files } = await UnsavedJournal.adopt(folder(), dataset, noError);
    assert.deepEqual(edits.map(({ raw }) => raw).sort(), ['new', 'old']);
    assert.equal(files.length, 3, 'all that is left of them can be removed');
  });

  it('leaves the journal of a window on another machine or in another container alone while it is renewed', async () => {
    await mkdir(storage(), { recursive: true });
    const line = JSON.stringify({ captionPath: 'a.txt', images: [], raw: 'being typed', base: null });
    // No system gives out a process id as high as this.
    const owner = { ...thisProcess(), pid: 4194999 };
    const elsewhere = [
      { ...owner, host: '0badcafe', boot: '0badcafe', machine: '0badcafe' },
      { ...owner, namespace: '0badcafe' },
    ];
    for (const identity of elsewhere) {
      const file = path.join(storage(), `${identityText(identity)}-01234567.jsonl`);
      await writeFile(file, `\n${line}`);
      const waiting = { edits: [], files: [], mayBeMore: true };
      assert.deepEqual(await UnsavedJournal.adopt(folder(), dataset, noError), waiting);
      const ago = (minutes: number): number => Date.now() / 1000 - 60 * minutes;
      await utimes(file, ago(1), ago(1));
      assert.deepEqual(await UnsavedJournal.adopt(folder(), dataset, noError), waiting, 'its network may be slow');
      await utimes(file, ago(3), ago(3));
      const { edits, files, mayBeMore } = await UnsavedJournal.adopt(folder(), dataset, noError);
      assert.deepEqual([edits.map(({ raw }) => raw), files], [['being typed'], [file]], 'it was not renewed');
      assert.equal(mayBeMore, false);
      await rm(file);
    }
  });

  it('takes over at once what a process left that had the id of a live one, or lived before a restart', async function () {
    if (thisProcess().start === '' || thisProcess().machine === '') this.skip();
    await mkdir(storage(), { recursive: true });
    const line = JSON.stringify({ captionPath: 'a.txt', images: [], raw: 'typed', base: null });
    for (const change of [{ start: '0badcafe' }, { boot: '0badcafe' }]) {
      const file = path.join(storage(), `${identityText({ ...thisProcess(), ...change })}-01234567.jsonl`);
      await writeFile(file, `\n${line}`);
      if ('boot' in change && !hasLocalDisk(folder())) {
        const { edits } = await UnsavedJournal.adopt(folder(), dataset, noError);
        assert.equal(edits.length, 0, 'a clone of this machine that lives');
        await utimes(file, 1000, 1000);
      }
      assert.equal((await UnsavedJournal.adopt(folder(), dataset, noError)).edits.length, 1);
      await rm(file);
    }
  });

  it('leaves the journal of a live window of this machine alone however long that was suspended', async function () {
    if (thisProcess().start === '') this.skip();
    await keep([caption('a', 'being typed')]).flush();
    const [name = ''] = await namesIn(storage());
    const hourAgo = Date.now() / 1000 - 3600;
    await utimes(path.join(storage(), name), hourAgo, hourAgo);
    const { edits, files, mayBeMore } = await UnsavedJournal.adopt(folder(), dataset, noError);
    assert.deepEqual([edits, files, mayBeMore], [[], [], false]);
  });

  it('is written anew when another window took it away, at the next key and without one', async () => {
    const a = caption('a', 'one');
    const journal = keep([a]);
    await journal.flush();
    const [name = ''] = await namesIn(storage());
    await rm(path.join(storage(), name));
    a.setText('one girl', 'delete');
    await journal.flush();
    assert.deepEqual(await held(), { 'a.txt': 'one girl' });
    // Another one in its place is not its own either, and the folder may be gone as well.
    await rm(path.join(storage(), name));
    await writeFile(path.join(storage(), name), '');
    await journal.flush();
    assert.deepEqual(await held(), { 'a.txt': 'one girl' });
    await rm(storage(), { recursive: true });
    await until(async () => (await held())['a.txt'] === 'one girl', 'its heartbeat writes it anew', 20_000);
  });

  it('gives the latest edit of a caption that several windows left, whatever their names are', async () => {
    await mkdir(storage(), { recursive: true });
    const write = async (name: string, raw: string): Promise<void> => {
      const file = path.join(storage(), name);
      await writeFile(file, `\n${JSON.stringify({ captionPath: 'a.txt', images: [], raw, base: null })}`);
      await utimes(file, 0, 0);
      // So that the times of two files differ on every disk.
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    // No system gives out process ids as high as these.
    for (const [first, last] of [
      ['4194998-aa.jsonl', '4194999-bb.jsonl'],
      ['4194999-bb.jsonl', '4194998-aa.jsonl'],
    ] as const) {
      await write(first, 'older');
      await write(last, 'newer');
      const { edits } = await UnsavedJournal.adopt(folder(), dataset, noError);
      assert.deepEqual(
        edits.map(({ raw }) => raw),
        ['newer'],
      );
    }
  });

  it('has 20,000 edits on disk without keeping anything else waiting, and a backup of them too', async () => {
    const captions = Array.from({ length: 20_000 }, (_, n) => caption(`${n}`, 'tag, '.repeat(40), 'old, '.repeat(40)));
    const journal = keep(captions);
    let round = 0;
    const blocked = await longestBlock(async () => {
      round++;
      for (const [n, changed] of captions.entries()) if (n % 2 === 0) changed.setText(`round ${round}`, 'delete');
      await journal.flush();
      await writeUnsavedEdits(path.join(folder(), 'deep/backup'), captions);
    });
    assert.equal(Object.keys(await held()).length, 20_000);
    assert.equal((await readUnsavedEdits(path.join(folder(), 'deep/backup'))).length, 20_000);
    assert.ok(blocked < mostBlocked, `the loop waited ${blocked} ms`);
  });

  it('brings back edits from a journal and a backup that are longer than a string can be', async () => {
    const edit = (name: string, raw: string): string =>
      `\n${JSON.stringify({ captionPath: `${name}.txt`, images: [`${name}.png`], raw, base: null })}`;
    await mkdir(storage(), { recursive: true });
    const [backup, left] = [path.join(folder(), 'backup'), path.join(storage(), '1-00000000.jsonl')];
    for (const file of [backup, left]) {
      await writeFile(file, edit('b', 'first'));
      await truncate(file, 540_000_000);
      await writeFile(file, edit('b', 'größe') + edit('c', 'last'), { flag: 'a' });
      await utimes(file, 1000, 1000);
    }
    const expected = [
      ['b.txt', 'größe'],
      ['c.txt', 'last'],
    ];
    const textsOf = (edits: readonly UnsavedEdit[]): string[][] =>
      edits.map(({ captionPath, raw }) => [captionPath, raw!]);
    assert.deepEqual(textsOf(await readUnsavedEdits(backup)), expected);
    const adopted = await UnsavedJournal.adopt(folder(), dataset, noError);
    assert.deepEqual(textsOf(adopted.edits), expected);
  });

  it('survives a kill at any moment with every edit that was on disk', async () => {
    const script = path.join(folder(), 'journal.cjs');
    buildSync({
      stdin: {
        contents: `
          import { Caption } from './src/dataset/captions/Caption';
          import { UnsavedJournal } from './src/extension/document/UnsavedJournal';
          const captions = Array.from({ length: 300 }, (_, n) => new Caption(n + '.txt', []));
          const journal = new UnsavedJournal(process.argv[2], '/data/set',
            () => captions.filter((caption) => caption.isDirty), console.error);
          (async () => {
            for (let round = 1; ; round++) {
              for (const caption of captions) caption.setText('round ' + round, 'delete');
              await journal.flush();
              process.stdout.write(round + ' ');
            }
          })();`,
        resolveDir: root,
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: script,
    });
    for (let kill = 0; kill < 8; kill++) {
      const child = spawn(process.execPath, [script, path.join(folder(), `${kill}`)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (data: Buffer) => (said += data.toString()));
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, 20 + kill * 15));
      child.kill('SIGKILL');
      await once(child, 'close');
      const last = Number(/(\d+) (?:\d*)$/.exec(said)?.[1]);
      const { edits } = await UnsavedJournal.adopt(path.join(folder(), `${kill}`), dataset, noError);
      assert.equal(edits.length, 300);
      for (const { raw } of edits) {
        const round = Number(/^round (\d+)$/.exec(raw ?? '')?.[1]);
        assert.ok(round >= last, `round ${round}, but ${last} was on disk`);
      }
    }
  });
});
