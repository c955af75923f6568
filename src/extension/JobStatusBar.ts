import * as vscode from 'vscode';
import type { JobView } from '../protocol/gridProtocol';
import { isRunning, type CaptionJobs, type RunningJob } from './CaptionJobs';
import { Disposable } from './Disposable';

/** The status item is redrawn at most this often, in milliseconds. */
const redrawPause = 250;

/** The one status-bar item: how far the captioning jobs are. Hidden when there is none. */
export class JobStatusBar extends Disposable {
  private readonly item = this.register(
    vscode.window.createStatusBarItem('datasetCaptions.job', vscode.StatusBarAlignment.Right, 100),
  );
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly jobs: CaptionJobs) {
    super();
    this.item.name = vscode.l10n.t('Captioning Job');
    this.item.command = 'datasetCaptions.showJob';
    this.register(
      jobs.onDidChange(() => {
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          this.redraw();
        }, redrawPause);
      }),
    );
    this.register({
      dispose: () => {
        clearTimeout(this.timer);
      },
    });
  }

  private redraw(): void {
    const job = this.shownJob();
    if (job === undefined) {
      this.item.hide();
      return;
    }
    const { view, document } = job;
    const percent = view.total === 0 ? 100 : Math.floor((view.handled / view.total) * 100);
    const count = `${String(view.handled)}/${String(view.total)} (${String(percent)}%)`;
    const failed = view.failed > 0 ? vscode.l10n.t(' · {0} failed', view.failed) : '';
    const doing = view.state === 'starting' ? view.message : `${count}${failed}`;
    this.item.text = `${icon(view)} ${view.label}: ${doing}`;
    const execution = view.execution.flatMap(({ runsOn, notUsed }) => [runsOn, ...notUsed]);
    this.item.tooltip = [`${view.label} – ${document.name}: ${stateName(view)}`, view.message, ...execution]
      .filter(Boolean)
      .join('\n');
    this.item.accessibilityInformation = { label: `${view.label}, ${stateName(view)}, ${doing}` };
    this.item.show();
  }

  /** A running job rather than one that ended. */
  private shownJob(): RunningJob | undefined {
    return this.jobs.shown.find(isRunning) ?? this.jobs.shown.at(-1);
  }
}

function icon({ state }: JobView): string {
  switch (state) {
    case 'starting':
    case 'running':
      return '$(sync~spin)';
    case 'completed':
      return '$(check)';
    case 'cancelled':
      return '$(circle-slash)';
    case 'error':
      return '$(error)';
  }
}

/** The state of a job in words. */
function stateName({ state }: JobView): string {
  switch (state) {
    case 'starting':
      return vscode.l10n.t('Starting');
    case 'running':
      return vscode.l10n.t('Running');
    case 'completed':
      return vscode.l10n.t('Completed');
    case 'cancelled':
      return vscode.l10n.t('Cancelled');
    case 'error':
      return vscode.l10n.t('Error');
  }
}
