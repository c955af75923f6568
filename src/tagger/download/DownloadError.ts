/** Why a file could not be downloaded. */
export type DownloadErrorCode =
  | 'CANCELLED'
  | 'OFFLINE'
  | 'BAD_ADDRESS'
  | 'NETWORK'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'RATE_LIMITED'
  | 'SERVER_ERROR'
  | 'REFUSED'
  | 'NOT_THE_FILE'
  | 'LFS_POINTER'
  | 'WRONG_SIZE'
  | 'WRONG_HASH'
  | 'DISK_FULL'
  | 'NO_PERMISSION'
  | 'NOT_WRITABLE'
  | 'NOT_IN_CATALOGUE'
  | 'NOT_OURS'
  | 'IN_USE';

/** Whether and when the same request may be sent again. */
export interface Retry {
  /** the problem may pass */
  worthIt: boolean;
  /** milliseconds that the server wants us to wait; undefined where it does not say */
  after?: number | undefined;
}

/**
 * A download that failed. The message is one or two sentences for the user, with the address where it matters; `path`
 * is the file that was to be written, shown beside it.
 */
export class DownloadError extends Error {
  constructor(
    readonly code: DownloadErrorCode,
    readonly path: string,
    message: string,
    cause?: unknown,
    readonly retry: Readonly<Retry> = { worthIt: false },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DownloadError';
  }
}
