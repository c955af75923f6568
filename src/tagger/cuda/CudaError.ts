/** Why CUDA support could not be read or installed. */
export type CudaErrorCode =
  | 'CUDA_PLATFORM_UNSUPPORTED'
  | 'CUDA_RUNTIME_UNREADABLE'
  | 'CUDA_LIBRARY_DAMAGED'
  | 'CUDA_LIBRARY_VERSION'
  | 'CUDA_FEED_UNREADABLE'
  | 'CUDA_PACKAGE_MISSING'
  | 'CUDA_PACKAGE_UNVERIFIABLE'
  | 'CUDA_PACKAGE_INCOMPLETE'
  | 'CUDA_DISK_FULL'
  | 'CUDA_FOLDER_UNWRITABLE';

/**
 * CUDA support that cannot be used or installed. The message is one sentence for the user and names the file itself.
 */
export class CudaError extends Error {
  constructor(
    readonly code: CudaErrorCode,
    /** the file, folder or address that it is about */
    readonly path: string,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CudaError';
  }
}
