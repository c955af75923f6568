import { Disposable, RelativePattern, Uri, workspace } from 'vscode';

/** Calls `look` as soon as another window or a command has started a process that runs jobs. */
export function watchForRunners(jobsFolder: string, look: () => void): Disposable {
  const pattern = new RelativePattern(Uri.file(jobsFolder), 'runner-*.json');
  const watcher = workspace.createFileSystemWatcher(pattern, false, false, true);
  return Disposable.from(watcher, watcher.onDidCreate(look), watcher.onDidChange(look));
}
