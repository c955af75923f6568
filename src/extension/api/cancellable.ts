import type { DatasetCaptionsErrorCode } from '../../../api';
import type { CancellationToken } from 'vscode';
import { cancelled, toApiError } from './toApiError';

/**
 * Runs one API call. When the caller cancels, the signal is aborted and the call rejects at once, without waiting for
 * the work.
 * @param otherwise the code for an error that has none of its own
 * @throws ApiError
 */
export async function cancellable<T>(
  token: CancellationToken | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  otherwise?: DatasetCaptionsErrorCode,
): Promise<T> {
  const controller = new AbortController();
  if (token?.isCancellationRequested === true) throw cancelled();
  let stop: { dispose(): unknown } | undefined;
  try {
    const ended = new Promise<never>((_resolve, reject) => {
      stop = token?.onCancellationRequested(() => {
        const reason = cancelled();
        controller.abort(reason);
        reject(reason);
      });
    });
    return await Promise.race([work(controller.signal), ended]);
  } catch (thrown) {
    throw controller.signal.aborted ? cancelled() : toApiError(thrown, otherwise);
  } finally {
    stop?.dispose();
  }
}
