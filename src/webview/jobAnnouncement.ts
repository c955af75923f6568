import type { JobView } from '../protocol/gridProtocol';
import { formatNumber, plural } from './captionText';

/** What a screen reader says when a job ended or stands still; undefined when none did. */
export function jobAnnouncement(before: readonly JobView[], after: readonly JobView[]): string | undefined {
  let announcement: string | undefined;
  for (const job of after) {
    const old = before.find(({ id }) => id === job.id);
    const isUnderWay = job.state === 'queued' || job.state === 'starting' || job.state === 'running';
    if (isUnderWay || old === undefined || old.state === job.state) continue;
    const failed = job.failed === 0 ? '' : `, ${formatNumber(job.failed)} failed`;
    announcement = `${job.label} ${job.state}: ${plural(job.handled, 'image')}${failed}`;
  }
  return announcement;
}
