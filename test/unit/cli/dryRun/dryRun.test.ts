import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { cli, program, type CaptionReport, type Ended } from '../../shared/runCli';
import { fingerprint, testFolder, until } from '../../shared/testFolder';

interface Report {
  status: string;
  dry_run: boolean;
  done: number;
  total: number;
  adds: number;
  removes: number;
  keeps: number;
  changed: number;
  unchanged: number;
  changes: Record<string, { before: string; after: string; adds: string[]; removes: string[]; keeps: number }>;
  failed: Record<string, string>;
  kept: Record<string, string>;
}

const colours = ['#d01010', '#10d010', '#1010d0', '#d0d010'];

describe('A dry run of the command line', function () {
  this.timeout(120_000);
  const folder = testFolder();
  const root = (): string => path.join(folder(), 'pictures');
  const jobs = (): string => path.join(folder(), 'jobs');
  const file = (name: string): string => path.join(root(), name);

  beforeEach(async () => {
    await mkdir(root());
    await writePictures(colours.length);
  });

  async function writePictures(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const background = colours[index % colours.length] ?? '';
      const picture = sharp({ create: { width: 64, height: 48, channels: 3, background } });
      await writeFile(file(`${index}.png`), await picture.png().toBuffer());
    }
  }

  const caption = (...flags: string[]): Promise<Ended> =>
    cli('caption', root(), '--mode', 'all', '--jobs', jobs(), '--general-threshold', '0.1', ...flags);

  async function dryRun(...flags: string[]): Promise<Report> {
    const { code, stdout, stderr } = await caption('--dry-run', '--json', ...flags);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as Report;
  }

  /** All that is in the folder, so that any write shows. */
  async function everything(): Promise<Record<string, string>> {
    const names = await readdir(folder(), { recursive: true });
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await fingerprint(path.join(folder(), name))] as const)),
    );
  }

  it('says what a job does, to each caption and in all, and leaves nothing behind', async () => {
    await writeFile(file('0.txt'), 'mine, simple background\nsecond line\n');
    await writeFile(file('1.txt'), 'mine');
    const flags = ['--write-mode', 'update'];
    const before = await everything();
    const report = await dryRun(...flags);
    assert.deepEqual(await everything(), before);
    assert.ok(!existsSync(jobs()) && !existsSync(file('.dataset-captions')));

    const job = await caption('--json', ...flags);
    assert.equal(job.code, 0, job.stderr);
    const { results } = JSON.parse(job.stdout) as CaptionReport;
    const old: Record<string, string> = { '0.png': 'mine, simple background\nsecond line', '1.png': 'mine' };
    for (const [image, text] of Object.entries(results)) {
      const { before: was, after } = report.changes[image] ?? {};
      assert.deepEqual([was, after], [old[path.basename(image)] ?? '', text]);
    }
    assert.deepEqual([report.changed, report.unchanged, report.total], [4, 0, 4]);
    const sum = (count: (change: Report['changes'][string]) => number): number =>
      Object.values(report.changes).reduce((total, change) => total + count(change), 0);
    assert.equal(
      report.adds,
      sum(({ adds }) => adds.length),
    );
    assert.equal(report.removes, 0);
    assert.equal(
      report.keeps,
      sum(({ keeps }) => keeps),
    );
    // The same again would change nothing.
    const again = await dryRun(...flags);
    assert.deepEqual([again.changed, again.unchanged, again.adds], [0, 4, 0]);
  });

  it('knows who wrote what: of a machine’s tags one goes, one that was deleted by hand does not come', async () => {
    await caption();
    const tags = (await readFile(file('0.txt'), 'utf8')).split(', ');
    const [first = '', second = '', ...rest] = tags;
    await writeFile(file('0.txt'), ['mine', second, ...rest].join(', '));
    const before = await everything();
    const report = await dryRun('--write-mode', 'update', '--excluded-tags', second, '--added-tags', 'new');
    assert.deepEqual(await everything(), before);
    const change = report.changes[file('0.png')];
    assert.deepEqual(change?.removes, [second]);
    assert.deepEqual(change.adds, ['new']);
    assert.equal(change.keeps, rest.length + 1);
    assert.ok(!change.after.split(', ').includes(first));
  });

  it('prints a line for each caption that would change and the totals, and names bad images with the reason', async () => {
    await writeFile(file('0.txt'), 'mine');
    await writeFile(file('1.txt'), '{"caption": "json"}');
    await writeFile(file('bad.png'), 'no picture');
    const { code, stdout, stderr } = await caption(
      ...['--dry-run', '--write-mode', 'append', '--excluded-tags', '*', '--added-tags', 'hat, red scarf'],
    );
    assert.equal(code, 2, stderr);
    // With all of its tags left out an image is untagged, whatever is added.
    assert.match(stdout, /^adds 0, removes 0, keeps 0 tags in 0 captions; 4 captions stay as they are$/m);
    assert.match(stderr, /bad\.png: .+/);
    assert.match(stderr, /1\.png: The caption is JSON/);
    assert.match(
      stderr,
      /Dry run: 4 of 5 images looked at, nothing was written, 3 of them without a tag, 1 would be kept/,
    );

    const some = await caption(
      '--dry-run',
      '--write-mode',
      'append',
      '--maximum-tags',
      '1',
      '--added-tags',
      'red scarf',
    );
    const lines = some.stdout.trim().split('\n');
    assert.match(lines[0] ?? '', /0\.png: \+ red scarf, \+ [^+]+, keeps 1$/);
    assert.match(lines[1] ?? '', /2\.png: \+ red scarf, \+ [^+]+$/);
    assert.equal(lines.at(-1), 'adds 6, removes 0, keeps 1 tags in 3 captions; 1 caption stays as it is');
  });

  it('is about what is left where a job was interrupted', async () => {
    await writePictures(60);
    const flags = ['caption', root(), '--mode', 'all', '--jobs', jobs(), '--general-threshold', '0.1'];
    const child = spawn(process.execPath, [program, ...flags], { stdio: 'ignore' });
    const written = async (): Promise<string[]> => (await readdir(root())).filter((name) => name.endsWith('.txt'));
    await until(async () => (await written()).length >= 5, 'some captions are written');
    child.kill('SIGINT');
    await once(child, 'exit');
    const done = (await written()).length;
    assert.ok(done < 60);
    const before = await everything();
    const report = await dryRun();
    assert.deepEqual(await everything(), before);
    assert.equal(report.total, 60 - done);
    assert.equal(report.changed, 60 - done);
    assert.equal((await dryRun('--restart')).total, 60);
  });

  it('ends with Ctrl+C, says how far it came and leaves nothing behind', async () => {
    await writePictures(400);
    const before = await everything();
    const flags = ['caption', root(), '--mode', 'all', '--jobs', jobs(), '--dry-run', '--json'];
    const child = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    await until(() => /Dry run: \d+\/400/.test(stderr), 'it has begun');
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 130, stderr);
    const report = JSON.parse(stdout) as Report;
    assert.equal(report.status, 'cancelled');
    assert.ok(report.done < 400);
    assert.deepEqual(await everything(), before);
  });

  it('is refused in the background', async () => {
    const { code, stderr } = await caption('--dry-run', '--detach');
    assert.equal(code, 1);
    assert.match(stderr, /--dry-run and --detach do not go together/);
  });
});
