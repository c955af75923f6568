/**
 * Why the pixels of a file cannot be had: it ends before its last pixel, contradicts itself, or is of a kind that is
 * not decoded.
 */
export type DecodingFault = 'cut' | 'damaged' | 'unsupported';

/** A file that one of our own decoders refuses. The message is for the log; `ImageError` has the one for people. */
export class DecodingError extends Error {
  readonly code = 'PIXELS_NOT_DECODED';

  constructor(
    readonly fault: DecodingFault,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DecodingError';
  }
}
