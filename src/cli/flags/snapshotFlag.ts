import { usualLimits, type SnapshotLimits } from '../../snapshots/store/snapshotTypes';
import type { CommandInput } from '../shared/Command';
import { count } from './flagValues';

/** The flag of commands that start jobs. */
export const snapshotFlag = { 'snapshot-days': { type: 'string' } } as const;
export const snapshotHelp =
  '--snapshot-days N        the snapshot from before the job is kept for so many days (default 30); 0: none is made';

/** How long the snapshot from before a job is kept, for its manifest. @throws UsageError */
export function snapshotLimits(input: CommandInput): { snapshots?: SnapshotLimits } {
  const days = count(input, 'snapshot-days', usualLimits.days);
  return days === usualLimits.days ? {} : { snapshots: { ...usualLimits, days } };
}
