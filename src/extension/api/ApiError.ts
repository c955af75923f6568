import type { DatasetCaptionsError, DatasetCaptionsErrorCode } from '../../../api';

/** The error that other extensions get; its `code` is part of the API. */
export class ApiError extends Error implements DatasetCaptionsError {
  constructor(
    readonly code: DatasetCaptionsErrorCode,
    message: string,
    /** absolute path of the file or folder that the error is about */
    readonly path?: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DatasetCaptionsError';
  }
}
