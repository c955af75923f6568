/** Why a model, or what it gave for an image, could not be used. */
export type ModelErrorCode =
  | 'MODEL_MISSING'
  | 'MODEL_IS_LFS_POINTER'
  | 'MODEL_UNREADABLE'
  | 'MODEL_UNSUPPORTED'
  | 'MODEL_RUN_FAILED'
  | 'SCORES_NOT_NUMBERS'
  | 'SCORES_OUT_OF_RANGE'
  | 'TAGS_MISSING'
  | 'TAGS_INVALID'
  | 'TAGS_MISMATCH';

/** A model that cannot be used. The message is one sentence for the user; the path is shown beside it, not in it. */
export class ModelError extends Error {
  constructor(
    readonly code: ModelErrorCode,
    readonly path: string,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ModelError';
  }
}
