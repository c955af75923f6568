/** How the pauses between retries grow. Times are in milliseconds. */
export interface BackoffOptions {
  /** pause before the first retry; each further pause is twice as long */
  first: number;
  /** maximum pause (default: no limit) */
  longest?: number;
  /** fraction of each pause that is random, 0..1 (default: 0); 0.5 is known as "equal jitter" */
  jitter?: number;
}

/**
 * Exponential backoff with jitter: how long to wait before a retry, in milliseconds. The jitter keeps clients that lost
 * the same server from reconnecting at the same moment
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter).
 * @param retry 1 for the first retry, then 2, 3, …
 * @param random returns a number from 0 (inclusive) to 1 (exclusive)
 */
export function backoff(
  retry: number,
  { first, longest = Infinity, jitter = 0 }: BackoffOptions,
  random: () => number = Math.random,
): number {
  const grown = Math.min(longest, first * 2 ** (retry - 1));
  return grown * (1 - jitter + jitter * random());
}
