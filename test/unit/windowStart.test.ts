import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Main } from '../../src/extension/main';
import { jobsAtStart } from '../../src/extension/standIns/jobsAtStart';
import { LateMain } from '../../src/extension/standIns/LateMain';
import type { JobStatus } from '../../src/jobs/jobTypes';
import { makeJob } from './testJobs';

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

    it('until it is used, and loads it once', async () => {
      let loads = 0;
      const main = new LateMain(
        () => {
          loads++;
          return rest;
        },
        () => assert.fail('nothing is wrong'),
      );
      assert.equal(main.isLoaded, false);
      assert.equal(loads, 0);
      assert.equal(main.get(), rest);
      assert.equal(await main.ready(), rest);
      assert.equal(main.isLoaded, true);
      assert.equal(loads, 1);
    });

    it('says each time that it cannot be loaded, and tries again', async () => {
      const told: unknown[] = [];
      const damaged = new Error('it is damaged');
      const failed = new Error('Install the extension again.');
      let isThere = false;
      const main = new LateMain(
        () => {
          if (!isThere) throw damaged;
          return rest;
        },
        (thrown) => {
          told.push(thrown);
          return failed;
        },
      );
      assert.throws(() => main.get(), failed);
      assert.equal(await main.ready(), undefined);
      assert.deepEqual(told, [damaged, damaged]);
      isThere = true;
      assert.equal(await main.ready(), rest);
      assert.equal(told.length, 2);
    });
  });
});
