import { statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { isFolderOfAnother } from '../../base/machine/ownership';
import { JobFolder } from '../../jobs/folder/JobFolder';
import { RunnerClient } from '../../jobs/client/RunnerClient';
import { errorMessage } from '../../protocol/channel/wireError';
import type { CommandInput } from '../shared/Command';
import { onlyPositional } from './inputFolder';
import { UsageError } from '../shared/UsageError';
import { userDataFolder } from './userDataFolder';

/** The flag of all commands for jobs. */
export const jobsFlag = { jobs: { type: 'string' } } as const;
export const jobsHelp = '--jobs DIR               where jobs are kept (default: with the downloads of the program)';

/** The folder of all jobs, absolute. @throws UsageError if it belongs to another user, or there can be no folder */
export function jobsFolderOf(input: CommandInput): string {
  const given = input.text('jobs');
  const folder = given === undefined ? path.join(userDataFolder(), 'jobs') : path.resolve(given);
  let info: Stats | undefined;
  try {
    info = statSync(folder, { throwIfNoEntry: false });
  } catch (thrown) {
    // A part of the path is a file, or may not be entered.
    throw new UsageError(`${folder} cannot hold jobs (${errorMessage(thrown)}). Choose another --jobs DIR.`);
  }
  if (info?.isDirectory() === false) throw new UsageError(`${folder} is not a folder. Choose another --jobs DIR.`);
  if (!isFolderOfAnother(folder)) return folder;
  throw new UsageError(
    `${folder} belongs to another user, who could have your files changed. Choose another --jobs DIR.`,
  );
}

/** The error for a job whose folder cannot be made or read. */
export function jobNotKept(jobsFolder: string, reason: unknown): UsageError {
  const words = errorMessage(reason).replace(/\.$/, '');
  return new UsageError(`The job cannot be kept in ${jobsFolder} (${words}). Choose another --jobs DIR.`);
}

/** Makes a client of the process that runs jobs. */
export function runnerClient(input: CommandInput): RunnerClient {
  const { signal } = input;
  return new RunnerClient({ jobsFolder: jobsFolderOf(input), entry: path.join(__dirname, 'runner.js'), signal });
}

/** The job that is the command's argument: its id, or the beginning or end of it. @throws UsageError */
export async function givenJob(input: CommandInput): Promise<JobFolder> {
  return findJob(input, onlyPositional(input, 'job'));
}

/** Finds a job by its id, or the beginning or end of it. @throws UsageError if there is none, or several */
export async function findJob(input: CommandInput, given: string): Promise<JobFolder> {
  const jobs = await JobFolder.list(jobsFolderOf(input));
  const found = jobs.filter(({ id }) => id === given || id.startsWith(given) || id.endsWith(given));
  const [job, another] = found;
  if (job === undefined) {
    throw new UsageError(`There is no job "${given}" in ${jobsFolderOf(input)}. "jobs" lists those that there are.`);
  }
  if (another !== undefined) throw new UsageError(`"${given}" is the name of ${found.length} jobs; give more of it.`);
  return job;
}
