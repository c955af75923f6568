import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';

/**
 * Shows the progress of something that can be cancelled, as a number of images.
 * @throws the signal's reason if it was
 */
export function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, onProgress: (images: number) => void) => Promise<T>,
): Promise<T> {
  const cancel = new AbortController();
  const run = vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) => {
      token.onCancellationRequested(() => {
        cancel.abort();
      });
      return work(cancel.signal, (images) => {
        progress.report({ message: images.toLocaleString(displayLanguage()) });
      });
    },
  );
  return Promise.resolve(run);
}
