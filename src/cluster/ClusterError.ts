/** What can go wrong with a cluster as a whole. */
export type ClusterErrorCode = 'CLUSTER_URL' | 'CLUSTER_UNREACHABLE' | 'CLUSTER_SHARD';

/** An error about the queue of a cluster. `message` is one sentence for the user and never has a password. */
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
