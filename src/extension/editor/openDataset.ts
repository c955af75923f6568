import { realpath, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { DatasetEditorProvider } from './DatasetEditorProvider';
import { datasetEditorViewType } from '../standIns/viewType';
import { virtualFolderProblem } from './virtualFolder';

/**
 * Opens folders as datasets; without any, lets the user choose one.
 * @param uris folders on a disk of this machine
 */
export async function openDatasets(editors: DatasetEditorProvider, uris: readonly vscode.Uri[]): Promise<void> {
  const chosen = uris.length > 0 ? uris : await chooseFolders();
  for (const uri of chosen) await openDataset(editors, uri);
}

async function openDataset(editors: DatasetEditorProvider, uri: vscode.Uri): Promise<void> {
  const problem = virtualFolderProblem(uri);
  if (problem !== undefined) {
    void vscode.window.showErrorMessage(problem);
    return;
  }
  const isFolder = await stat(uri.fsPath).then(
    (info) => info.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    void vscode.window.showErrorMessage(vscode.l10n.t('{0} is not a folder.', uri.fsPath));
    return;
  }
  const path = uri.path.length > 1 ? uri.path.replace(/\/+$/, '') : uri.path;
  const folder = (await openUnderAnotherName(editors, uri.fsPath)) ?? uri.with({ path });
  await vscode.commands.executeCommand('vscode.openWith', folder, datasetEditorViewType);
}

/** A folder that is open already, perhaps through a link: two documents must not edit the same captions. */
async function openUnderAnotherName(editors: DatasetEditorProvider, folder: string): Promise<vscode.Uri | undefined> {
  const real = await realpath(folder);
  for (const { document } of editors.open) {
    const other = await realpath(document.uri.fsPath).catch(() => undefined);
    if (other === real) return document.uri;
  }
  return undefined;
}

async function chooseFolders(): Promise<readonly vscode.Uri[]> {
  const defaultUri = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: false,
    title: vscode.l10n.t('Open as Dataset'),
    openLabel: vscode.l10n.t('Open as Dataset'),
    ...(defaultUri === undefined ? {} : { defaultUri }),
  });
  return picked ?? [];
}
