import { readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JobFolder } from '../../../src/jobs/folder/JobFolder';
import type { JobLock } from '../../../src/jobs/folder/JobLock';

/** The name of a machine that is not this one. */
export const otherHost = 'gpu-box';

/**
 * Makes the lock of a job look as if process 7 of {@link otherHost} had it; who had it before has lost it.
 * @param silence since its last heartbeat, in seconds
 */
export async function seemElsewhere(job: JobFolder, silence = 0): Promise<void> {
  const file = path.join(job.path, 'lock');
  const content = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const there = { machine: `${otherHost} 11111111-2222-3333-4444-555555555555 pid:[1]`, machineId: '0badcafe' };
  await writeFile(file, JSON.stringify({ ...content, ...there, pid: 7, start: '', token: 'theirs' }));
  await silentFor(job, silence);
}

/** Sets the last heartbeat of who has the lock of a job. @param silence in seconds */
export async function silentFor(job: JobFolder, silence: number): Promise<void> {
  const time = Date.now() / 1000 - silence;
  await utimes(path.join(job.path, 'lock'), time, time);
}

/** Takes the lock of a job as a run of it would that another process began. */
export async function runElsewhere(job: JobFolder): Promise<JobLock> {
  const lock = await job.lock();
  await job.writeState({ ...(await job.readState()), status: 'running', started: new Date().toISOString() });
  return lock;
}
