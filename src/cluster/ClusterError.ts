/** Errors about the queue of a cluster. */
export type ClusterErrorCode = 'CLUSTER_URL' | 'CLUSTER_UNREACHABLE' | 'CLUSTER_SHARD';

/** An error about the queue of a cluster. `message` is one sentence for the user and never contains a password. */
export class ClusterError extends Error {
  constructor(
    readonly code: ClusterErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'ClusterError';
  }
}
