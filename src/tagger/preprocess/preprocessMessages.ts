import { RemoteError, toWireError, type WireError } from '../../protocol/channel/wireError';
import { ImageError, type ImageErrorCode } from '../pictures/ImageError';
import { NativePackageError } from '../native/nativePackages';
import type { PreparedInput } from './modelInput';

/** A thread that prepared an image died. The image may or may not be the reason. */
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

/** The `workerData` of a thread. */
export interface PreprocessWorkerData {
  /** of the `PixelBudget` */
  budget: SharedArrayBuffer;
  slot: number;
  /** one int32 for each job that can be in work: {@link claim} */
  claims: SharedArrayBuffer;
}

/** The state of a job. It leaves `waiting` by compare-and-swap only, so that a cancelled job is never begun. */
export const claim = { waiting: 0, begun: 1, cancelled: 2 } as const;

/** An image that a thread is to prepare. */
export interface PreprocessJob {
  id: number;
  /** index in the claims */
  claim: number;
  imagePath: string;
  input: PreparedInput;
  /** memory of an earlier input of this size, to be used again */
  memory: ArrayBuffer | undefined;
}

/** The answer of a thread to each job, whatever the outcome. */
export type PreprocessReply =
  | { id: number; kind: 'done'; values: Float32Array<ArrayBuffer> }
  | { id: number; kind: 'dropped' }
  | { id: number; kind: 'failed'; error: PreprocessFailure };

/** An error as plain data, so that it can be restored with its own class. */
export type PreprocessFailure =
  | { kind: 'image'; code: ImageErrorCode; path: string; message: string; cause: WireError | undefined }
  | { kind: 'package'; packageName: string; cause: WireError }
  | { kind: 'other'; error: WireError };

/** Turns an error into plain data. */
export function toFailure(thrown: unknown): PreprocessFailure {
  if (thrown instanceof ImageError) {
    const { code, path, message, cause } = thrown;
    return { kind: 'image', code, path, message, cause: cause === undefined ? undefined : toWireError(cause) };
  }
  if (thrown instanceof NativePackageError) {
    return { kind: 'package', packageName: thrown.packageName, cause: toWireError(thrown.cause) };
  }
  return { kind: 'other', error: toWireError(thrown) };
}

/** Restores the error that {@link toFailure} turned into data. */
export function fromFailure(failure: PreprocessFailure): Error {
  switch (failure.kind) {
    case 'image': {
      const cause = failure.cause === undefined ? undefined : new RemoteError(failure.cause);
      return new ImageError(failure.code, failure.path, failure.message, cause);
    }
    case 'package':
      return new NativePackageError(failure.packageName, new RemoteError(failure.cause));
    case 'other':
      return new RemoteError(failure.error);
  }
}
