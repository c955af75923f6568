import * as vscode from 'vscode';

/**
 * Clears the dirty mark of a document without edits, by having VS Code save it.
 * @throws Error when VS Code could not save it
 */
export async function clearDirtyMark(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.workspace.save(uri);
  } catch (thrown) {
    // VS Code ends a save when the next one begins, which then clears the mark.
    if (!(thrown instanceof Error && thrown.name === new vscode.CancellationError().name)) throw thrown;
  }
}
