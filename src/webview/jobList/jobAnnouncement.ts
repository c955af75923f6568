import * as l10n from '@vscode/l10n';
import type { JobView } from '../../protocol/page/gridProtocol';
import { formatNumber, plural } from '../shared/displayLanguage';
import { jobStateName } from '../../protocol/text/jobStateName';

/** What a screen reader says when a job ended or stands still; undefined when none did. */
export function jobAnnouncement(before: readonly JobView[], after: readonly JobView[]): string | undefined {
  let announcement: string | undefined;
  for (const job of after) {
    const old = before.find(({ id }) => id === job.id);
    const isUnderWay = job.state === 'queued' || job.state === 'starting' || job.state === 'running';
    if (isUnderWay || old === undefined || old.state === job.state) continue;
    const images = plural(l10n.t('{0} image|{0} images'), job.handled);
    const words = [job.label, jobStateName(job.state), images, formatNumber(job.failed)] as const;
    announcement = job.failed === 0 ? l10n.t('{0} {1}: {2}', ...words) : l10n.t('{0} {1}: {2}, {3} failed', ...words);
  }
  return announcement;
}
