/**
 * Errors about a job as a whole, not about one of its images.
 * - `JOB_BUSY`: another process has its lock; `JOB_TAKEN`: this process had it and lost it
 * - `JOB_CHANGED`: it went on after the user was asked about it
 */
export type JobErrorCode =
  'JOB_MISSING' | 'JOB_UNREADABLE' | 'JOB_BUSY' | 'JOB_TAKEN' | 'JOB_CHANGED' | 'JOURNAL_FAILED' | 'NOT_SHARED';

/** An error about a job or its folder. `message` is one sentence for the user. */
export class JobError extends Error {
  constructor(
    readonly code: JobErrorCode,
    message: string,
    /** absolute path of the job's folder or file */
    readonly path: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'JobError';
  }
}
