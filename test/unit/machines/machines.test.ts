import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { errno } from '../../../src/base/errno';
import { JobFolder } from '../../../src/jobs/folder/JobFolder';
import { isTemporaryName } from '../../../src/dataset/files/temporaryNames';
import { writePictures } from '../jobs/testJobs';
import { program, root as projectRoot } from '../shared/runCli';
import { namesIn, seededRandom, testFolder } from '../shared/testFolder';
import { canMakeMachines, Machine } from './Machine';

/** How long everything happens at random, in seconds; 10 minutes in the soak. */
const seconds = Number(process.env.DATASET_CAPTIONS_MACHINES_SECONDS ?? '15');
/** With another one, other things happen. */
const seed = Number(process.env.DATASET_CAPTIONS_MACHINES_SEED ?? '1');
const datasets = 4;
const images = 60;
/** Every tenth image has a caption that somebody wrote before. */
const isOfUser = (image: number): boolean => image % 10 === 0;
const ofUser = (image: number): string => `mine ${image}`;

describe('Two machines with one home folder', function () {
  this.timeout((seconds + 300) * 1000);
  const folder = testFolder();
  const jobsFolder = (): string => path.join(folder(), 'jobs');
  const dataset = (index: number): string => path.join(folder(), `set${index}`);
  const runner = path.join(projectRoot, 'dist/runner.js');
  let machines: Machine[] = [];

  before(function () {
    if (!canMakeMachines()) this.skip();
  });
  beforeEach(async () => {
    machines = ['one', 'two'].map((name) => new Machine(name, folder()));
    for (const machine of machines) await machine.start();
  });
  afterEach(async () => {
    for (const machine of machines) await machine.cutPower();
  });

  async function makeDatasets(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      await mkdir(dataset(index));
      await writePictures(dataset(index), images);
      for (let image = 1; image <= images; image++) {
        if (isOfUser(image)) await writeFile(path.join(dataset(index), `${image}.txt`), ofUser(image));
      }
    }
  }

  function windowScript(): string {
    const script = path.join(folder(), 'window.cjs');
    buildSync({
      entryPoints: [path.join(projectRoot, 'test/unit/machines/window.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: script,
    });
    return script;
  }

  it('goes on with a job at once after a power cut, with a new runner, and as the same job', async () => {
    await makeDatasets(1);
    const [one, two] = machines as [Machine, Machine];
    const started = await one.run(process.execPath, program, 'caption', dataset(0), '--detach', '--jobs', jobsFolder());
    assert.equal(started.code, 0, started.stderr);
    const id = started.stdout.trim();
    for (;;) if ((await captionsOf(dataset(0))) > images / 10) break;
    await one.cutPower();
    await one.start();
    const list = async (machine: Machine): Promise<string> =>
      (await machine.run(process.execPath, program, 'jobs', '--jobs', jobsFolder())).stdout;
    const isDone = (await captionsOf(dataset(0))) === images;
    if (!isDone) assert.match(await list(one), /interrupted/);
    // The other machine cannot know; it says whose the job is.
    if (!isDone) assert.match(await list(two), /running.*by process \d+ on one/);
    const again = await one.run(process.execPath, program, 'caption', dataset(0), '--detach', '--jobs', jobsFolder());
    assert.equal(again.code, 0, again.stderr);
    assert.ok(again.stdout.trim() === id || isDone, again.stdout);
    const attached = await one.run(process.execPath, program, 'attach', id, '--jobs', jobsFolder());
    assert.equal(attached.code, 0, attached.stderr);
    assert.equal(await captionsOf(dataset(0)), images);
    assert.deepEqual(await doneTwice(jobsFolder()), []);
  });

  it('loses nothing, does nothing twice, and leaves no job that nobody can get at, whatever is ended when', async () => {
    await makeDatasets(datasets);
    const script = windowScript();
    const random = seededRandom(seed);
    const unexpected: string[] = [];
    const typed = new Map<string, string>();
    const children = new Set<ChildProcess>();

    const watch = (child: ChildProcess, isFinal = false): Promise<string> => {
      children.add(child);
      let said = '';
      const hear = (text: Buffer): void => {
        said += text.toString();
      };
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
      return once(child, 'close').then(() => {
        children.delete(child);
        for (const line of said.split('\n')) {
          if (/UNEXPECTED|Unexpected error|^ {4}at /.test(line)) unexpected.push(line);
        }
        if (isFinal && !said.includes('FINISHED')) unexpected.push(`It did not end well: ${said}`);
        return said;
      });
    };
    const open = (machine: Machine): void => {
      void watch(machine.spawn(process.execPath, script, jobsFolder(), runner, String(random(1e6)), 'random'));
    };
    const command = (machine: Machine, ...args: string[]): void => {
      if (children.size < 12) void watch(machine.spawn(process.execPath, program, ...args, '--jobs', jobsFolder()));
    };

    const goOn = (pid: number): void => {
      signal(pid, 'SIGCONT');
      // `nsenter` stops with what it has started.
      for (const child of children) child.kill('SIGCONT');
    };

    /** Milliseconds; in the soak sometimes so long that another machine takes what the process has. */
    const frozenFor = (): number => (seconds >= 300 && random(6) === 0 ? 125_000 + random(30_000) : random(3000));

    for (const machine of machines) open(machine);
    const frozen = new Set<number>();
    let mostJobs = 0;
    const until = Date.now() + seconds * 1000;
    while (Date.now() < until) {
      const machine = machines[random(2)]!;
      const victims = machine.processes(folder());
      const victim = victims[random(Math.max(1, victims.length))];
      const jobs = await JobFolder.list(jobsFolder());
      mostJobs = Math.max(mostJobs, jobs.length);
      const job = jobs[random(Math.max(1, jobs.length))];
      switch (random(13)) {
        case 0:
        case 1:
          command(machine, 'caption', dataset(random(datasets)), '--detach');
          break;
        case 2:
        case 3:
          command(machine, 'caption', dataset(random(datasets)));
          break;
        case 4:
          if (job !== undefined) command(machine, 'revert', job.id);
          break;
        case 5: {
          const action = ['--cancel', '--pause', '--resume', '--remove'][random(4)] ?? '';
          if (job !== undefined) command(machine, 'jobs', action, job.id);
          break;
        }
        case 6:
          if (victim !== undefined) signal(victim, 'SIGKILL');
          break;
        case 7:
        case 8:
          if (victim !== undefined && signal(victim, 'SIGSTOP')) {
            frozen.add(victim);
            setTimeout(() => {
              if (frozen.delete(victim)) goOn(victim);
            }, frozenFor());
          }
          break;
        case 9:
          if (random(4) === 0) {
            await machine.restart(random(2) === 0);
            open(machine);
          }
          break;
        case 10:
          // Somebody throws away what the tagger wrote: there is work again.
          if (random(4) === 0) await removeTagged(dataset(random(datasets)));
          break;
        default: {
          // Somebody captions an image by hand that has no caption.
          const file = path.join(dataset(random(datasets)), `${1 + random(images)}.txt`);
          const text = `typed ${random(1e6)}`;
          const isNew = await writeFile(file, text, { flag: 'wx' }).then(
            () => true,
            (thrown: unknown) => {
              if (errno(thrown) !== 'EEXIST') throw thrown;
              return false;
            },
          );
          if (isNew) typed.set(file, text);
        }
      }
      if (machine.processes(script).length === 0) open(machine);
      await delay(random(400));
    }
    for (const pid of frozen) goOn(pid);
    frozen.clear();

    // Both lose their power once more; then each can get at its own jobs at once, and so at all of them.
    for (const machine of machines) await machine.restart();
    const finish = (machine: Machine): Promise<string> =>
      watch(machine.spawn(process.execPath, script, jobsFolder(), runner, '1', 'finish'), true);
    const busy = (said: string): string[] => said.split('\n').filter((line) => line.startsWith('BUSY'));
    const first = busy(await finish(machines[0]!));
    assert.deepEqual(busy(await finish(machines[1]!)), [], `After ${first.join(', ')}`);
    assert.deepEqual(unexpected, []);
    if (seconds >= 60) assert.ok(mostJobs > 1, 'there was nothing to lose');
    for (const job of await JobFolder.list(jobsFolder())) assert.equal((await job.readState()).status, 'completed');
    assert.deepEqual(await doneTwice(jobsFolder()), []);
    for (let index = 0; index < datasets; index++) {
      for (let image = 1; image <= images; image++) {
        const file = path.join(dataset(index), `${image}.txt`);
        const text = await readFile(file, 'utf8').catch(() => undefined);
        const mine = isOfUser(image) ? ofUser(image) : typed.get(file);
        if (mine !== undefined) assert.equal(text, mine, file);
        else if (text !== undefined) assert.match(text, tagged, file);
      }
      // What was killed in the middle of a write has left no more than its temporary file.
      const others = (await namesIn(dataset(index))).filter((name) => !/^\d+\.(png|txt)$/.test(name));
      assert.deepEqual(
        others.filter((name) => !isTemporaryName(name)),
        [],
      );
    }
  });
});

/** What a job writes into the captions of these pictures. */
const tagged = /^[a-z ,]*red theme[a-z ,]*$/;

async function removeTagged(folder: string): Promise<void> {
  for (const name of (await namesIn(folder)).filter((one) => one.endsWith('.txt'))) {
    const file = path.join(folder, name);
    if (tagged.test(await readFile(file, 'utf8').catch(() => ''))) await rm(file, { force: true });
  }
}

async function captionsOf(folder: string): Promise<number> {
  return (await namesIn(folder)).filter((name) => name.endsWith('.txt')).length;
}

/** The images of jobs that were written again after they had an outcome, by their journals. */
async function doneTwice(jobsFolder: string): Promise<string[]> {
  const twice: string[] = [];
  for (const job of await JobFolder.list(jobsFolder)) {
    const done = new Set<number>();
    const journal = await readFile(path.join(job.path, 'journal.jsonl'), 'utf8').catch(() => '');
    for (const line of journal.split('\n')) {
      const [kind, index, outcome] = parsed(line);
      if (typeof index !== 'number') continue;
      if (kind === 'w' && done.has(index)) twice.push(`${job.id} ${index}`);
      if (kind === 'o' && outcome !== 'failed') done.add(index);
    }
  }
  return twice;
}

function parsed(line: string): unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** @returns whether the process is there */
function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
