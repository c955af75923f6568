import type { QueuedJob } from '../../cluster/clusterStatus';
import { errorMessage } from '../../protocol/channel/wireError';
import { clusterFlags, clusterHelp, queueOf, sharedFolder } from '../flags/clusterFlags';
import type { Command, CommandInput, CommandOutcome } from '../shared/Command';
import { describeJob } from './describeJob';
import { UsageError } from '../shared/UsageError';

const actions = { pause: 'pause', resume: 'resume', cancel: 'cancel', 'retry-failed': 'retryFailed' } as const;

/** Shows the jobs of a cluster; pauses, resumes, cancels or retries one. */
export const statusCommand: Command = {
  usage: '--redis URL',
  summary: 'the jobs of a cluster; pause, resume or cancel one',
  flagHelp: [
    ...clusterHelp,
    '--root DIR               the folder that all machines share, as this one has it: counts images, not shards, hands',
    '                         in again what the queue lost, and closes jobs that are done; needed for what follows',
    '--pause ID               the workers leave a job; it can go on',
    '--resume ID              the workers go on with a job',
    '--retry-failed ID        the same, and images are tried again that failed',
    '--cancel ID              the workers leave a job for good; what they wrote stays',
  ],
  flags: { ...clusterFlags, ...Object.fromEntries(Object.keys(actions).map((flag) => [flag, { type: 'string' }])) },
  async run(input) {
    const { redisUrl, queue } = queueOf(input);
    const [surplus] = input.positionals;
    if (surplus !== undefined) throw new UsageError(`"status" takes flags only, not "${surplus}".`);
    try {
      return await show(input, redisUrl, queue);
    } catch (thrown) {
      throw thrown instanceof UsageError ? thrown : new UsageError(errorMessage(thrown));
    }
  },
};

async function show(input: CommandInput, redisUrl: string, queue: string): Promise<CommandOutcome> {
  // Imported only now, as most commands do not need the packages of the queue.
  const { actOnJob, clusterStatus } = await import('../../cluster/clusterStatus');
  const root = sharedFolder(input);
  for (const [flag, action] of Object.entries(actions)) {
    const id = input.text(flag);
    if (id === undefined) continue;
    if (root === undefined) throw new UsageError(`--${flag} needs --root DIR, the folder that all machines share.`);
    const job = id === '' ? undefined : await actOnJob(redisUrl, queue, root, id, action);
    if (job === undefined) throw new UsageError(`There is no job "${id}" in ${queue}, or there are several.`);
    if (input.json) await input.output.result(`${JSON.stringify({ job })}\n`);
    else await input.output.line(`${job.id}: ${describeJob(job)}`);
    return 'done';
  }
  const { workers, jobs } = await clusterStatus(redisUrl, queue, root);
  if (input.json)
    await input.output.result(`${JSON.stringify({ queue, workers: workers ?? null, jobs: jobs.map(asJson) })}\n`);
  else for (const job of jobs) await input.output.line(describe(job));
  input.output.note(`${queue}: ${jobs.length} jobs, ${workers ?? 'unknown'} workers`);
  return 'done';
}

function asJson({ listed, open, failure, info }: QueuedJob): object {
  const { id, label, folder, dataset, images, shards, created, ended } = listed;
  const { waiting, active, delayed, failed } = open;
  const left = { waiting: waiting.length, active: active.length, delayed: delayed.length, failed: failed.length };
  return {
    id,
    label,
    folder,
    dataset,
    images,
    shards,
    created,
    ended: ended ?? null,
    left,
    failure: failure ?? null,
    job: info ?? null,
  };
}

function describe({ listed, open, failure, info }: QueuedJob): string {
  const { id, label, dataset, images, shards, ended } = listed;
  const left = open.waiting.length + open.active.length + open.delayed.length;
  const parts = [
    info === undefined ? `${ended ?? 'running'}, ${images} images` : describeJob({ ...info, interrupted: false }),
    `${shards - left} of ${shards} shards done, ${open.active.length} in work`,
  ];
  if (open.delayed.length > 0) parts.push(`${open.delayed.length} will be tried again`);
  if (open.failed.length > 0) parts.push(`${open.failed.length} failed`);
  if (failure !== undefined && ended === undefined) parts.push(`last: ${failure}`);
  return `${id}  ${label}  ${dataset === '' ? '.' : dataset}: ${parts.join('; ')}`;
}
