import * as vscode from 'vscode';

/** Calls `look` as soon as another window or a command has started a process that runs jobs. */
export function watchForRunners(jobsFolder: string, look: () => void): vscode.Disposable {
  const pattern = new vscode.RelativePattern(vscode.Uri.file(jobsFolder), 'runner-*.json');
  const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, false, true);
  return vscode.Disposable.from(watcher, watcher.onDidCreate(look), watcher.onDidChange(look));
}
