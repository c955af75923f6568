import type { DatasetCaptionsError, DatasetCaptionsErrorCode } from '../../../api';

/** An error as other extensions get it: its `code` is part of the API. */
export class ApiError extends Error implements DatasetCaptionsError {
  constructor(
    readonly code: DatasetCaptionsErrorCode,
    message: string,
    /** absolute path of what it is about */
    readonly path?: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DatasetCaptionsError';
  }
}
