/** A thread that prepared an image ended; the image may be the reason or not. */
export class PreprocessError extends Error {
  readonly code = 'PREPROCESS_FAILED';

  constructor(
    readonly path: string,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PreprocessError';
  }
}
