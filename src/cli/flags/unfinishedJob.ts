import { setTimeout as delay } from 'node:timers/promises';
import type { LockHolder } from '../../base/machine/FileLock';
import { JobFolder, type NewJob } from '../../jobs/folder/JobFolder';
import { nameOf } from '../../jobs/folder/JobLock';
import { errorCode } from '../../protocol/channel/wireError';

/** Interval of looking whether a process of another machine or container gives a sign of life, in milliseconds. */
const lookPause = 250;

/** How {@link unfinishedJob} waits. */
export interface UnfinishedJobOptions {
  signal?: AbortSignal;
  /** called once, with a sentence, before it waits for a process that may be dead */
  onWait?: (line: string) => void;
}

/**
 * The latest unfinished job with the same work, which can be resumed instead of making a new one. Execution options
 * may differ. Undefined if there is none, or if another process has it. If it is unknown whether that process lives,
 * because its machine or container may have been restarted, waits until it gave a sign of life or too long none.
 * @throws JobError JOB_UNREADABLE, errors of the file system; the signal's reason
 */
export async function unfinishedJob(
  jobsFolder: string,
  job: NewJob,
  options: UnfinishedJobOptions = {},
): Promise<JobFolder | undefined> {
  const wanted = identity(job);
  for (const folder of (await JobFolder.list(jobsFolder)).reverse()) {
    try {
      const { status, reverted } = await folder.readState();
      if (status === 'completed' || status === 'cancelled' || reverted !== undefined) continue;
      if (identity(await folder.readManifest()) !== wanted || (await isTaken(folder, options))) continue;
      return folder;
    } catch (thrown) {
      // A job that is being removed, or that another version made.
      if (errorCode(thrown)?.startsWith('JOB_') !== true) throw thrown;
    }
  }
  return undefined;
}

/** Whether another process has a job. */
async function isTaken(folder: JobFolder, { signal, onWait }: UnfinishedJobOptions): Promise<boolean> {
  let silence = -1;
  for (;;) {
    const holder = await folder.holder();
    if (holder === undefined) return false;
    if (holder.liveness !== 'unknown' || holder.silence < silence) return true;
    if (silence === -1) onWait?.(waitingFor(folder, holder));
    silence = holder.silence;
    await delay(lookPause, undefined, signal === undefined ? {} : { signal });
  }
}

function waitingFor({ id }: JobFolder, holder: LockHolder): string {
  const seconds = Math.ceil(((holder.silenceAtMost ?? 0) - holder.silence) / 1000);
  return `Job ${id} was begun by ${nameOf(holder)}. Waiting up to ${seconds} s to see whether that still runs it…`;
}

/** Equal for jobs that do the same work. */
function identity(job: NewJob): string {
  const { label, root, captionExtension, mode, write, place } = job;
  const common = [label, root, captionExtension, mode, write];
  if ('captioner' in job) {
    const { profile, hash } = job.captioner;
    return JSON.stringify([...common, 'captioner', profile.name, hash, place]);
  }
  const { options, tagger } = job;
  const models = tagger.setup.models.map(({ thresholds }) => thresholds);
  return JSON.stringify([...common, options, models, tagger.setup.merge, tagger.hashes, place]);
}
