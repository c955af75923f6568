import assert from 'node:assert/strict';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { JobFolder } from '../../../../src/jobs/folder/JobFolder';
import { readJobInfo } from '../../../../src/jobs/folder/jobInfo';
import { namesIn, testFolder } from '../../shared/testFolder';
import { makeJob, pictureFolder } from '../testJobs';

describe('The folder of a job', () => {
  const folder = testFolder();
  const jobs = (): string => path.join(folder(), 'jobs');

  it('says that it is missing to whoever asks what changed, when another process has just removed it', async () => {
    const gone = new JobFolder(path.join(folder(), 'jobs/20260101T000000-00000000'));
    await assert.rejects(gone.version(), { name: 'JobError', code: 'JOB_MISSING' });
  });

  it('holds the last of many states that are written at the same time, and nothing else of them', async () => {
    const job = await makeJob(jobs(), await pictureFolder(folder(), 1));
    const before = await namesIn(job.path);
    const state = await job.readState();
    await Promise.all(Array.from({ length: 50 }, (_, ran) => job.writeState({ ...state, ran })));
    assert.equal((await job.readState()).ran, 49);
    assert.deepEqual(await namesIn(job.path), before);
  });

  it('says that a job was interrupted when it was running and nobody works on it', async () => {
    const job = await makeJob(jobs(), await pictureFolder(folder(), 2));
    await job.writeState({ ...(await job.readState()), status: 'running' });
    const lock = await job.lock();
    assert.equal((await readJobInfo(job)).interrupted, false);
    assert.equal(await job.tryLock(), undefined);
    await lock.release();
    assert.equal((await readJobInfo(job)).interrupted, true);
  });

  it('is listed by age, without what is no job, and unfinished ones go after an hour', async () => {
    const root = await pictureFolder(folder(), 1);
    const made = [await makeJob(jobs(), root), await makeJob(jobs(), root)];
    const unfinished = ['.20260101T000000-00000000.tmp', '.20260101T000001-00000000.tmp'];
    for (const name of [...unfinished, 'other', '20260101T000000']) await mkdir(path.join(jobs(), name));
    await utimes(path.join(jobs(), unfinished[0]!), 1_000_000, 1_000_000);
    await JobFolder.removeUnfinished(jobs());
    const listed = (await JobFolder.list(jobs())).map(({ id }) => id);
    assert.deepEqual(listed, made.map(({ id }) => id).sort());
    const names = await namesIn(jobs());
    assert.deepEqual([names.includes(unfinished[0]!), names.includes(unfinished[1]!)], [false, true]);
  });

  it('says which job cannot be read, and why', async () => {
    const job = await makeJob(jobs(), await pictureFolder(folder(), 1));
    await writeFile(path.join(job.path, 'manifest.json'), '{"version":2}');
    await assert.rejects(job.readManifest(), { code: 'JOB_UNREADABLE', path: job.path });
    await writeFile(path.join(job.path, 'manifest.json'), '{"vers');
    await assert.rejects(job.readManifest(), { code: 'JOB_UNREADABLE', path: job.path });
    await assert.rejects(new JobFolder(path.join(jobs(), 'gone')).readManifest(), { code: 'JOB_MISSING' });
  });
});
