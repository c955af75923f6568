import * as vscode from 'vscode';

/** What becomes of files that are deleted: they go to the trash, or for good, because it is off or there is none. */
export type Trash = 'used' | 'off' | 'missing';

/**
 * What becomes of the files of a folder when they are deleted, as far as can be known before. Only a desktop moves
 * files to the trash, and only its own: the servers that VS Code talks to over SSH, in containers and for browsers
 * cannot.
 * @param folder its workspace may have the user's setting `files.enableTrash`
 */
export function trashOf(folder: vscode.Uri): Trash {
  if (!vscode.workspace.getConfiguration('files', folder).get<boolean>('enableTrash', true)) return 'off';
  const isDesktop = vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
  return isDesktop ? 'used' : 'missing';
}
