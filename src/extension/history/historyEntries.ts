import * as l10n from '@vscode/l10n';
import type { JobInfo } from '../../jobs/jobTypes';
import { isKept, type Snapshot } from '../../snapshots/store/snapshotTypes';

/** What was done to a dataset at one time: a job, an edit of many captions, or a snapshot alone. */
export interface HistoryEntry {
  kind: 'job' | 'edit' | 'restore' | 'snapshot';
  /** of the job, or of the snapshot */
  id: string;
  /** ms since 1970 */
  when: number;
  label: string;
  /** if it is still in the list of jobs */
  job?: JobInfo;
  /** of the captions before it; undefined if none was made, or it is gone */
  snapshot?: Snapshot;
}

/**
 * The jobs, bulk edits and snapshots of a dataset in one list, the latest first. A job and the snapshot of before it
 * are one entry.
 * @param jobs of the dataset
 */
export function historyEntries(jobs: readonly JobInfo[], snapshots: readonly Snapshot[]): HistoryEntry[] {
  const ofJobs = new Map<string, Snapshot>();
  for (const snapshot of snapshots) if (snapshot.job !== undefined) ofJobs.set(snapshot.job, snapshot);
  const listed = new Set(jobs.map(({ id }) => id));
  const entries = jobs.map((job): HistoryEntry => {
    const snapshot = ofJobs.get(job.id);
    const when = Date.parse(job.started ?? job.created);
    return { kind: 'job', id: job.id, when, label: job.label, job, ...(snapshot === undefined ? {} : { snapshot }) };
  });
  for (const snapshot of snapshots) {
    if (snapshot.job !== undefined && listed.has(snapshot.job) && ofJobs.get(snapshot.job) === snapshot) continue;
    const { cause, id, created: when } = snapshot;
    entries.push({ kind: cause === 'hand' ? 'snapshot' : cause, id, when, label: snapshotTitle(snapshot), snapshot });
  }
  return entries.sort((a, b) => b.when - a.when);
}

/** The title of a snapshot: the name that a person gave it, or the operation before which it was made. */
export function snapshotTitle({ name, cause, label }: Snapshot): string {
  if (name !== undefined) return name;
  if (cause === 'hand') return l10n.t('Snapshot');
  if (cause === 'restore') return l10n.t('Restore Snapshot {0}', label ?? '').trim();
  return label ?? l10n.t('Snapshot');
}

/** The facts about a snapshot, in lines: its contents, and how long it is kept. */
export function snapshotFacts(snapshot: Snapshot, language: string | undefined): string[] {
  const { captions, images, unread, limits, cause, label, id } = snapshot;
  const number = (value: number): string => value.toLocaleString(language);
  const lines = [l10n.t('{0} captions of {1} images', number(captions), number(images))];
  if (unread > 0) lines.push(l10n.t('{0} captions could not be read and are not in it', number(unread)));
  if (cause !== 'hand') lines.push(l10n.t('As it was before: {0}', label ?? ''));
  lines.push(
    isKept(snapshot)
      ? l10n.t('Kept until it is deleted')
      : l10n.t('Kept for {0} days; give it a name to keep it longer', number(limits.days)),
  );
  lines.push(id);
  return lines;
}
