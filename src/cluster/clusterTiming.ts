/** Times of a cluster, in milliseconds. All are derived from `lock`. */
export interface ClusterTiming {
  /**
   * a worker that does not renew the lock on its shard for this long loses the shard; it renews it at half of that time
   */
  lock: number;
  /** interval of the search for shards whose locks have expired */
  stalled: number;
  /** first delay before the retry of a shard that failed; doubles with each failure (exponential backoff) */
  backoff: number;
  /** interval at which a worker checks whether its job was paused or cancelled */
  statePoll: number;
  /** first pause of a worker after a fault of its machine; doubles with each fault, see {@link maxPauseFactor} */
  pause: number;
}

/** The longest pause of a worker after a fault, as a multiple of the first one. */
export const maxPauseFactor = 4;

const usualLock = 60_000;

/** @param text of `DATASET_CAPTIONS_CLUSTER_LOCK`: the lock in milliseconds, 500 to 3,600,000; tests use short ones */
export function clusterTiming(text = process.env.DATASET_CAPTIONS_CLUSTER_LOCK): ClusterTiming {
  const given = Number(text);
  const lock = text !== undefined && given >= 500 && given <= 3_600_000 ? Math.round(given) : usualLock;
  const part = (divisor: number): number => Math.round(lock / divisor);
  // The queue accepts only whole numbers.
  return { lock, stalled: part(3), backoff: part(12), statePoll: Math.min(3000, part(6)), pause: part(2) };
}
