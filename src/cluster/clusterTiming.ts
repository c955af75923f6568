/** Times of a cluster, in milliseconds; all follow from how long a worker that gives no sign of life keeps its shard. */
export interface ClusterTiming {
  /** a worker that gave no sign of life for so long has lost its shard; it gives one in half of that */
  lock: number;
  /** shards of workers that are gone are looked for this often */
  stalled: number;
  /** the first pause before a shard that failed is tried again; it doubles */
  backoff: number;
  /** a worker looks this often whether its job was paused or cancelled */
  statePoll: number;
  /** a worker that cannot do its work takes none for so long; it doubles */
  pause: number;
}

/** The longest pause of a worker that cannot do its work, as a multiple of its first one. */
export const longestPause = 4;

const usualLock = 60_000;

/** @param text of `DATASET_CAPTIONS_CLUSTER_LOCK`, milliseconds: shorter times for tests */
export function clusterTiming(text = process.env.DATASET_CAPTIONS_CLUSTER_LOCK): ClusterTiming {
  const given = Number(text);
  const lock = text !== undefined && given >= 500 && given <= 3_600_000 ? Math.round(given) : usualLock;
  const part = (divisor: number): number => Math.round(lock / divisor);
  // The queue takes whole numbers only.
  return { lock, stalled: part(3), backoff: part(12), statePoll: Math.min(3000, part(6)), pause: part(2) };
}
