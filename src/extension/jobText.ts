import { isEnded, isResumable } from '../jobs/jobSteps';
import { handledOf } from '../jobs/jobInfo';
import { shownFailures, type JobInfo } from '../jobs/jobTypes';
import { formatSeconds } from '../protocol/downloadText';
import type { JobView } from '../protocol/gridProtocol';
import { describeRate } from '../protocol/JobRate';
import type { Translate } from './questionBeforeWriting';

/** A job as the grid and the status bar show it. */
export function jobView(job: JobInfo, t: Translate): JobView {
  const { id, label, counts, total, execution, failures } = job;
  return {
    ...{ id, label, total, execution, failures },
    state: stateOf(job),
    handled: handledOf(counts),
    failed: counts.failed,
    untagged: counts.untagged,
    kept: counts.kept,
    moreFailures: moreFailures(job),
    message: message(job, t),
  };
}

/** How many images failed or were kept beside those that are listed. */
export function moreFailures({ counts, failures }: JobInfo): number {
  return failures.length < shownFailures ? 0 : Math.max(0, counts.failed + counts.kept - failures.length);
}

function stateOf(job: JobInfo): JobView['state'] {
  if (isResumable(job)) return job.status === 'paused' ? 'paused' : 'interrupted';
  if (job.status !== 'running') return job.status;
  return job.message === '' ? 'running' : 'starting';
}

function message(job: JobInfo, t: Translate): string {
  if (isEnded(job)) return jobSummary(job, t);
  if (job.fault !== undefined) return job.fault.message;
  if (isResumable(job)) return job.interrupted ? t('Its process ended before it was done.') : '';
  if (job.message !== '') return job.message;
  if (job.status === 'queued') return t('Waits for its turn.');
  return job.imagesPerSecond === undefined ? '' : describeRate(job.imagesPerSecond, job.secondsLeft ?? 0);
}

/** The state of a job in words. */
export function jobStateName(state: JobView['state'], t: Translate): string {
  switch (state) {
    case 'queued':
      return t('Queued');
    case 'starting':
      return t('Starting');
    case 'running':
      return t('Running');
    case 'paused':
      return t('Paused');
    case 'interrupted':
      return t('Interrupted');
    case 'completed':
      return t('Completed');
    case 'cancelled':
      return t('Cancelled');
    case 'error':
      return t('Error');
  }
}

/** What became of the images so far, such as `1,990 captioned, 3 kept, 2 failed`. */
export function jobSummary({ counts }: JobInfo, t: Translate): string {
  const parts = [t('{0} captioned', (counts.written + counts.same).toLocaleString())];
  if (counts.untagged > 0) parts.push(t('{0} without a tag above the threshold', counts.untagged.toLocaleString()));
  if (counts.kept > 0) parts.push(t('{0} kept', counts.kept.toLocaleString()));
  if (counts.failed > 0) parts.push(t('{0} failed', counts.failed.toLocaleString()));
  return parts.join(', ');
}

/** One short line beside a job's name: `1,234/2,000 · 45 img/s · 3 min left`. */
export function jobDescription(job: JobInfo, t: Translate): string {
  const { counts, total, imagesPerSecond, secondsLeft } = job;
  const state = stateOf(job);
  const parts = [`${handledOf(counts).toLocaleString()}/${total.toLocaleString()}`];
  if (state === 'starting') parts.push(job.message);
  else if (state !== 'running' && state !== 'completed') parts.push(jobStateName(state, t).toLocaleLowerCase());
  if (state === 'running' && imagesPerSecond !== undefined) {
    parts.push(t('{0} img/s', imagesPerSecond >= 9.5 ? imagesPerSecond.toFixed(0) : imagesPerSecond.toFixed(1)));
    if (secondsLeft !== undefined && secondsLeft > 0) parts.push(t('{0} left', formatSeconds(secondsLeft)));
  }
  if (job.reverted !== undefined) parts.push(t('reverted'));
  if (counts.failed > 0) parts.push(t('{0} failed', counts.failed.toLocaleString()));
  return parts.join(' · ');
}

/** All there is to know of a job at a glance, one thing a line. */
export function jobTooltip(job: JobInfo, t: Translate): string {
  const { label, tagger, root, execution, place } = job;
  const view = jobView(job, t);
  const lines = [
    `${label} – ${jobStateName(view.state, t)}`,
    root,
    place.kind === 'cluster' ? t('{0}, on the cluster queue {1}', tagger, place.queue) : tagger,
    `${view.handled.toLocaleString()}/${view.total.toLocaleString()}${view.message === '' ? '' : `: ${view.message}`}`,
    ...execution.flatMap(({ runsOn, notUsed }) => [runsOn, ...notUsed]),
  ];
  return lines.join('\n');
}
