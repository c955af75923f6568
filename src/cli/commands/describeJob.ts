import { handledOf } from '../../jobs/folder/jobInfo';
import type { JobInfo } from '../../jobs/jobTypes';
import { describeRate } from '../../protocol/text/JobRate';

/** The status and progress of a job, in one line. */
export function describeJob(job: JobInfo): string {
  const { status, interrupted, counts, total, imagesPerSecond, secondsLeft, pace, fault, message, reverted, runBy } =
    job;
  const handled = handledOf(counts);
  const percent = total === 0 ? 100 : Math.floor((100 * handled) / total);
  const parts = [interrupted ? 'interrupted' : status, `${handled}/${total} (${percent}%)`];
  if (status === 'running' && imagesPerSecond !== undefined)
    parts.push(describeRate(imagesPerSecond, secondsLeft ?? 0));
  if (status === 'running' && pace !== undefined) parts.push(pace);
  if (counts.failed > 0) parts.push(`${counts.failed} failed`);
  if (counts.flagged > 0) parts.push(`${counts.flagged} flagged`);
  if (counts.kept > 0) parts.push(`${counts.kept} kept`);
  if (counts.untagged > 0) parts.push(`${counts.untagged} without a tag`);
  if (reverted !== undefined) parts.push('reverted');
  if (runBy !== undefined) parts.push(`by ${runBy}`);
  if (fault !== undefined) parts.push(fault.message);
  else if (message !== '') parts.push(message);
  return parts.join(', ');
}
