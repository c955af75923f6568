/** A request about a grid that cannot be carried out. */
export class GridError extends Error {
  override readonly name = 'GridError';

  constructor(
    /**
     * - `NOT_IN_DATASET`: the image was deleted or renamed since the page last heard of it
     * - `DIALOG_GONE`: what the page means by its dialog was closed or replaced
     */
    readonly code: 'NOT_IN_DATASET' | 'DIALOG_GONE',
    message: string,
  ) {
    super(message);
  }
}
