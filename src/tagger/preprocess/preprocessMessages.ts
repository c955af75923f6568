import { RemoteError, toWireError, type WireError } from '../../protocol/channel/wireError';
import { ImageError, type ImageErrorCode } from '../pictures/ImageError';
import { NativePackageError } from '../native/nativePackages';
import type { PreparedInput } from './modelInput';

/** A preprocessing thread died. The image it worked on may or may not be the cause. */
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

/** The `workerData` of a preprocessing thread. */
export interface PreprocessWorkerData {
  /** shared memory of the `PixelBudget` */
  budget: SharedArrayBuffer;
  slot: number;
  /** one int32 for each possible job in flight, with a value of {@link claim} */
  claims: SharedArrayBuffer;
}

/** States of a job. It leaves `waiting` only by compare-and-swap, so that a cancelled job is never started. */
export const claim = { waiting: 0, begun: 1, cancelled: 2 } as const;

/** A request to a thread to prepare an image. */
export interface PreprocessJob {
  id: number;
  /** index in the claims */
  claim: number;
  imagePath: string;
  input: PreparedInput;
  /** buffer of an earlier input of the same size, for reuse */
  memory: ArrayBuffer | undefined;
}

/** A thread's reply to a job; each job gets exactly one. */
export type PreprocessReply =
  | { id: number; kind: 'done'; values: Float32Array<ArrayBuffer> }
  | { id: number; kind: 'dropped' }
  | { id: number; kind: 'failed'; error: PreprocessFailure };

/** An error as plain data, from which an error of the same class can be restored. */
export type PreprocessFailure =
  | { kind: 'image'; code: ImageErrorCode; path: string; message: string; cause: WireError | undefined }
  | { kind: 'package'; packageName: string; cause: WireError }
  | { kind: 'other'; error: WireError };

/** Serializes an error as plain data. */
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

/** Restores the error that {@link toFailure} serialized. */
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
