import type { CaptionKey } from './captionKey';

/**
 * Why a snapshot was made: by a person, or automatically before a job, a bulk edit, or the restoring of another
 * snapshot.
 */
export type SnapshotCause = 'hand' | 'job' | 'edit' | 'restore';

/** How long automatic snapshots are kept. */
export interface SnapshotLimits {
  /** in days; 0: none are made */
  days: number;
  /** of all snapshots of a dataset together, in megabytes */
  megabytes: number;
}

/** The limits where nobody set others. */
export const usualLimits: SnapshotLimits = { days: 30, megabytes: 500 };

/** All captions of a folder as of a moment. */
export interface Snapshot {
  /** also the name of its file */
  id: string;
  /** ms since 1970 */
  created: number;
  /** that a person gave it */
  name?: string;
  cause: SnapshotCause;
  /** the operation before which it was made, such as `Caption All` */
  label?: string;
  /** the id of the job before which it was made */
  job?: string;
  /** with the captions, relative to the root of the dataset's records, with `/`; empty for the root itself */
  folder: string;
  /** of the captions, with its dot */
  captionExtension: string;
  images: number;
  /** images with a caption file */
  captions: number;
  /** captions that could not be read when it was made, and are not in it */
  unread: number;
  /** how many bytes it added to the packs */
  added: number;
  limits: SnapshotLimits;
  /** the lists of its images */
  lists: readonly CaptionKey[];
}

/** Whether a snapshot stays until a person deletes it. */
export function isKept({ cause, name }: Snapshot): boolean {
  return cause === 'hand' || name !== undefined;
}
