import * as vscode from 'vscode';

/** Opens the folder of the window as a dataset. */
export async function activate() {
  const folder = vscode.workspace.workspaceFolders?.[0];
  // A window that is loaded again brings its dataset back by itself.
  if (folder === undefined || vscode.window.tabGroups.all.some(({ tabs }) => tabs.length > 0)) return;
  await vscode.commands.executeCommand('datasetCaptions.open', folder.uri);
}
