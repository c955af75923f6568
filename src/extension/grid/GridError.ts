/** A request about a grid that cannot be carried out. */
export class GridError extends Error {
  override readonly name = 'GridError';

  constructor(
    /**
     * - `NOT_IN_DATASET`: the image was deleted or renamed, which the page does not know yet
     * - `DIALOG_GONE`: the dialog of the request was closed or replaced
     */
    readonly code: 'NOT_IN_DATASET' | 'DIALOG_GONE',
    message: string,
  ) {
    super(message);
  }
}
