import assert from 'node:assert/strict';
import path from 'node:path';
import { InPlaceWriter } from '../../../../src/dataset/files/FileWriter';
import type { JobFolder } from '../../../../src/jobs/folder/JobFolder';
import { LocalJobRun } from '../../../../src/jobs/run/LocalJobRun';
import type { JobInfo } from '../../../../src/jobs/jobTypes';
import { healthLimits } from '../../../../src/protocol/child/ChildHealth';
import { TaggerProcess } from '../../../../src/protocol/child/TaggerProcess';
import { root as projectRoot } from '../../shared/runCli';
import { isRunning, testFolder, until } from '../../shared/testFolder';
import { makeJob, pictureFolder } from '../testJobs';

describe('A job whose tagger hangs', function () {
  this.timeout(60_000);
  const folder = testFolder();
  let tagger: TaggerProcess;
  beforeEach(() => {
    // Three heartbeats that do not come.
    const health = { ...healthLimits, look: 200, silent: 6000 };
    tagger = new TaggerProcess({ entry: path.join(projectRoot, 'dist/tagger.js'), health });
  });
  afterEach(() => {
    tagger.dispose();
  });

  async function run(job: JobFolder, onHandled = (): void => undefined): Promise<JobInfo> {
    const options = { tagger, writer: new InPlaceWriter(), onChange: () => undefined, onHandled };
    return (await new LocalJobRun(job, await job.readManifest(), options).run()).info;
  }

  it('pauses with the reason, ends that process, and goes on with another one', async () => {
    const job = await makeJob(path.join(folder(), 'jobs'), await pictureFolder(folder(), 60));
    let stopped: number | undefined;
    const paused = await run(job, () => {
      if (stopped !== undefined) return;
      stopped = tagger.pid;
      process.kill(stopped!, 'SIGSTOP');
    });
    assert.deepEqual([paused.status, paused.fault?.code], ['paused', 'TAGGER_FAILED']);
    assert.match(paused.fault?.message ?? '', /gave no sign of life for 6 s .* Resume starts it afresh\.$/);
    assert.equal(paused.counts.failed, 0);
    await until(() => !isRunning(stopped!), 'the stopped process is gone');
    const done = await run(job);
    assert.deepEqual([done.status, done.counts.written, done.counts.failed], ['completed', 60, 0]);
  });
});
