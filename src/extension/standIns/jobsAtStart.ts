import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isJobName, stateFile } from '../../jobs/jobNames';
import { isEnded } from '../../jobs/jobSteps';
import type { JobState } from '../../jobs/jobTypes';

/**
 * What a window that starts finds of jobs. `open`: one that runs, waits, stands still or cannot be read, or a process that runs
 * jobs; `ended`: none of these, but some that ended.
 * @param jobsFolder where all jobs are, absolute
 */
export async function jobsAtStart(jobsFolder: string): Promise<'none' | 'ended' | 'open'> {
  const names = await readdir(jobsFolder).catch((): string[] => []);
  if (names.some((name) => /^runner-.*\.json$/.test(name))) return 'open';
  // The newest first: older ones have ended.
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
