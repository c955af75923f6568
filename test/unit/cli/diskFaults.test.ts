import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cli, program, runToEnd, type CaptionReport, type Ended } from '../shared/runCli';
import { withDisk } from './smallDisk';
import { namesIn, testFolder } from '../shared/testFolder';
import { endRunner, writePictures } from '../jobs/testJobs';

/** What strace makes a system call answer. */
interface Fault {
  call: 'pwrite64' | 'fsync' | 'link' | 'rename';
  error: 'ENOSPC' | 'EIO' | 'EINTR';
  /** from this call of each thread on: `5+` all of them, `5` one */
  when: string;
}

/** A few for every day, each call and each error among them; the soak has all. */
const everyDay: readonly Fault[] = [
  { call: 'pwrite64', error: 'ENOSPC', when: '4+' },
  { call: 'fsync', error: 'EIO', when: '5+' },
  { call: 'link', error: 'ENOSPC', when: '4' },
  { call: 'rename', error: 'ENOSPC', when: '3' },
];
const all: readonly Fault[] = (['pwrite64', 'fsync', 'link', 'rename'] as const).flatMap((call) =>
  (['ENOSPC', 'EIO'] as const).flatMap((error) => ['1+', '3+', '9+'].map((when) => ({ call, error, when }))),
);
const faults = process.env.DATASET_CAPTIONS_FAULTS === 'all' ? all : everyDay;
const images = 40;

/** Whether strace is there and may look at processes, which not every container allows. */
function canTrace(): boolean {
  try {
    execFileSync('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('A job whose disk fails', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const jobs = (): string => path.join(folder(), 'jobs');
  const root = (): string => path.join(folder(), 'pictures');
  afterEach(() => endRunner(jobs(), 'SIGTERM'));

  const caption = (set: string, more: readonly string[]): string[] => [
    ...[program, 'caption', set, '--mode', 'all', '--jobs', jobs(), '--json'],
    ...more,
  ];
  const resumed = (set: string, ...more: string[]): Promise<Ended> => cli(...caption(set, more).slice(1));
  const failing = (inject: string, paths: readonly string[] = [], ...more: string[]): Promise<Ended> => {
    const only = paths.flatMap((file) => ['-P', file]);
    // A call is injected into only where it is traced.
    const trace = ['-e', `trace=${inject.split(':')[0] ?? ''}`, '-e', `inject=${inject}`];
    const strace = ['-f', '--seccomp-bpf', '-o', '/dev/null', ...only, ...trace];
    return runToEnd('strace', ...strace, process.execPath, ...caption(root(), more));
  };

  /** What a caption of these pictures is; all are the same picture. */
  async function wholeCaption(...more: string[]): Promise<string> {
    const set = path.join(folder(), 'one');
    await writePictures(set, 1);
    assert.equal((await resumed(set, ...more)).code, 0);
    const text = await readFile(path.join(set, '1.txt'), 'utf8');
    assert.match(text, /red/);
    return text;
  }

  /** Every caption is old or new, whole, and nothing else was left. @returns how many are new */
  async function captionsAreWhole(set: string, old: string | undefined, whole: string): Promise<number> {
    let written = 0;
    for (const name of await namesIn(set)) {
      assert.ok(/^(\d+\.(png|txt)|filler)$/.test(name), `${name} was left`);
      if (!name.endsWith('.txt')) continue;
      const text = await readFile(path.join(set, name), 'utf8');
      if (text === whole) written++;
      else assert.equal(text, old, name);
    }
    return written;
  }

  /** The job stands still, says why once, and blames no image; or it could not even be made, and says that once. */
  function isPaused({ code, stdout, stderr }: Ended, message: RegExp): void {
    assert.notEqual(code, 0, stderr);
    if (stdout === '') {
      assert.equal(stderr.split('The job cannot be kept in').length - 1, 1, stderr);
      return;
    }
    const report = JSON.parse(stdout) as CaptionReport & { message: string };
    assert.equal(report.status, 'error');
    assert.match(report.message, message);
    assert.deepEqual(report.failed, {}, 'no image is to blame');
    assert.equal(stderr.split(report.message).length - 1, 1, `said once: ${stderr}`);
  }

  async function completes(set: string, whole: string, ...more: string[]): Promise<void> {
    const { code, stdout, stderr } = await resumed(set, ...more);
    assert.equal(code, 0, stderr);
    assert.equal((JSON.parse(stdout) as CaptionReport).status, 'completed');
    assert.equal(await captionsAreWhole(set, undefined, whole), images);
  }

  for (const { call, error, when } of faults) {
    it(`stands still with one message and goes on later: ${error} of ${call}, call ${when}`, async function () {
      if (!canTrace()) skip(this);
      const whole = await wholeCaption();
      await writePictures(root(), images);
      // A caption that is there is replaced by a rename, a new one gets its name by a link.
      const old = call === 'rename' ? 'mine' : undefined;
      if (old !== undefined) for (let n = 1; n <= images; n++) await writeFile(path.join(root(), `${n}.txt`), old);
      const ended = await failing(`${call}:error=${error}:when=${when}`);
      isPaused(ended, error === 'ENOSPC' ? /full|ENOSPC/ : /does not answer|EIO/);
      assert.ok((await captionsAreWhole(root(), old, whole)) < images);
      await completes(root(), whole);
    });
  }

  it('does not stop for calls that were interrupted', async function () {
    if (!canTrace()) skip(this);
    const whole = await wholeCaption();
    await writePictures(root(), images);
    const ended = await failing('pwrite64,fsync:error=EINTR:when=2+2');
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(await captionsAreWhole(root(), undefined, whole), images);
  });

  it('stands still when its journal cannot be written, before it writes a caption that the journal does not know', async function () {
    if (!canTrace()) skip(this);
    const whole = await wholeCaption();
    await writePictures(root(), images);
    isPaused(await failing('link:error=ENOSPC:when=4'), /full/);
    const written = await captionsAreWhole(root(), undefined, whole);
    const journals = (await readdir(jobs(), { recursive: true })).filter((name) => name.endsWith('journal.jsonl'));
    const ended = await failing(
      'write:error=ENOSPC',
      journals.map((name) => path.join(jobs(), name)),
    );
    isPaused(ended, /journal/);
    assert.equal(await captionsAreWhole(root(), undefined, whole), written);
    await completes(root(), whole);
  });

  it('stands still on a disk that is really full, where writes fit in part, and goes on when there is room', async function () {
    // Longer than a page of memory: the last one that fits is written in part.
    const long = ['--added-tags', Array.from({ length: 60 }, (_, n) => `tag ${n} ${'x'.repeat(150)}`).join(', ')];
    const whole = await wholeCaption(...long);
    assert.ok(whole.length > 8192);
    await withDisk(this, folder(), '1m', async (disk) => {
      await writePictures(disk, images);
      const filler = path.join(disk, 'filler');
      await writeFile(filler, Buffer.alloc(768_000));
      isPaused(await resumed(disk, ...long), /The disk is full/);
      const written = await captionsAreWhole(disk, undefined, whole);
      assert.ok(written < images, `${written} fit`);
      await rm(filler);
      await completes(disk, whole, ...long);
    });
  });
});

function skip(test: Mocha.Context): never {
  console.log('      (strace is not there or may not look at processes, so this is not tested)');
  test.skip();
}
