import type { JobInfo } from './jobTypes';

/** A job that is another than it was. */
export interface JobStep {
  job: JobInfo;
  /** undefined where it was not known before */
  before: JobInfo | undefined;
}

/** What became of jobs between two looks at them. */
export function jobSteps(before: ReadonlyMap<string, JobInfo>, now: readonly JobInfo[]): JobStep[] {
  return now.flatMap((job) => {
    const old = before.get(job.id);
    return old === job ? [] : [{ job, before: old }];
  });
}

/** A process works on it, or it waits for its turn. */
export function isLive({ status, interrupted }: JobInfo): boolean {
  return (status === 'running' || status === 'queued') && !interrupted;
}

/** It ended for good. */
export function isEnded({ status }: Pick<JobInfo, 'status'>): boolean {
  return status === 'completed' || status === 'cancelled';
}

/** It stands still and can go on: paused, or its process ended before it did. */
export function isResumable(job: JobInfo): boolean {
  return !isLive(job) && !isEnded(job);
}

/** It was live and is not any more. */
export function hasStopped({ job, before }: JobStep): boolean {
  return before !== undefined && isLive(before) && !isLive(job);
}

/**
 * Jobs in the order in which they are shown: running ones, those that stand still, waiting ones in the order of their
 * turns, then those that ended; the newest first.
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
