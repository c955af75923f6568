/** What can be wrong with a bulk edit as a whole. */
export type EditErrorCode = 'PATTERN_INVALID' | 'PATTERN_TOO_SLOW' | 'PLAN_GONE' | 'FORM_INCOMPLETE';

/** A bulk edit that cannot be planned or applied. `message` is one sentence for the user. */
export class EditError extends Error {
  constructor(
    readonly code: EditErrorCode,
    message: string,
    /** path of the caption that it failed on, where there is one */
    readonly path?: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'EditError';
  }
}
