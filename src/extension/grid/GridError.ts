/** A request about a grid that cannot be carried out. */
export class GridError extends Error {
  override readonly name = 'GridError';

  constructor(
    /** `NOT_IN_DATASET`: the image was deleted or renamed since the page last heard of it */
    readonly code: 'NOT_IN_DATASET',
    message: string,
  ) {
    super(message);
  }
}
