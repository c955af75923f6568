import { setTimeout as delay } from 'node:timers/promises';
import type { JobFolder } from '../../jobs/folder/JobFolder';
import { readJobInfo } from '../../jobs/folder/jobInfo';
import { isLive } from '../../jobs/jobSteps';
import type { JobInfo } from '../../jobs/jobTypes';
import type { RunnerClient } from '../../jobs/client/RunnerClient';
import type { Command, CommandInput, CommandOutcome } from '../shared/Command';
import { describeJob } from './describeJob';
import { givenJob, jobsFlag, jobsHelp, runnerClient } from '../flags/jobFlags';

/** Interval of the updates, in milliseconds. */
const updatePause = 250;

/** Shows the progress of a job until it ends. */
export const attachCommand: Command = {
  usage: '<job>',
  summary: 'show how far a job is until it ends; Ctrl+C leaves it alone',
  flagHelp: [jobsHelp],
  flags: jobsFlag,
  async run(input) {
    const folder = await givenJob(input);
    const client = runnerClient(input);
    try {
      return await showUntilEnded(input, folder, client);
    } finally {
      client.dispose();
    }
  },
};

async function showUntilEnded(input: CommandInput, folder: JobFolder, client: RunnerClient): Promise<CommandOutcome> {
  const { output, signal, json } = input;
  await client.refresh();
  // Still, show what its files say.
  if (client.silence !== undefined) output.note(client.silence.message);
  for (;;) {
    const known = client.isConnected ? client.jobs.find(({ id }) => id === folder.id) : undefined;
    // It may run in another terminal or on another machine, or not at all: then its files say more than the runner.
    const job = known !== undefined && isLive(known) && known.runBy === undefined ? known : await readJobInfo(folder);
    const isOn = isLive(job);
    if (!isOn || signal.aborted) {
      await report(job, json, output, isOn);
      return outcomeOf(job);
    }
    output.progress(describeJob(job));
    await delay(updatePause, undefined, { signal }).catch(() => undefined);
  }
}

async function report(job: JobInfo, json: boolean, output: CommandInput['output'], isOn: boolean): Promise<void> {
  output.clearLine();
  for (const { path, reason } of job.failures) output.note(`${job.root}/${path}: ${reason}`);
  if (json) await output.result(`${JSON.stringify({ job })}\n`);
  output.note(`${job.label}: ${describeJob(job)}`);
  if (isOn) output.note(`The job goes on. "attach ${job.id}" shows it again, "jobs --cancel ${job.id}" ends it.`);
}

function outcomeOf({ status, counts }: JobInfo): CommandOutcome {
  if (status === 'completed') return counts.failed + counts.flagged > 0 ? 'someFailed' : 'done';
  return status === 'running' || status === 'queued' ? 'done' : 'someFailed';
}
