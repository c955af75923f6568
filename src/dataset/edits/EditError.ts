/** Errors that concern a bulk edit as a whole. */
export type EditErrorCode = 'PATTERN_INVALID' | 'PATTERN_TOO_SLOW' | 'PLAN_GONE' | 'FORM_INCOMPLETE';

/** A bulk edit cannot be planned or applied. `message` is one sentence for the user. */
export class EditError extends Error {
  constructor(
    readonly code: EditErrorCode,
    message: string,
    /** path of the caption that the edit failed on, if it was one caption */
    readonly path?: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'EditError';
  }
}
