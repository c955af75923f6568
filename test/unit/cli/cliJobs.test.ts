import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobInfo } from '../../../src/jobs/jobTypes';
import { cli, program, type CaptionReport } from '../shared/runCli';
import { fingerprint, namesIn, testFolder, until } from '../shared/testFolder';
import { endRunner, pictureFolder } from '../jobs/testJobs';

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
      stdio: ['ignore', 'pipe', 'ignore'],
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
