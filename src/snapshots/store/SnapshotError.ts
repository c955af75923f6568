/**
 * - `SNAPSHOT_FAILED`: it could not be made, read or pruned
 * - `SNAPSHOT_MISSING`: there is none of this name
 * - `SNAPSHOT_DAMAGED`: a part of it is gone or cut off
 * - `SNAPSHOT_UNSAFE`: its folder is a link, or belongs to another user
 * - `SNAPSHOT_NAME`: it cannot have this name
 */
export type SnapshotErrorCode =
  'SNAPSHOT_NAME' | 'SNAPSHOT_FAILED' | 'SNAPSHOT_MISSING' | 'SNAPSHOT_DAMAGED' | 'SNAPSHOT_UNSAFE';

/** An error about the snapshots of a dataset. The message is one sentence for the user. */
export class SnapshotError extends Error {
  constructor(
    readonly code: SnapshotErrorCode,
    message: string,
    /** the file or folder, absolute */
    readonly path: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'SnapshotError';
  }
}
