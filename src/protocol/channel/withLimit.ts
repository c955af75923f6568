import { abortReason } from './Channel';

/** A limit of time is counted in this many pieces. */
const pieces = 10;

/**
 * Waits for `work`, at most so long. The time is counted in pieces: one in which this process was itself blocked,
 * stopped or suspended counts as one of them, so that it does not take the other side for silent.
 * @param limit in milliseconds
 * @param onLate makes the error when the time is over
 * @param signal aborting it ends the waiting at once
 * @throws what `work` throws; the error of `onLate`; the signal's reason
 */
export function withLimit<T>(work: Promise<T>, limit: number, onLate: () => Error, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    let left = pieces;
    const timer = setInterval(() => {
      if (--left === 0)
        end(() => {
          reject(onLate());
        });
    }, limit / pieces);
    const onAbort = (): void => {
      end(() => {
        reject(abortReason(signal));
      });
    };
    const end = (settle: () => void): void => {
      clearInterval(timer);
      signal?.removeEventListener('abort', onAbort);
      settle();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    work.then(
      (value) => {
        end(() => {
          resolve(value);
        });
      },
      (thrown: unknown) => {
        end(() => {
          reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
        });
      },
    );
  });
}
