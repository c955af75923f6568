import { abortReason } from './Channel';

/** Number of timer ticks in a time limit. */
const pieces = 10;

/**
 * Waits for `work` with a timeout. The timeout counts ticks of a timer instead of elapsed time: a period in which this
 * process itself was blocked or suspended counts as one tick, so that it is not blamed on the other side.
 * @param limit in milliseconds
 * @param onLate creates the error for a timeout
 * @param signal aborting it ends the waiting at once
 * @throws what `work` throws; the error that `onLate` creates; the signal's reason
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
