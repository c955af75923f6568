import type { JobInfo } from './jobTypes';

/** A change of one job: its info before and after. */
export interface JobStep {
  job: JobInfo;
  /** undefined if the job is new */
  before: JobInfo | undefined;
}

/** The jobs that changed between two snapshots. Infos are immutable, so an object that is the same is unchanged. */
export function jobSteps(before: ReadonlyMap<string, JobInfo>, now: readonly JobInfo[]): JobStep[] {
  return now.flatMap((job) => {
    const old = before.get(job.id);
    return old === job ? [] : [{ job, before: old }];
  });
}

/** Whether a process works on the job, or will when it is the job's turn. */
export function isLive({ status, interrupted }: JobInfo): boolean {
  return (status === 'running' || status === 'queued') && !interrupted;
}

/** Whether the job ended for good. */
export function isEnded({ status }: Pick<JobInfo, 'status'>): boolean {
  return status === 'completed' || status === 'cancelled';
}

/** Whether the job is stopped and can be resumed: it was paused, or its process ended before it did. */
export function isResumable(job: JobInfo): boolean {
  return !isLive(job) && !isEnded(job);
}

/** Whether the job was live before and is not any more. */
export function hasStopped({ job, before }: JobStep): boolean {
  return before !== undefined && isLive(before) && !isLive(job);
}

/**
 * Jobs in the order in which they are shown: running, resumable, queued, ended. Queued jobs are in the order of the
 * queue, all others have the newest first.
 */
export function inShownOrder(jobs: readonly JobInfo[]): JobInfo[] {
  const rank = (job: JobInfo): number => {
    if (isLive(job)) return job.status === 'queued' ? 2 : 0;
    return isEnded(job) ? 3 : 1;
  };
  return [...jobs].sort((a, b) => {
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    if (rank(a) === 2 && a.position !== b.position) return a.position - b.position;
    return b.created < a.created ? -1 : b.created > a.created ? 1 : 0;
  });
}
