import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { unfinishedJob } from '../../../src/cli/flags/unfinishedJob';
import { JobFolder } from '../../../src/jobs/folder/JobFolder';
import type { JobInfo } from '../../../src/jobs/jobTypes';
import { cli, program, type CaptionReport } from '../shared/runCli';
import { fingerprint, namesIn, nobody, testFolder, until } from '../shared/testFolder';
import { runElsewhere, seemElsewhere, silentFor } from '../jobs/heldElsewhere';
import { endRunner, makeJob, pictureFolder, writePictures } from '../jobs/testJobs';

describe('Jobs on the command line', function () {
  this.timeout(60_000);
  const folder = testFolder();
  const jobs = (): string => path.join(folder(), 'jobs');
  const captionsOf = async (root: string): Promise<string[]> =>
    (await namesIn(root)).filter((name) => name.endsWith('.txt'));
  afterEach(() => endRunner(jobs(), 'SIGTERM'));

  function start(...args: string[]): ChildProcess {
    return spawn(process.execPath, [program, ...args, '--jobs', jobs(), '--json'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
  async function report(expectedCode: number, ...args: string[]): Promise<CaptionReport & { jobs: string[] }> {
    const { code, stdout, stderr } = await cli(...args, '--jobs', jobs(), '--json');
    assert.equal(code, expectedCode, stderr);
    return JSON.parse(stdout) as CaptionReport & { jobs: string[] };
  }
  async function listed(): Promise<JobInfo[]> {
    return (JSON.parse((await cli('jobs', '--jobs', jobs(), '--json')).stdout) as { jobs: JobInfo[] }).jobs;
  }

  for (const [how, end] of [
    ['Ctrl+C', 'SIGINT'],
    ['a kill', 'SIGKILL'],
  ] as const) {
    it(`goes on after ${how} when it is called again, also where captions are replaced, and with new images`, async () => {
      const root = await pictureFolder(folder(), 300);
      await writeFile(path.join(root, '300.txt'), 'mine');
      const child = start('caption', root, '--mode', 'all');
      await until(async () => (await captionsOf(root)).length > 20, 'some captions are there');
      process.kill(-child.pid!, end);
      await once(child, 'close');
      const before = new Map<string, string>();
      for (const name of await captionsOf(root)) before.set(name, await fingerprint(path.join(root, name)));
      assert.ok(before.size < 300, 'it was over before it was ended');
      const [job] = await listed();
      assert.equal(job!.interrupted, end === 'SIGKILL');
      await copyFile(path.join(root, '1.png'), path.join(root, 'new.png'));
      const second = await report(0, 'caption', root, '--mode', 'all');
      assert.deepEqual([second.status, second.done, second.total], ['completed', 301, 301]);
      assert.equal(second.jobs[0], job!.id);
      assert.equal(second.jobs.length, 2);
      for (const [name, print] of before) {
        if (name !== '300.txt') assert.equal(await fingerprint(path.join(root, name)), print, `${name} written twice`);
      }
      assert.match(await readFile(path.join(root, '300.txt'), 'utf8'), /red theme/);
      assert.equal((await namesIn(root)).filter((name) => name.endsWith('.tmp')).length, 0);
      assert.equal((await captionsOf(root)).length, 301);
    });
  }

  it('runs in the background, is shown, and is taken back but for what somebody edited since', async () => {
    const root = await pictureFolder(folder(), 60);
    await writeFile(path.join(root, '1.txt'), 'one\r\n');
    await writeFile(path.join(root, '2.txt'), '\uFEFFtwo');
    const { code, stdout } = await cli('caption', root, '--mode', 'all', '--detach', '--jobs', jobs());
    assert.equal(code, 0);
    const id = stdout.trim();
    const attached = await cli('attach', id, '--jobs', jobs(), '--json');
    assert.equal(attached.code, 0, attached.stderr);
    const { job } = JSON.parse(attached.stdout) as { job: JobInfo };
    assert.deepEqual([job.status, job.counts.written], ['completed', 60]);
    await writeFile(path.join(root, '3.txt'), 'my own words');
    const reverted = await cli('revert', id.slice(-8), '--jobs', jobs(), '--json');
    assert.equal(reverted.code, 2, reverted.stderr);
    assert.match(reverted.stderr, /3\.png: The caption was changed/);
    assert.deepEqual(await captionsOf(root), ['1.txt', '2.txt', '3.txt']);
    assert.deepEqual(await readFile(path.join(root, '1.txt')), Buffer.from('one\r\n'));
    assert.deepEqual(await readFile(path.join(root, '2.txt')), Buffer.from('\uFEFFtwo'));
    assert.equal(await readFile(path.join(root, '3.txt'), 'utf8'), 'my own words');
    assert.ok((await listed())[0]!.reverted !== undefined);
  });

  it('can be stopped and be gone on with from another terminal', async () => {
    const root = await pictureFolder(folder(), 300);
    const id = (await cli('caption', root, '--detach', '--jobs', jobs())).stdout.trim();
    await until(async () => (await captionsOf(root)).length > 0, 'a caption is there');
    assert.equal((await cli('jobs', '--pause', id, '--jobs', jobs())).code, 0);
    const written = (await captionsOf(root)).length;
    assert.equal((await listed())[0]!.status, 'paused');
    assert.ok(written < 300);
    assert.equal((await cli('jobs', '--resume', id, '--jobs', jobs())).code, 0);
    assert.equal((await cli('attach', id, '--jobs', jobs())).code, 0);
    assert.equal((await captionsOf(root)).length, 300);
    assert.equal((await cli('jobs', '--remove', id, '--jobs', jobs())).code, 0);
    assert.deepEqual(await listed(), []);
  });

  it('neither loses nor removes a job that another terminal runs; cancelling it stops it there', async () => {
    const root = await pictureFolder(folder(), 600);
    await writeFile(path.join(root, '1.txt'), 'mine');
    const terminal = start('caption', root, '--mode', 'all');
    const ended = once(terminal, 'close');
    let said = '';
    terminal.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until(async () => (await captionsOf(root)).length > 20, 'some captions are there');
    process.kill(terminal.pid!, 'SIGSTOP');
    const [job] = await listed();
    const { id } = job!;
    assert.equal(job!.runBy, `process ${terminal.pid} on this machine`);
    for (const action of ['--remove', '--resume', '--retry-failed']) {
      const { code, stderr } = await cli('jobs', action, id, '--jobs', jobs());
      assert.equal(code, 1, action);
      assert.match(stderr, new RegExp(`busy: process ${terminal.pid} on this machine has it`), action);
    }
    const reverted = await cli('revert', id, '--jobs', jobs());
    assert.equal(reverted.code, 1);
    assert.match(reverted.stderr, /busy: process/);
    const cancelling = cli('jobs', '--cancel', id, '--jobs', jobs());
    const request = path.join(jobs(), id, 'stop.json');
    await until(() => existsSync(request), 'it was asked to stop');
    process.kill(terminal.pid!, 'SIGCONT');
    const cancelled = await cancelling;
    assert.equal(cancelled.code, 0, cancelled.stderr);
    assert.match(cancelled.stdout, /cancelled/);
    await ended;
    assert.equal(terminal.exitCode, 2, 'not all are done');
    assert.match(said, /cancelled from elsewhere: the same command begins anew/);
    const written = (await captionsOf(root)).length;
    assert.ok(written < 600);
    assert.equal((await cli('revert', id, '--jobs', jobs())).code, 0);
    assert.deepEqual([await captionsOf(root), await readFile(path.join(root, '1.txt'), 'utf8')], [['1.txt'], 'mine']);
  });

  it('stops before the next write when another process has its job by now, or the job is gone', async () => {
    for (const isTaken of [true, false]) {
      const root = path.join(folder(), String(isTaken));
      await mkdir(root);
      await writePictures(root, 600);
      const terminal = start('caption', root);
      const ended = once(terminal, 'close');
      let said = '';
      terminal.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
      await until(async () => (await captionsOf(root)).length > 20, 'some captions are there');
      process.kill(terminal.pid!, 'SIGSTOP');
      const [job] = await JobFolder.list(jobs());
      await rm(isTaken ? path.join(job!.path, 'lock') : job!.path, { recursive: true });
      const lock = isTaken ? await job!.lock() : undefined;
      // What a thread of it was just writing.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const written = (await captionsOf(root)).length;
      process.kill(terminal.pid!, 'SIGCONT');
      await ended;
      assert.equal(terminal.exitCode, 1);
      assert.match(said, isTaken ? /process \d+ on this machine has it now/ : /its folder is gone/);
      // In flight are four captions, the runs of the model, and two images for each thread that prepares them.
      const inFlight = 8 + 4 * availableParallelism();
      assert.ok((await captionsOf(root)).length - written <= inFlight, 'more than what was in flight');
      await lock?.release();
      await job!.remove();
    }
  });

  it('waits to see whether a process of another machine still runs the job, and goes on with it if not', async () => {
    const root = await pictureFolder(folder(), 3);
    assert.equal((await cli('caption', root, '--jobs', jobs())).code, 0);
    const [job] = await JobFolder.list(jobs());
    await rm(path.join(root, '1.txt'));
    await job!.remove();
    const left = await makeJob(jobs(), root);
    const lock = await runElsewhere(left);
    const manifest = await left.readManifest();
    assert.equal(await unfinishedJob(jobs(), manifest), undefined, 'this very process runs it');
    await seemElsewhere(left, 119);
    const lines: string[] = [];
    const onWait = (line: string): void => {
      lines.push(line);
    };
    assert.equal((await unfinishedJob(jobs(), manifest, { onWait }))?.id, left.id);
    assert.match(lines.join(), /process 7 on gpu-box\. Waiting up to [12] s/);
    await silentFor(left, 60);
    const waiting = unfinishedJob(jobs(), manifest, { onWait: () => void silentFor(left, 0) });
    assert.equal(await waiting, undefined, 'it gave a sign of life');
    await silentFor(left, 60);
    const given = new AbortController();
    const aborted = unfinishedJob(jobs(), manifest, {
      signal: given.signal,
      onWait: () => {
        given.abort();
      },
    });
    await assert.rejects(aborted, { name: 'AbortError' });
    await lock.release();
  });

  it('uses no folder of jobs that belongs to another user', async function () {
    // Only root gives files to others.
    if (process.getuid?.() !== 0) this.skip();
    await mkdir(jobs());
    await chown(jobs(), nobody.uid, nobody.gid);
    for (const args of [['jobs'], ['attach', 'x'], ['revert', 'x'], ['jobs', '--cancel', 'x']]) {
      const { code, stderr } = await cli(...args, '--jobs', jobs());
      assert.equal(code, 1);
      assert.match(stderr, /jobs belongs to another user, .*Choose another --jobs DIR/, args.join(' '));
    }
  });

  it('says what it was asked wrongly', async () => {
    const cases: [args: string[], message: RegExp][] = [
      [['attach'], /Which job/],
      [['attach', 'gone'], /no job "gone"/],
      [['revert', 'gone'], /no job "gone"/],
      [['jobs', 'x'], /flags only/],
      [['jobs', '--cancel', 'gone'], /no job "gone"/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await cli(...args, '--jobs', jobs());
      assert.equal(code, 1, stderr);
      assert.match(stderr, message);
      assert.ok(!stderr.includes('    at '), stderr);
    }
  });
});
