import * as vscode from 'vscode';

/** Why a folder cannot be a dataset because it lies on no disk, such as one of a virtual file system; undefined where it does. */
export function virtualFolderProblem({ scheme, path }: vscode.Uri): string | undefined {
  if (scheme === 'file') return undefined;
  return vscode.l10n.t(
    'The folder {0} cannot be opened as a dataset: it is a virtual one ({1}:), and datasets must lie on a disk of the machine where the extension runs. Clone or copy the folder to a disk, open it there and use Open as Dataset again.',
    path,
    scheme,
  );
}
