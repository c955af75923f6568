import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { datasetEditorViewType } from '../standIns/viewType';
import { realPath } from '../../base/realPath';

/** The datasets that are open in this window. */
export interface OpenDatasets {
  readonly documents: readonly { readonly uri: vscode.Uri }[];
}

/**
 * Opens folders as datasets. Shows a message for each that cannot be one.
 * @param open which are open already: such a folder's tab comes to the front
 * @param uris the folders; if empty, the user chooses one
 */
export async function openDatasets(open: OpenDatasets, uris: readonly vscode.Uri[]): Promise<void> {
  const chosen = uris.length > 0 ? uris : await chooseFolders();
  for (const uri of chosen) await openDataset(open, uri);
}

async function openDataset(open: OpenDatasets, uri: vscode.Uri): Promise<void> {
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
  const folder = (await openUnderAnotherName(open, uri.fsPath)) ?? uri.with({ path });
  await vscode.commands.executeCommand('vscode.openWith', folder, datasetEditorViewType);
}

/** The URI under which a folder is open already, perhaps by a link: two documents must not edit the same captions. */
async function openUnderAnotherName(open: OpenDatasets, folder: string): Promise<vscode.Uri | undefined> {
  const real = await realPath(folder).catch(() => folder);
  for (const { uri } of open.documents) {
    const other = await realPath(uri.fsPath).catch(() => undefined);
    if (other === real) return uri;
  }
  return undefined;
}

/** Why a folder of a virtual file system, which lies on no disk, cannot be a dataset; undefined if it can. */
export function virtualFolderProblem({ scheme, path }: vscode.Uri): string | undefined {
  if (scheme === 'file') return undefined;
  return vscode.l10n.t(
    'The folder {0} cannot be opened as a dataset: it is a virtual one ({1}:), and datasets must lie on a disk of the machine where the extension runs. Clone or copy the folder to a disk, open it there and use Open as Dataset again.',
    path,
    scheme,
  );
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
