import * as l10n from '@vscode/l10n';
import { displayLanguage } from '../../base/displayLanguage';
import { isEnded, isLive, isResumable } from '../../jobs/jobSteps';
import { handledOf } from '../../jobs/folder/jobInfo';
import { imageOutcomes, isListed } from '../../jobs/imageOutcomes';
import { answersToReview, shownFailures, type JobInfo } from '../../jobs/jobTypes';
import { formatSeconds } from '../../protocol/text/downloadText';
import type { JobView } from '../../protocol/page/gridProtocol';
import { describeRate } from '../../protocol/text/JobRate';
import { jobStateName } from '../../protocol/text/jobStateName';

/** A job as the grid and the status bar show it. */
export function jobView(job: JobInfo): JobView {
  const { id, label, counts, total, execution, failures } = job;
  return {
    id,
    label,
    state: stateOf(job),
    total,
    handled: handledOf(counts),
    failed: counts.failed,
    untagged: counts.untagged,
    kept: counts.kept,
    flagged: answersToReview(job),
    isReviewable: isReviewable(job),
    execution,
    failures,
    moreFailures: moreFailures(job),
    message: message(job),
  };
}

/** Whether the flagged answers of a job can be reviewed: there are some, and the job adds none any more. */
export function isReviewable(job: JobInfo): boolean {
  return !isLive(job) && answersToReview(job) > 0;
}

/** How many images would be listed with their reasons beyond those in the list of failures, which is limited. */
export function moreFailures({ counts, failures }: JobInfo): number {
  if (failures.length < shownFailures) return 0;
  const listed = imageOutcomes.filter(isListed).reduce((sum, outcome) => sum + counts[outcome], 0);
  return Math.max(0, listed - failures.length);
}

function stateOf(job: JobInfo): JobView['state'] {
  if (isResumable(job)) return job.status === 'paused' ? 'paused' : 'interrupted';
  if (job.status !== 'running') return job.status;
  return job.message === '' ? 'running' : 'starting';
}

function message(job: JobInfo): string {
  if (isEnded(job)) return jobSummary(job);
  if (job.fault !== undefined) return job.fault.message;
  if (isResumable(job)) return job.interrupted ? l10n.t('Its process ended before it was done.') : '';
  if (job.message !== '') return job.message;
  if (job.runBy !== undefined) return l10n.t('Another process has this job: {0}.', job.runBy);
  if (job.status === 'queued') return l10n.t('Waits for its turn.');
  const rate = job.imagesPerSecond === undefined ? [] : [describeRate(job.imagesPerSecond, job.secondsLeft ?? 0)];
  return [...rate, ...(job.pace === undefined ? [] : [job.pace])].join(', ');
}

/** The outcome counts so far, such as `1,990 captioned, 3 kept, 4 to look at, 2 failed`. */
export function jobSummary(job: JobInfo): string {
  const { counts } = job;
  const waiting = answersToReview(job);
  const parts = [l10n.t('{0} captioned', (counts.written + counts.same).toLocaleString(displayLanguage()))];
  if (counts.untagged > 0)
    parts.push(l10n.t('{0} without a tag above the threshold', counts.untagged.toLocaleString(displayLanguage())));
  if (counts.kept > 0) parts.push(l10n.t('{0} kept', counts.kept.toLocaleString(displayLanguage())));
  if (waiting > 0) parts.push(l10n.t('{0} to look at', waiting.toLocaleString(displayLanguage())));
  if (counts.failed > 0) parts.push(l10n.t('{0} failed', counts.failed.toLocaleString(displayLanguage())));
  return parts.join(', ');
}

/** A short description beside the name of a job, such as `1,234/2,000 · 45 img/s · 3 min left`. */
export function jobDescription(job: JobInfo): string {
  const { counts, total, imagesPerSecond, secondsLeft } = job;
  const waiting = answersToReview(job);
  const state = stateOf(job);
  const parts = [`${handledOf(counts).toLocaleString(displayLanguage())}/${total.toLocaleString(displayLanguage())}`];
  if (state === 'starting') parts.push(job.message);
  else if (state !== 'running' && state !== 'completed') parts.push(jobStateName(state).toLocaleLowerCase());
  if (state === 'running' && imagesPerSecond !== undefined) {
    parts.push(l10n.t('{0} img/s', imagesPerSecond >= 9.5 ? imagesPerSecond.toFixed(0) : imagesPerSecond.toFixed(1)));
    if (secondsLeft !== undefined && secondsLeft > 0) parts.push(l10n.t('{0} left', formatSeconds(secondsLeft)));
  }
  if (job.reverted !== undefined) parts.push(l10n.t('reverted'));
  if (counts.kept > 0) parts.push(l10n.t('{0} kept', counts.kept.toLocaleString(displayLanguage())));
  if (waiting > 0) parts.push(l10n.t('{0} to look at', waiting.toLocaleString(displayLanguage())));
  if (counts.failed > 0) parts.push(l10n.t('{0} failed', counts.failed.toLocaleString(displayLanguage())));
  return parts.join(' · ');
}

/** The tooltip of a job: name, state, dataset, tagger or captioner, progress and execution, one per line. */
export function jobTooltip(job: JobInfo): string {
  const { label, tagger, root, execution, place } = job;
  const view = jobView(job);
  const lines = [
    `${label} – ${jobStateName(view.state)}`,
    root,
    place.kind === 'cluster' ? l10n.t('{0}, on the cluster queue {1}', tagger, place.queue) : tagger,
    `${view.handled.toLocaleString(displayLanguage())}/${view.total.toLocaleString(displayLanguage())}${view.message === '' ? '' : `: ${view.message}`}`,
    ...execution.flatMap(({ runsOn, notUsed }) => [runsOn, ...notUsed]),
  ];
  return lines.join('\n');
}
