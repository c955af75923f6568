/**
 * Errors of a prompt that cannot be sent.
 * - `PROMPT_PLACEHOLDER`: it has an unknown placeholder
 * - `PROMPT_VALUE_MISSING`: a placeholder has nothing for this image
 */
export type PromptErrorCode = 'PROMPT_PLACEHOLDER' | 'PROMPT_VALUE_MISSING';

/** A prompt cannot be sent. `message` is in sentences for the user. */
export class PromptError extends Error {
  constructor(
    readonly code: PromptErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'PromptError';
  }
}
