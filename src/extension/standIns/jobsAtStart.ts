import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isJobName, stateFile } from '../../jobs/jobNames';
import { isEnded } from '../../jobs/jobSteps';
import type { JobState } from '../../jobs/jobTypes';

/**
 * Which jobs exist when a window starts. `open`: a runner, or at least one job that has not ended or cannot be read;
 * `ended`: only jobs that have ended.
 * @param jobsFolder absolute path of the folder of all jobs
 */
export async function jobsAtStart(jobsFolder: string): Promise<'none' | 'ended' | 'open'> {
  const names = await readdir(jobsFolder).catch((): string[] => []);
  if (names.some((name) => /^runner-.*\.json$/.test(name))) return 'open';
  // Newest first: an open job is most likely among the newest, so fewer files are read.
  const jobs = names.filter(isJobName).sort().reverse();
  for (const job of jobs) {
    try {
      const state = JSON.parse(await readFile(path.join(jobsFolder, job, stateFile), 'utf8')) as JobState;
      if (!isEnded(state)) return 'open';
    } catch {
      return 'open';
    }
  }
  return jobs.length === 0 ? 'none' : 'ended';
}
