import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, readdir, readFile, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { cli, program, type CaptionReport, type Ended } from '../../shared/runCli';
import { testFolder, until } from '../../shared/testFolder';

interface Origins {
  parts: { text: string; by: string; name: string | null; score: number | null; when: string | null }[];
  deleted: { text: string; when: string | null }[];
}

const colours = ['#d01010', '#10d010', '#1010d0', '#d0d010', '#d010d0', '#101010'];
const records = '.dataset-captions';

describe('The write mode update of the command line', function () {
  this.timeout(120_000);
  const folder = testFolder();
  const root = (): string => path.join(folder(), 'pictures');
  const jobs = (): string => path.join(folder(), 'jobs');

  beforeEach(() => writePictures(10));

  async function writePictures(count: number): Promise<void> {
    await mkdir(root(), { recursive: true });
    for (let index = 0; index < count; index++) {
      const background = colours[index % colours.length] ?? '';
      const picture = sharp({ create: { width: 64, height: 48, channels: 3, background } });
      await writeFile(path.join(root(), `${index}.png`), await picture.png().toBuffer());
    }
  }

  const caption = (...flags: string[]): Promise<Ended> =>
    cli('caption', root(), '--mode', 'all', '--jobs', jobs(), '--general-threshold', '0.1', '--json', ...flags);

  async function captioned(...flags: string[]): Promise<Record<string, string>> {
    const { code, stdout, stderr } = await caption(...flags);
    assert.equal(code, 0, stderr);
    const { results } = JSON.parse(stdout) as CaptionReport;
    return Object.fromEntries(Object.entries(results).map(([file, text]) => [path.basename(file), text]));
  }

  const fileOf = (index: number): string => path.join(root(), `${index}.txt`);
  const tagsOf = async (index: number): Promise<string[]> => (await readFile(fileOf(index), 'utf8')).split(', ');

  async function originsIn(place: string): Promise<Record<string, Origins>> {
    const { code, stdout, stderr } = await cli('origins', place, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Record<string, Origins>;
  }

  async function originsOf(index: number): Promise<Origins> {
    const image = path.join(root(), `${index}.png`);
    return (await originsIn(image))[image]!;
  }

  /** What another run of the tagger makes of a picture where nobody edited anything. */
  const others = ['--general-threshold', '0.05', '--excluded-tags', 'simple background', '--added-tags', 'palette'];

  async function resultsOfOthers(): Promise<Record<string, string>> {
    const copy = path.join(folder(), 'copy');
    await cp(root(), copy, { recursive: true, filter: (file) => !/\.txt$|\.dataset-captions/.test(file) });
    const { stdout } = await cli('caption', copy, '--mode', 'all', '--jobs', jobs(), ...others, '--json');
    const { results } = JSON.parse(stdout) as CaptionReport;
    return Object.fromEntries(Object.entries(results).map(([file, text]) => [path.basename(file), text]));
  }

  it('keeps a tag that was corrected, one that was deleted and one that was added; all else is the new result', async () => {
    await captioned();
    const [first = '', ...rest] = await tagsOf(0);
    await writeFile(fileOf(0), [`very ${first}`, ...rest].join(', '));
    const [, ...deleted] = await tagsOf(1);
    const gone = (await tagsOf(1))[0] ?? '';
    await writeFile(fileOf(1), deleted.join(', '));
    await writeFile(fileOf(2), ['mine', ...(await tagsOf(2))].join(', '));

    await captioned('--write-mode', 'update', ...others);

    const wanted = await resultsOfOthers();
    const now = async (index: number): Promise<Set<string>> => new Set(await tagsOf(index));
    const result = (index: number): string[] => (wanted[`${index}.png`] ?? '').split(', ');
    const without = (tags: string[], one: string): string[] => tags.filter((tag) => tag !== one);
    assert.deepEqual(await now(0), new Set([`very ${first}`, ...without(result(0), first)]));
    assert.deepEqual(await now(1), new Set(without(result(1), gone)));
    assert.deepEqual(await now(2), new Set(['mine', ...result(2)]));
    assert.equal((await tagsOf(2))[0], 'mine');
    for (let index = 3; index < 10; index++) assert.deepEqual(await now(index), new Set(result(index)), String(index));
    assert.notDeepEqual(result(3), (await tagsOf(3)).slice(0, -1), 'the results differ');

    const origins = await originsIn(root());
    assert.deepEqual(
      origins[path.join(root(), '1.png')]?.deleted.map(({ text }) => text),
      [gone],
    );
    const mine = origins[path.join(root(), '2.png')]?.parts[0];
    assert.deepEqual(mine, { text: 'mine', by: 'hand', name: null, score: null, when: null });
    const { parts } = await originsOf(3);
    // What the job was asked to add is who asked's, not the tagger's.
    for (const { text, by, name, when } of parts) {
      const isAsked = text === 'palette';
      assert.deepEqual([by, name, when !== null], isAsked ? ['hand', null, true] : ['tagger', 'palette', true], text);
    }
    assert.ok(parts.every(({ text, score }) => (text === 'palette') === (score === null)));
    const { stdout } = await cli('origins', path.join(root(), '2.png'));
    assert.match(stdout, /^ {2}mine: hand$/m);
    assert.match(stdout, /: tagger, palette, 0\.\d\d, 20/);

    // Nothing is new: no file is written again.
    const before = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => (await stat(fileOf(index))).mtimeMs),
    );
    await captioned('--write-mode', 'update', ...others);
    for (const [index, time] of before.entries()) assert.equal((await stat(fileOf(index))).mtimeMs, time);
  });

  it('takes nothing for the machine’s that a tool wrote in other letters, and nothing for a person’s that was written alike', async () => {
    await captioned();
    const texts = await Promise.all([0, 1, 2, 3].map((index) => readFile(fileOf(index), 'utf8')));
    for (const index of [0, 1]) await writeFile(fileOf(index), texts[index]!.toUpperCase());
    for (const index of [2, 3]) {
      await unlink(fileOf(index));
      await writeFile(fileOf(index), texts[index]!);
    }
    assert.ok((await originsOf(0)).parts.every(({ by }) => by === 'hand'));
    assert.ok((await originsOf(2)).parts.every(({ by }) => by === 'tagger'));
    await captioned('--write-mode', 'update', '--excluded-tags', '*theme');
    for (const index of [0, 1]) assert.equal(await readFile(fileOf(index), 'utf8'), texts[index]!.toUpperCase());
    for (const index of [2, 3]) assert.doesNotMatch(await readFile(fileOf(index), 'utf8'), /theme/);
  });

  it('leaves a tag that a job was asked to add where the next one is not, also one that stood there before', async () => {
    await captioned('--added-tags', 'trigger word, my style');
    assert.deepEqual((await tagsOf(0)).slice(0, 2), ['trigger word', 'my style']);
    const before = await tagsOf(0);
    await captioned('--write-mode', 'update');
    assert.deepEqual(await tagsOf(0), before);
    const { parts } = await originsOf(0);
    assert.deepEqual(
      parts.filter(({ by }) => by === 'hand').map(({ text }) => text),
      ['trigger word', 'my style'],
    );
    assert.ok(parts.filter(({ by }) => by === 'tagger').length > 1);
    const found = await cli('list', root(), '--search', 'by:job', '--json');
    assert.equal((JSON.parse(found.stdout) as { count: number }).count, 10, found.stdout);

    // A tag of the tagger that somebody asks for then is theirs, too.
    const [, , machines = ''] = before;
    await captioned('--write-mode', 'update', '--added-tags', `${machines}, another`);
    await captioned('--write-mode', 'update', '--excluded-tags', machines);
    assert.deepEqual(new Set(await tagsOf(0)), new Set([...before, 'another']));
  });

  it('only adds where half of a dataset was copied without its records, or they are of another place', async () => {
    await captioned();
    const half = path.join(folder(), 'half');
    await mkdir(half);
    for (const name of await readdir(root()))
      if (/^[0-4]\./.test(name)) await cp(path.join(root(), name), path.join(half, name));
    const before = await readFile(path.join(half, '0.txt'), 'utf8');
    await cli('caption', half, '--jobs', jobs(), '--write-mode', 'update', ...others);
    const after = await readFile(path.join(half, '0.txt'), 'utf8');
    assert.ok(after.startsWith(before), after);
    // With them, what they say counts for the captions that are there.
    const whole = path.join(folder(), 'whole');
    await cp(root(), whole, { recursive: true });
    for (const name of await readdir(whole)) if (/^[5-9]\./.test(name)) await rm(path.join(whole, name));
    await cli('caption', whole, '--jobs', jobs(), '--write-mode', 'update', ...others);
    assert.doesNotMatch(await readFile(path.join(whole, '0.txt'), 'utf8'), /simple background/);
  });

  it('brings a tag back that was deleted by hand once that is forgotten, of an image or of the folder', async () => {
    await captioned();
    const deleted = [0, 1].map(async (index): Promise<string> => {
      const [first = '', ...rest] = await tagsOf(index);
      await writeFile(fileOf(index), rest.join(', '));
      return first;
    });
    const [first = '', second = ''] = await Promise.all(deleted);
    const image = path.join(root(), '0.png');
    const one = await cli('forget', image, '--json');
    assert.equal(one.code, 0, one.stderr);
    const forgotten = JSON.parse(one.stdout) as Record<string, { forgotten: { text: string }[] }>;
    assert.deepEqual(Object.keys(forgotten), [image]);
    assert.deepEqual(
      forgotten[image]?.forgotten.map(({ text }) => text),
      [first],
    );
    assert.deepEqual((await originsOf(0)).deleted, []);
    await captioned('--write-mode', 'update');
    assert.ok((await tagsOf(0)).includes(first));
    assert.ok(!(await tagsOf(1)).includes(second));
    const all = await cli('forget', root());
    assert.deepEqual(all.stdout.trim().split('\n'), [`1.png: ${second}`]);
    await captioned('--write-mode', 'update');
    assert.ok((await tagsOf(1)).includes(second));
    assert.match((await cli('forget', root())).stderr, /Nothing was deleted by hand/);
    assert.equal((await cli('forget', root(), '--json')).stdout.trim(), '{}');
  });

  it('writes nothing beside the captions where records are off, and adds only', async () => {
    await captioned('--records', 'off');
    assert.ok(!(await readdir(root())).includes(records));
    const before = await readFile(fileOf(0), 'utf8');
    await captioned('--records', 'off', '--write-mode', 'update', ...others);
    assert.ok(!(await readdir(root())).includes(records));
    assert.ok((await readFile(fileOf(0), 'utf8')).startsWith(before));
    assert.ok((await originsOf(0)).parts.every(({ by }) => by === 'hand'));
    assert.match((await caption('--records', 'elsewhere')).stderr, /--records must be .*storage.* or off/);
  });

  it('finds its records in the user’s own folder, with nothing beside the captions', async () => {
    const { XDG_DATA_HOME, LOCALAPPDATA, HOME } = process.env;
    for (const name of ['XDG_DATA_HOME', 'LOCALAPPDATA', 'HOME']) process.env[name] = path.join(folder(), 'home');
    try {
      await captioned('--records', 'storage');
      await writeFile(fileOf(2), ['mine', ...(await tagsOf(2))].join(', '));
      await captioned('--records', 'storage', '--write-mode', 'update', ...others);
      assert.ok(!(await readdir(root())).includes(records));
      assert.doesNotMatch(await readFile(fileOf(0), 'utf8'), /simple background/);
      const { parts } = await originsOf(2);
      assert.deepEqual(
        parts.filter(({ by }) => by !== 'tagger').map(({ text }) => text),
        ['mine', 'palette'],
      );
    } finally {
      for (const [name, value] of Object.entries({ XDG_DATA_HOME, LOCALAPPDATA, HOME })) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
    }
  });

  it('reads what is recorded in a folder of the dataset, and in one around it', async () => {
    const set = path.join(root(), 'set');
    await mkdir(set);
    for (const name of ['0.png', '1.png']) await cp(path.join(root(), name), path.join(set, name));
    await cli('caption', set, '--mode', 'all', '--jobs', jobs(), '--general-threshold', '0.1');
    const file = path.join(set, '0.txt');
    const [gone = '', ...rest] = (await readFile(file, 'utf8')).split(', ');
    await writeFile(file, ['mine', ...rest].join(', '));
    await captioned('--write-mode', 'update', '--excluded-tags', 'simple background');
    const text = await readFile(file, 'utf8');
    assert.ok(text.startsWith('mine, '), text);
    assert.ok(!text.includes('simple background') && !text.split(', ').includes(gone), text);
    // And the other way: the folder alone, of which the last write is recorded in the whole.
    const origins = (await originsIn(path.join(set, '1.png')))[path.join(set, '1.png')];
    assert.ok(origins?.parts.every(({ by }) => by === 'tagger'));
    assert.deepEqual(origins?.deleted, []);
  });

  it('only adds where a newer version wrote a record, and says so', async () => {
    await captioned();
    const folderOfRecords = path.join(root(), records, 'records');
    const [name = ''] = await readdir(folderOfRecords);
    const file = path.join(folderOfRecords, name);
    await writeFile(file, (await readFile(file, 'utf8')).replace('["r",1,', '["r",2,'));
    const before = await tagsOf(0);
    const { code, stderr } = await caption('--write-mode', 'update', '--excluded-tags', before[0] ?? '');
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/A newer version of Dataset Captions wrote/g)?.length, 1, stderr);
    assert.deepEqual(await tagsOf(0), before);
    const said = await cli('origins', root(), '--json');
    assert.equal(said.stderr.match(/a newer version of Dataset Captions wrote it/g)?.length, 1, said.stderr);
    const found = await cli('list', root(), '--search', 'origin:tagger', '--json');
    assert.match(found.stderr, /a newer version/);
  });

  it('writes no record through a link, says so once, and captions as ever', async () => {
    const elsewhere = path.join(folder(), 'elsewhere');
    await mkdir(elsewhere);
    await symlink(elsewhere, path.join(root(), records), 'junction');
    const { code, stderr } = await caption('--snapshot-days', '0');
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/Who wrote what is not recorded/g)?.length, 1, stderr);
    assert.match(stderr, /is a link, which is not followed/);
    assert.deepEqual(
      (await readdir(elsewhere, { recursive: true })).filter((one) => one.endsWith('.jsonl')),
      [],
    );
    assert.ok((await tagsOf(9)).length > 1);
  });

  it('goes on where a record cannot be written, and says so once', async () => {
    await writeFile(path.join(root(), records), 'a file');
    const { code, stderr } = await caption();
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/Who wrote what is not recorded/g)?.length, 1, stderr);
    assert.ok((await tagsOf(9)).length > 1);
  });

  it('only adds where its writes cannot be recorded, and nothing counts as deleted by hand for that', async function () {
    // Root may write everywhere.
    if (process.platform === 'win32' || process.getuid?.() === 0) this.skip();
    await captioned('--added-tags', 'palette');
    const before = await Promise.all([...Array(10).keys()].map(tagsOf));
    const folderOfRecords = path.join(root(), records, 'records');
    await chmod(folderOfRecords, 0o555);
    const { code, stderr } = await caption('--write-mode', 'update', '--excluded-tags', before[0]?.[0] ?? '');
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Who wrote what is not recorded/);
    for (const [index, tags] of before.entries()) assert.deepEqual(await tagsOf(index), tags);
    await writeFile(fileOf(0), (before[0] ?? []).slice(1).join(', '));
    const forgotten = await cli('forget', root());
    assert.equal(forgotten.code, 1, forgotten.stderr);
    assert.match(forgotten.stderr, /record of who wrote what cannot be written/);
    assert.doesNotMatch(forgotten.stderr, /Unexpected error| at /);
    await chmod(folderOfRecords, 0o755);
    assert.deepEqual((await originsOf(1)).deleted, []);
  });

  it('knows what was there before a job that was reverted', async () => {
    await captioned();
    const before = await readFile(fileOf(0), 'utf8');
    await captioned('--write-mode', 'update', '--added-tags', 'palette');
    assert.match(await readFile(fileOf(0), 'utf8'), /palette/);
    const job =
      (await readdir(jobs()))
        .filter((name) => /^\d/.test(name))
        .sort()
        .at(-1) ?? '';
    const { code, stderr } = await cli('revert', job, '--jobs', jobs());
    assert.equal(code, 0, stderr);
    assert.equal(await readFile(fileOf(0), 'utf8'), before);
    const { parts, deleted } = await originsOf(0);
    assert.ok(parts.every(({ by }) => by === 'tagger'));
    assert.deepEqual(deleted, []);
  });

  it('has a record that agrees with the captions, or is behind them, when its process is killed', async function () {
    this.timeout(600_000);
    const images = 120;
    await writePictures(images);
    await captioned();
    for (let index = 0; index < images; index += 3)
      await writeFile(fileOf(index), ['mine', ...(await tagsOf(index))].join(', '));
    const flags = ['--mode', 'all', '--write-mode', 'update', '--jobs', jobs(), ...others];
    for (let kill = 0; kill < 3; kill++) {
      const child = spawn(process.execPath, [program, 'caption', root(), ...flags], { stdio: 'ignore' });
      const ended = once(child, 'exit');
      const count = async (): Promise<number> => {
        const texts = await Promise.all(Array.from({ length: images }, (_, index) => readFile(fileOf(index), 'utf8')));
        return texts.filter((text) => text.includes('palette')).length;
      };
      const known = await count();
      await until(
        async () => child.exitCode !== null || (await count()) >= known + 20,
        'some captions are written',
        200_000,
      );
      child.kill('SIGKILL');
      await ended;
      for (const [image, { parts, deleted }] of Object.entries(await originsIn(root()))) {
        assert.deepEqual(deleted, [], image);
        for (const { text, by } of parts)
          assert.equal(by, ['mine', 'palette'].includes(text) ? 'hand' : 'tagger', `${text} of ${image}`);
      }
    }
    assert.equal((await cli('caption', root(), ...flags)).code, 0);
    const wanted = await resultsOfOthers();
    for (let index = 0; index < images; index++) {
      const result = new Set((wanted[`${index}.png`] ?? '').split(', '));
      if (index % 3 === 0) result.add('mine');
      assert.deepEqual(new Set(await tagsOf(index)), result, String(index));
    }
  });
});
