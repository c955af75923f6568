import path from 'node:path';
import * as vscode from 'vscode';
import type { JobView } from '../../protocol/page/gridProtocol';
import { jobStateName } from '../../protocol/text/jobStateName';
import type { CaptionJobs } from './CaptionJobs';
import { Disposable } from '../shared/Disposable';

/** Redraws are throttled to one per this time, in milliseconds. */
const redrawPause = 250;

/** The status bar item with the progress of the first captioning job. Hidden when there is none. */
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
      jobs.onDidChangeJobs(() => {
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
    const [job] = this.jobs.shown;
    if (job === undefined) {
      this.item.hide();
      return;
    }
    const { view, root } = job;
    const percent = view.total === 0 ? 100 : Math.floor((view.handled / view.total) * 100);
    const count = `${String(view.handled)}/${String(view.total)} (${String(percent)}%)`;
    const failed = view.failed > 0 ? vscode.l10n.t(' · {0} failed', view.failed) : '';
    const state = jobStateName(view.state);
    const stands = view.state === 'paused' ? ` · ${state}` : '';
    const doing = view.state === 'starting' ? view.message : `${count}${failed}${stands}`;
    this.item.text = `${icon(view)} ${view.label}: ${doing}`;
    const execution = view.execution.flatMap(({ runsOn, notUsed }) => [runsOn, ...notUsed]);
    this.item.tooltip = [`${view.label} – ${path.basename(root)}: ${state}`, view.message, ...execution]
      .filter(Boolean)
      .join('\n');
    this.item.accessibilityInformation = { label: `${view.label}, ${state}, ${doing}` };
    this.item.show();
  }
}

function icon({ state }: JobView): string {
  switch (state) {
    case 'starting':
    case 'running':
      return '$(sync~spin)';
    case 'queued':
      return '$(clock)';
    case 'paused':
    case 'interrupted':
      return '$(debug-pause)';
    case 'completed':
      return '$(check)';
    case 'cancelled':
      return '$(circle-slash)';
    case 'error':
      return '$(error)';
  }
}
