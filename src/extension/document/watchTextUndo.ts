import * as vscode from 'vscode';
import type { Direction } from './EditStack';

/** What an undo or redo of VS Code did in text editors. */
export interface TextUndo {
  dispose(): void;
  /** Makes undone that it acted on a text editor, which had come to the front meanwhile, and says so. */
  takeBack(): Promise<void>;
}

/**
 * VS Code's undo and redo act on the editor that is in front when they arrive, a round trip after they were asked for.
 * Notices whether that was a text editor.
 */
export function watchTextUndo(direction: Direction): TextUndo {
  const { Undo, Redo } = vscode.TextDocumentChangeReason;
  let changed: vscode.TextDocument | undefined;
  const subscription = vscode.workspace.onDidChangeTextDocument(({ document, reason }) => {
    if (reason === (direction === 'undo' ? Undo : Redo)) changed = document;
  });
  return {
    dispose: () => {
      subscription.dispose();
    },
    takeBack: async () => {
      if (changed === undefined) return;
      const isInFront = vscode.window.activeTextEditor?.document === changed;
      if (isInFront) await vscode.commands.executeCommand(direction === 'undo' ? 'redo' : 'undo');
      const name = vscode.workspace.asRelativePath(changed.uri);
      void vscode.window.showWarningMessage(
        isInFront
          ? vscode.l10n.t('Nothing was undone or redone in the dataset: {0} had come to the front.', name)
          : vscode.l10n.t('Undo or redo acted on {0}, which had come to the front, and not on the dataset.', name),
      );
    },
  };
}
