import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { captionChange } from '../../../src/records/captionChange';
import { compactRecords } from '../../../src/records/compactRecords';
import { readRecords } from '../../../src/records/readRecords';
import type { StoredEntry } from '../../../src/records/RecordDecoder';
import { markText, parseMark } from '../../../src/records/RecordEncoder';
import type { RecordEntry } from '../../../src/records/recordEntry';
import type { RecordFileSystem } from '../../../src/records/recordFileSystem';
import { recordFiles, recordFolderOf, recordRootOf, recordSources } from '../../../src/records/recordFolder';
import { RecordHistory } from '../../../src/records/RecordHistory';
import { RecordWriter } from '../../../src/records/RecordWriter';
import { namesIn, testFolder } from '../shared/testFolder';
import { tagger } from './writeEntries';

describe('Records beside a dataset', () => {
  const root = testFolder();

  /** Records that a tagger wrote these tags into a caption that was empty. */
  async function record(writer: RecordWriter, caption: string, ...tags: string[]): Promise<void> {
    const given = new Map(tags.map((tag, index) => [tag, 0.99 - index / 100]));
    const change = captionChange('', tags.join(', '), given);
    const finish = await writer.write({ kind: 'written', caption, author: tagger, ...change });
    finish();
  }

  /** A process that writes one caption and ends. */
  async function recordOne(caption: string, ...tags: string[]): Promise<void> {
    const writer = new RecordWriter(root());
    await record(writer, caption, ...tags);
    await writer.close();
  }

  async function entries(): Promise<RecordEntry[]> {
    const found: StoredEntry[] = [];
    await readRecords(root(), (entry) => found.push(entry));
    return found.flatMap((entry) => entry.decode() ?? []);
  }

  const captions = async (): Promise<string[]> => (await entries()).map(({ caption }) => caption).sort();
  const file = async (): Promise<string> => (await recordFiles(root()))[0] ?? '';

  it('have each entry as it was written, with scores of two digits', async () => {
    const writer = new RecordWriter(root());
    await record(writer, 'a.txt', '1girl', 'hat "odd"\\ ねこ');
    const change = captionChange(
      '1girl, hat',
      'hat, cat',
      new Map([
        ['cat', 1],
        ['hat', 0.123],
      ]),
    );
    await writer.write({ kind: 'written', caption: 'b/ä.txt', author: { by: 'tagger', name: 'other' }, ...change });
    await writer.close();
    const [first, second] = await entries();
    assert.deepEqual(
      first?.parts.map(({ score }) => score),
      [0.99, 0.98],
    );
    assert.ok(first.isDone);
    assert.deepEqual(second, {
      kind: 'written',
      caption: 'b/ä.txt',
      when: second?.when,
      author: { by: 'tagger', name: 'other' },
      ...change,
      parts: [
        { text: 'hat', mark: 'found', score: 0.12 },
        { text: 'cat', mark: 'new', score: 0.99 },
      ],
      isDone: false,
    });
  });

  it('have every mark as it was', () => {
    for (const mark of ['new', 'found'] as const) {
      for (let score = 0; score < 100; score++) {
        assert.deepEqual(parseMark(markText({ mark, score: score / 100 })), { mark, score: score / 100 });
      }
      assert.deepEqual(parseMark(markText({ mark })), { mark });
    }
    assert.deepEqual(parseMark(markText({ mark: 'stood' })), { mark: 'stood' });
    assert.equal(parseMark('1'), undefined);
  });

  it('take at most 200 bytes for a caption of 20 tags that are known', async () => {
    const writer = new RecordWriter(root());
    // As in datasets: few tags are in most captions, most in few.
    const tag = (index: number): string =>
      `tag number ${Math.floor(Math.pow(((index * 7919) % 1000) / 1000, 3) * 3000)}`;
    const count = 2000;
    for (let image = 0; image < count; image++) {
      const tags = new Set(Array.from({ length: 20 }, (_, index) => tag(20 * image + index)));
      void record(writer, `10_concept/${String(image).padStart(8, '0')}.txt`, ...tags);
    }
    await writer.close();
    const bytes = (await readFile(await file())).length / count;
    assert.ok(bytes <= 200, `${bytes} bytes`);
  });

  it('are a file for each process, and make none without an entry', async () => {
    const writers = [new RecordWriter(root()), new RecordWriter(root())];
    await new RecordWriter(root()).close();
    assert.deepEqual(await recordFiles(root()), []);
    await Promise.all(
      ['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((name, index) => record(writers[index % 2]!, name, 'hat')),
    );
    for (const writer of writers) await writer.close();
    assert.equal((await recordFiles(root())).length, 2);
    assert.deepEqual(await captions(), ['a.txt', 'b.txt', 'c.txt', 'd.txt']);
  });

  it('share one flush for entries that come together', async () => {
    const flushes: string[] = [];
    const writer = new RecordWriter(root(), inMemory({ onFlush: (text) => flushes.push(text) }));
    await Promise.all(Array.from({ length: 50 }, (_, index) => record(writer, `${index}.txt`, 'hat')));
    assert.ok(flushes.length <= 2, `${flushes.length} flushes`);
  });

  it('are read up to the last whole line, wherever they were cut off', async () => {
    const writer = new RecordWriter(root());
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await record(writer, name, '1girl', `tag of ${name}`);
    await writer.close();
    const whole = await readFile(await file());
    let known = 0;
    for (let length = 0; length <= whole.length; length++) {
      await writeFile(await file(), whole.subarray(0, length));
      const found = await entries();
      assert.ok(found.length >= known && found.length <= known + 1, `${found.length} entries of ${length} bytes`);
      for (const { parts, caption } of found) assert.equal(parts[1]?.text, `tag of ${caption}`);
      known = found.length;
    }
    assert.equal(known, 3);
  });

  it('are read where lines were spoilt, by what the others say', async () => {
    const writer = new RecordWriter(root());
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await record(writer, name, `tag of ${name}`);
    await writer.close();
    const lines = (await readFile(await file(), 'utf8')).split('\n');
    for (let spoilt = 1; spoilt < lines.length - 1; spoilt++) {
      for (const odd of [
        '',
        '[',
        '["w",1]',
        '["t","x"]',
        '{"a":1}',
        '\0\0\0',
        '["w",9,"x.txt",1,99,"","","zz","=="]',
      ]) {
        await writeFile(await file(), lines.map((line, index) => (index === spoilt ? odd : line)).join('\n'));
        for (const { parts, caption } of await entries()) assert.equal(parts[0]?.text, `tag of ${caption}`);
      }
    }
  });

  it('are skipped where they are of another version, no file, or may not be read', async () => {
    await recordOne('a.txt', 'hat');
    const folder = recordFolderOf(root());
    const other = (await readFile(await file(), 'utf8')).replace('["r",1,"', '["r",2,"x');
    await writeFile(path.join(folder, '20260101T000000000-00000001.jsonl'), other);
    await mkdir(path.join(folder, '20260101T000000000-00000002.jsonl'));
    await symlink('nowhere', path.join(folder, '20260101T000000000-00000003.jsonl'));
    await writeFile(path.join(folder, 'notes.txt'), 'mine');
    assert.deepEqual(await captions(), ['a.txt']);
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file');
    assert.deepEqual(await captions(), []);
  });

  it('do not bring back a folder that was renamed or deleted', async () => {
    const gone = path.join(root(), 'gone');
    await assert.rejects(record(new RecordWriter(gone), 'a.txt', 'hat'), { code: 'RECORD_FAILED' });
    assert.deepEqual(await namesIn(root()), []);
  });

  it('fail for good once the disk is full, without touching what they have', async () => {
    const disk = new Map<string, string>();
    let isFull = false;
    const files = inMemory({ disk, onFlush: () => (isFull ? fail('ENOSPC') : undefined) });
    const writer = new RecordWriter(root(), files);
    await record(writer, 'a.txt', 'hat');
    const before = [...disk.values()][0];
    isFull = true;
    await assert.rejects(record(writer, 'b.txt', 'hat'), { code: 'RECORD_FAILED' });
    isFull = false;
    await assert.rejects(record(writer, 'c.txt', 'hat'), { code: 'RECORD_FAILED' });
    await writer.close();
    assert.ok([...disk.values()][0]?.startsWith(before ?? '-'));
  });

  it('do not wait for ever for a disk that does not answer', async () => {
    const silent: RecordFileSystem = {
      makeFolders: () => Promise.resolve(),
      create: () => new Promise(() => undefined),
      rewrite: () => new Promise(() => undefined),
    };
    const writer = new RecordWriter(root(), silent, Date.now, 'dataset', 50);
    const reason = /no answer of the disk/;
    await assert.rejects(record(writer, 'a.txt', 'hat'), { message: reason });
    await assert.rejects(record(writer, 'b.txt', 'hat'), { message: reason });
    await writer.close();
  });

  it('are written anew where a file system cannot append, in files that stay short', async () => {
    for (const taken of [0, 1, 2]) {
      const disk = new Map<string, string>();
      const writer = new RecordWriter(root(), inMemory({ disk, appends: taken }));
      for (let index = 0; index < 800; index++) await record(writer, `${index}.txt`, `tag ${index}`.repeat(60));
      await writer.close();
      assert.ok(disk.size > 1, 'one file was written anew again and again');
      const folder = recordFolderOf(root());
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      for (const [name, text] of disk) await writeFile(path.join(folder, path.basename(name)), text);
      assert.equal((await entries()).length, 800);
    }
  });

  it('are merged into one file, and say the same', async () => {
    for (let index = 0; index < 40; index++) await recordOne(`${index}.txt`, 'hat', `tag ${index}`);
    const live = new RecordWriter(root());
    await record(live, 'live.txt', 'hat');
    const before = await entries();
    assert.equal(await compactRecords(root(), 20), 40);
    assert.equal((await recordFiles(root())).length, 2);
    await record(live, 'later.txt', 'hat');
    await live.close();
    const text = (all: RecordEntry[]): string[] => all.map((entry) => JSON.stringify(entry)).sort();
    assert.deepEqual(text((await entries()).filter(({ caption }) => caption !== 'later.txt')).length, before.length);
    assert.equal((await entries()).length, 42);
    assert.ok((await entries()).filter(({ caption }) => /^\d/.test(caption)).every(({ isDone }) => isDone));
  });

  it('are not mixed with those of a record whose first line was spoilt, once both are merged', async () => {
    for (const [name, tag] of [
      ['a.txt', 'hat'],
      ['b.txt', 'cat'],
      ['c.txt', 'dog'],
    ] as const) {
      await recordOne(name, tag);
      // Their names sort by the millisecond.
      await delay(2);
    }
    const files = await recordFiles(root());
    for (const spoilt of [files[0], files[2]]) {
      const text = await readFile(spoilt ?? '', 'utf8');
      await writeFile(spoilt ?? '', text.replace('[', '\0'));
    }
    assert.equal(await compactRecords(root(), 3), 3);
    assert.deepEqual(
      (await entries()).map(({ caption, parts }) => `${caption}: ${parts.map(({ text }) => text).join()}`),
      ['b.txt: cat'],
    );
  });

  it('count once where they stand in two files, as when a merge was killed', async () => {
    for (let index = 0; index < 20; index++) await recordOne(`${index}.txt`, 'hat');
    const kept = await Promise.all((await recordFiles(root())).map(async (one) => [one, await readFile(one)] as const));
    await compactRecords(root(), 20);
    for (const [one, content] of kept) await writeFile(one, content);
    assert.equal((await entries()).length, 20);
    assert.equal(await compactRecords(root(), 20), 21);
    assert.equal((await entries()).length, 20);
  });

  it('are not lost to a reader that lists them before they are merged, and reads them after', async () => {
    for (let index = 0; index < 20; index++) await recordOne(`${index}.txt`, 'hat');
    let listings = 0;
    const found: StoredEntry[] = [];
    await readRecords(root(), (entry) => found.push(entry), {
      list: async (folder) => {
        const files = await recordSources(folder);
        if (listings++ === 0) await compactRecords(folder, 20);
        return files;
      },
    });
    assert.equal(found.length, 20);
  });

  it('of a process that was killed are merged, of one that lives or may live they are not', async () => {
    for (let index = 0; index < 20; index++) await recordOne(`${index}.txt`, 'hat');
    const files = await recordFiles(root());
    const withoutEnd = readFileSync(files[0]!, 'utf8').replace('["z"]\n', '');
    const dead = withoutEnd.replace(/"(\d+)-([^"]*)p"\]/, (_, __, rest: string) => `"2147483000-${rest}p"]`);
    const elsewhere = withoutEnd.replace(/"(\d+)-[^"]*p"\]/, '"1-0a1b2c3d-x-0a1b2c3d-x-xp"]');
    await writeFile(files[0]!, dead);
    await writeFile(files[1]!, elsewhere);
    await writeFile(files[2]!, withoutEnd);
    await utimes(files[2]!, new Date(2020, 1), new Date(2020, 1));
    assert.equal(await compactRecords(root(), 18), 19);
    assert.ok((await recordFiles(root())).includes(files[1]!));
  });

  it('are found from a folder or an image of the dataset', async () => {
    const inner = path.join(root(), '10_cat', 'more');
    await mkdir(inner, { recursive: true });
    assert.equal(recordRootOf(inner), inner);
    await recordOne('a.txt', 'hat');
    assert.equal(recordRootOf(inner), root());
    assert.equal(recordRootOf(root()), root());
  });

  it('go with a part of the dataset that is copied with them, and say nothing of what is not', async () => {
    await recordOne('a.txt', 'hat');
    await recordOne('b.txt', 'hat', 'cat');
    const [first, second] = await recordFiles(root());
    await rename(second!, `${second!}.elsewhere`);
    const history = await RecordHistory.read(root());
    assert.equal(history.originsOf('a.txt', 'hat').parts[0]?.by, 'tagger');
    assert.deepEqual(
      history.originsOf('b.txt', 'hat, cat').parts.map(({ by }) => by),
      ['hand', 'hand'],
    );
    await appendFile(first!, '["w",7,"a.txt"');
    assert.equal((await entries()).length, 1);
  });
});

function fail(code: string): never {
  throw Object.assign(new Error(code), { code });
}

/** A file system in memory. `appends`: so many appends work, as on mounts that take a file once */
function inMemory({
  disk = new Map<string, string>(),
  appends = Infinity,
  onFlush = () => undefined,
}: { disk?: Map<string, string>; appends?: number; onFlush?: (text: string) => unknown } = {}): RecordFileSystem {
  return {
    makeFolders: () => Promise.resolve(),
    create: (file) => {
      let left = appends;
      disk.set(file, '');
      return Promise.resolve({
        append: async (text, flushed) => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (left-- <= 0) fail('EOPNOTSUPP');
          if (flushed) onFlush(text);
          disk.set(file, (disk.get(file) ?? '') + text);
        },
        close: () => Promise.resolve(),
      });
    },
    rewrite: (file, text) => {
      disk.set(file, text);
      return Promise.resolve();
    },
  };
}
