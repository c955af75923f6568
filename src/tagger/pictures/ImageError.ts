/** Why an image could not be read. */
export type ImageErrorCode =
  | 'IMAGE_EMPTY'
  | 'IMAGE_TOO_LARGE'
  | 'IMAGE_TRUNCATED'
  | 'IMAGE_DAMAGED'
  | 'IMAGE_NOT_AN_IMAGE'
  | 'IMAGE_MISSING'
  | 'IMAGE_IS_FOLDER'
  | 'IMAGE_NO_PERMISSION'
  | 'IMAGE_UNREADABLE';

/** An image that cannot be used. The message is one sentence for the user; the path is shown beside it, not in it. */
export class ImageError extends Error {
  constructor(
    readonly code: ImageErrorCode,
    readonly path: string,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ImageError';
  }
}
