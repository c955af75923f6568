import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import type { JobAction, JobView } from '../../protocol/page/gridProtocol';

/** What the notification needs of the jobs. */
export interface ProgressSource {
  /** @param id of a job, or of one that is being prepared */
  viewOf(id: string): JobView | undefined;
  control(id: string, action: JobAction): Promise<void>;
  readonly onDidChangeJobs: vscode.Event<void>;
}

/**
 * Shows the progress of a job in a notification with a cancel button, from its preparation until it stops.
 * @param attempt id of the job's view while it is being prepared
 * @param jobId gives the id of the job, once it has one
 */
export function showJobProgress(
  jobs: ProgressSource,
  title: string,
  attempt: string,
  jobId: () => string | undefined,
): Thenable<void> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) =>
      new Promise<void>((resolve) => {
        let shown = 0;
        const update = (): void => {
          const view = jobs.viewOf(jobId() ?? attempt) ?? (jobId() === undefined ? undefined : jobs.viewOf(attempt));
          if (view === undefined || !isUnderWay(view)) {
            subscription.dispose();
            resolve();
            return;
          }
          const part = view.total === 0 ? 0 : (100 * view.handled) / view.total;
          const count = `${view.handled.toLocaleString(displayLanguage())}/${view.total.toLocaleString(displayLanguage())}`;
          const message = view.state === 'starting' ? view.message : [count, view.message].filter(Boolean).join(', ');
          progress.report({ increment: Math.max(0, part - shown), message });
          shown = Math.max(shown, part);
        };
        const subscription = vscode.Disposable.from(
          jobs.onDidChangeJobs(update),
          token.onCancellationRequested(() => void jobs.control(jobId() ?? attempt, 'cancel')),
        );
        update();
      }),
  );
}

function isUnderWay({ state }: JobView): boolean {
  return state === 'queued' || state === 'starting' || state === 'running';
}
