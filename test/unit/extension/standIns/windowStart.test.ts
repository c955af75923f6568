import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jobsAtStart } from '../../../../src/extension/standIns/jobsAtStart';
import { jobsFolderIn } from '../../../../src/extension/standIns/jobsFolderIn';
import { LateMain } from '../../../../src/extension/standIns/LateMain';
import type { Main, Part } from '../../../../src/extension/standIns/Main';
import type { JobStatus } from '../../../../src/jobs/jobTypes';
import { makeJob } from '../../jobs/testJobs';

describe('The start of a window', () => {
  describe('looks for jobs', () => {
    let folder: string;
    let jobs: string;

    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'dataset-captions-start-'));
      await mkdir(path.join(folder, 'dataset'));
      jobs = path.join(folder, 'jobs');
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    async function left(status: JobStatus): Promise<void> {
      const job = await makeJob(jobs, path.join(folder, 'dataset'));
      await job.writeState({ ...(await job.readState()), status });
    }

    it('in a folder of its own, which nobody else can enter, nor what an earlier version left beside it', async function () {
      if (process.platform === 'win32') this.skip();
      const storage = path.join(folder, 'storage');
      await mkdir(path.join(storage, 'unsaved'), { recursive: true });
      await chmod(storage, 0o755);
      assert.equal(await jobsFolderIn(storage), path.join(storage, 'jobs'));
      const modes = [storage, path.join(storage, 'jobs')].map(async (made) => (await stat(made)).mode & 0o777);
      assert.deepEqual(await Promise.all(modes), [0o700, 0o700]);
    });

    it('and finds none where none ever was, and none in what a job left that was never finished', async () => {
      assert.equal(await jobsAtStart(jobs), 'none');
      await mkdir(path.join(jobs, '.20260101T000000-00000000.tmp'), { recursive: true });
      assert.equal(await jobsAtStart(jobs), 'none');
    });

    it('and tells those that ended from one that waits, runs or stands still, which is older', async () => {
      for (const status of ['queued', 'running', 'paused'] as const) {
        await rm(jobs, { recursive: true, force: true });
        await left(status);
        await left('completed');
        await left('cancelled');
        assert.equal(await jobsAtStart(jobs), 'open', status);
      }
      await rm(jobs, { recursive: true, force: true });
      await left('completed');
      await left('cancelled');
      assert.equal(await jobsAtStart(jobs), 'ended');
    });

    it('and takes a job that it cannot read, and a process that runs jobs, for something to be shown', async () => {
      await left('completed');
      await mkdir(path.join(jobs, '20260101T000000-00000000'));
      assert.equal(await jobsAtStart(jobs), 'open');

      await rm(jobs, { recursive: true, force: true });
      await mkdir(jobs);
      await writeFile(path.join(jobs, 'runner-0123abcd.log'), 'it ended');
      assert.equal(await jobsAtStart(jobs), 'none');
      await writeFile(path.join(jobs, 'runner-0123abcd.json'), '{}');
      assert.equal(await jobsAtStart(jobs), 'open');
    });
  });

  describe('leaves the rest of the extension', () => {
    const rest = { jobsRead: Promise.resolve() } as unknown as Main;

    /** Stand-ins that note in `events` when they come and go. */
    const noting = (events: string[]) => (): Part => {
      events.push('stand-ins');
      return { dispose: () => events.push('no stand-ins') };
    };

    it('until it is used, and loads and starts it once, in the place of the stand-ins', async () => {
      const events: string[] = [];
      const main = new LateMain(
        () => {
          events.push('load');
          return () => {
            events.push('start');
            return rest;
          };
        },
        () => assert.fail('nothing is wrong'),
        noting(events),
      );
      assert.equal(main.isLoaded, false);
      assert.deepEqual(events, ['stand-ins']);
      assert.equal(main.get(), rest);
      assert.equal(await main.ready(), rest);
      assert.equal(main.isLoaded, true);
      assert.deepEqual(events, ['stand-ins', 'load', 'no stand-ins', 'start']);
    });

    it('says each time that it cannot be loaded, and tries again, with the stand-ins as they were', async () => {
      const told: unknown[] = [];
      const events: string[] = [];
      const damaged = new Error('it is damaged');
      const failed = new Error('Install the extension again.');
      let isThere = false;
      const main = new LateMain(
        () => {
          if (!isThere) throw damaged;
          return () => rest;
        },
        (thrown) => {
          told.push(thrown);
          return failed;
        },
        noting(events),
      );
      assert.throws(() => main.get(), failed);
      assert.equal(await main.ready(), undefined);
      assert.deepEqual(told, [damaged, damaged]);
      assert.deepEqual(events, ['stand-ins']);
      isThere = true;
      assert.equal(await main.ready(), rest);
      assert.equal(told.length, 2);
    });

    it('says each time that its start failed, takes away what that had made, and leaves stand-ins that try again', async () => {
      const told: unknown[] = [];
      const events: string[] = [];
      const broken = new Error('its storage is broken');
      const failed = new Error('Reload the window.');
      let works = false;
      const part = (name: string): Part => ({ dispose: () => events.push(`no ${name}`) });
      const main = new LateMain(
        () => (made) => {
          made.push(part('cache'), part('commands'));
          if (!works) throw broken;
          events.push('start');
          return rest;
        },
        (thrown) => {
          told.push(thrown);
          return failed;
        },
        noting(events),
      );
      const oneFailure = ['no stand-ins', 'no commands', 'no cache', 'stand-ins'];
      assert.equal(await main.ready(), undefined);
      assert.deepEqual(events, ['stand-ins', ...oneFailure]);
      assert.equal(main.isLoaded, false);
      assert.throws(() => main.get(), failed);
      assert.deepEqual(told, [broken, broken]);
      assert.deepEqual(events, ['stand-ins', ...oneFailure, ...oneFailure]);
      works = true;
      assert.equal(await main.ready(), rest);
      assert.deepEqual(events.slice(-2), ['no stand-ins', 'start']);
      assert.equal(told.length, 2);
    });
  });
});
