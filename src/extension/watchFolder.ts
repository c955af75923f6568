import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { isTemporaryName } from '../dataset/writeFileSafely';
import { errorMessage } from '../protocol/wireError';
import type { DatasetDocument } from './DatasetDocument';
import { watchTextEditors } from './EditorFiles';

/** Events come in bursts; they are looked at together after this pause, in milliseconds. */
const settlePause = 250;
/** Nobody tells when the folder itself goes or comes back (a disk, a network volume); looked at in this rhythm, in ms. */
const folderCheckPause = 3000;
/** Above this many changed files a new scan is cheaper, and VS Code drops events then anyway. */
const mostSingleFiles = 200;

/** Shows what other programs do to a dataset's files. Events are hints only: what counts is what the disk holds. */
export function watchFolder(document: DatasetDocument, log: vscode.LogOutputChannel): vscode.Disposable {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const paths = [...changed];
    changed.clear();
    const looking = paths.length > mostSingleFiles ? document.refresh() : document.reconcile(paths);
    looking.catch((thrown: unknown) => {
      log.error(`Could not look at changed files: ${errorMessage(thrown)}`);
    });
  };
  const noteFile = (relative: string): void => {
    changed.add(relative);
    clearTimeout(timer);
    timer = setTimeout(look, settlePause);
  };
  const note = (uri: vscode.Uri): void => {
    if (isTemporaryName(path.basename(uri.fsPath))) return;
    noteFile(path.relative(document.uri.fsPath, uri.fsPath).split(path.sep).join('/'));
  };
  const checkFolder = setInterval(() => {
    stat(document.uri.fsPath)
      .then(
        () => document.loadState === 'missing',
        () => document.loadState === 'ready',
      )
      .then((differs) => (differs ? document.refresh() : undefined))
      .catch((thrown: unknown) => {
        log.error(`Could not look at ${document.uri.fsPath}: ${errorMessage(thrown)}`);
      });
  }, folderCheckPause);
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(document.uri, '**'));
  const parts = [
    watcher,
    watcher.onDidCreate(note),
    watcher.onDidChange(note),
    watcher.onDidDelete(note),
    watchTextEditors(document.uri.fsPath, noteFile),
  ];
  return new vscode.Disposable(() => {
    clearTimeout(timer);
    clearInterval(checkFolder);
    for (const part of parts) part.dispose();
  });
}
