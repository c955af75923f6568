import * as vscode from 'vscode';
import type { RunnerClient } from '../jobs/RunnerClient';
import { errorMessage } from '../protocol/wireError';

/** Connects this window to a process that runs jobs as soon as another window or a command has started one. */
export function watchForRunners(
  runner: RunnerClient,
  jobsFolder: string,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const pattern = new vscode.RelativePattern(vscode.Uri.file(jobsFolder), 'runner-*.json');
  const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, false, true);
  const look = (): void => {
    runner.refresh().catch((thrown: unknown) => {
      log.warn(`Jobs: ${errorMessage(thrown)}`);
    });
  };
  return vscode.Disposable.from(watcher, watcher.onDidCreate(look), watcher.onDidChange(look));
}
