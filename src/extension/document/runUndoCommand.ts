import * as vscode from 'vscode';
import type { Direction } from './EditStack';

/**
 * Runs VS Code's undo or redo for a dataset. If a text editor has come to the front meanwhile, it acts on that: this is
 * taken back, or said.
 */
export async function runUndoCommand(direction: Direction): Promise<void> {
  const { Undo, Redo } = vscode.TextDocumentChangeReason;
  let changed: vscode.TextDocument | undefined;
  const subscription = vscode.workspace.onDidChangeTextDocument(({ document, reason }) => {
    if (reason === (direction === 'undo' ? Undo : Redo)) changed = document;
  });
  try {
    await vscode.commands.executeCommand(direction);
  } finally {
    subscription.dispose();
  }
  if (changed === undefined) return;
  if (vscode.window.activeTextEditor?.document === changed) {
    await vscode.commands.executeCommand(direction === 'undo' ? 'redo' : 'undo');
    return;
  }
  const name = vscode.workspace.asRelativePath(changed.uri);
  void vscode.window.showWarningMessage(
    vscode.l10n.t('Undo or redo also acted on {0}, which had come to the front.', name),
  );
}
