/** A record cannot be written. This never stops the write that it is about. The message is one sentence. */
export class RecordError extends Error {
  readonly code = 'RECORD_FAILED';

  constructor(
    message: string,
    /** the file or folder, absolute */
    readonly path: string,
    cause: unknown,
  ) {
    super(message, { cause });
    this.name = 'RecordError';
  }
}
