import { JobFolder } from '../../jobs/folder/JobFolder';
import { readJobInfo } from '../../jobs/folder/jobInfo';
import { isLive } from '../../jobs/jobSteps';
import type { JobInfo } from '../../jobs/jobTypes';
import { errorMessage } from '../../protocol/channel/wireError';
import type { Command, CommandInput, CommandOutcome } from '../shared/Command';
import { describeJob } from './describeJob';
import { findJob, jobsFlag, jobsFolderOf, jobsHelp, runnerClient } from '../flags/jobFlags';
import { jobSecrets } from '../flags/serverFlags';
import { UsageError } from '../shared/UsageError';

const actions = ['pause', 'resume', 'cancel', 'retry-failed', 'retry-flagged', 'remove'] as const;
type Action = (typeof actions)[number];

/** Lists jobs; pauses, resumes, cancels, retries or removes one. */
export const jobsCommand: Command = {
  usage: '',
  summary: 'list captioning jobs; pause, resume, cancel or remove one',
  flagHelp: [
    '--pause ID               stops a job, whichever process runs it; it can go on',
    '--resume ID              goes on with a job in the background',
    '--retry-failed ID        the same, and tries the images again that failed',
    '--retry-flagged ID       the same, and asks again for the images whose answers were flagged',
    '--cancel ID              ends a job; what it wrote stays',
    '--remove ID              forgets a job, with what is needed to revert it',
    jobsHelp,
  ],
  flags: { ...jobsFlag, ...Object.fromEntries(actions.map((action) => [action, { type: 'string' }])) },
  async run(input) {
    const [surplus] = input.positionals;
    if (surplus !== undefined) throw new UsageError(`"jobs" takes flags only, not "${surplus}".`);
    for (const action of actions) {
      const given = input.text(action);
      if (given !== undefined) return act(input, action, given);
    }
    const jobs: JobInfo[] = [];
    for (const folder of await JobFolder.list(jobsFolderOf(input))) {
      try {
        jobs.push(await readJobInfo(folder));
      } catch (thrown) {
        input.output.note(`${folder.path}: ${errorMessage(thrown)}`);
      }
    }
    if (input.json) await input.output.result(`${JSON.stringify({ jobs })}\n`);
    else for (const job of jobs) await input.output.line(`${job.id}  ${job.label}  ${job.root}: ${describeJob(job)}`);
    if (jobs.some(isLive)) await noteSilence(input);
    if (jobs.length === 0) input.output.note(`There are no jobs in ${jobsFolderOf(input)}.`);
    return 'done';
  },
};

/**
 * Warns that a process is silent: live jobs are shown by their files, which do not show that their process stopped
 * writing them.
 */
async function noteSilence(input: CommandInput): Promise<void> {
  const client = runnerClient(input);
  try {
    await client.refresh();
    if (client.silence !== undefined) input.output.note(client.silence.message);
  } catch (thrown) {
    // The list stands without it.
    input.output.note(errorMessage(thrown));
  } finally {
    client.dispose();
  }
}

async function act(input: CommandInput, action: Action, given: string): Promise<CommandOutcome> {
  const folder = await findJob(input, given);
  const { id } = folder;
  const starts = action === 'resume' || action === 'retry-failed' || action === 'retry-flagged';
  const secrets = starts ? jobSecrets(await folder.readManifest()) : {};
  const client = runnerClient(input);
  try {
    const requests: Record<Action, () => Promise<unknown>> = {
      pause: () => client.stop(id, 'pause'),
      resume: () => client.request('start', { id, secrets }),
      'retry-failed': () => client.request('start', { id, retryFailed: true, secrets }),
      'retry-flagged': () => client.request('start', { id, retryFlagged: true, secrets }),
      cancel: () => client.stop(id, 'cancel'),
      remove: () => client.request('remove', { id }),
    };
    await requests[action]();
    const job = action === 'remove' ? undefined : await readJobInfo(folder);
    if (input.json) await input.output.result(`${JSON.stringify({ job: job ?? null })}\n`);
    else await input.output.line(`${id}: ${job === undefined ? 'removed' : describeJob(job)}`);
    return 'done';
  } catch (thrown) {
    throw new UsageError(errorMessage(thrown));
  } finally {
    client.dispose();
  }
}
