import * as vscode from 'vscode';
import type { Direction } from './EditStack';
import { movedBy, reverseOfChanges, type TextChange } from './reverseOfChanges';

/** What an undo or redo did to the wrong text, and how to revert that; undefined if it cannot be reverted. */
interface Mistake {
  document: vscode.TextDocument;
  took: string;
  reverse: readonly TextChange[] | undefined;
}

/** Each try takes a round trip, and what is typed meanwhile spoils it. */
const mostTries = 100;

/**
 * Runs VS Code's undo or redo for a dataset. If a text editor has come to the front meanwhile, it acts on that: this is
 * taken back by an edit, or said. The opposite command would come a round trip later, and would be too late: after the
 * first key that is typed there is nothing to redo.
 * @param isOnDataset whether it has acted on a dataset: then what was undone in a text was undone there by the user
 */
export async function runUndoCommand(direction: Direction, isOnDataset: () => boolean): Promise<void> {
  const { Undo, Redo } = vscode.TextDocumentChangeReason;
  const reason = direction === 'undo' ? Undo : Redo;
  // VS Code keeps these strings until a text changes. Nobody undoes anything in the output.
  const open = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme !== 'output');
  const texts = new Map(open.map((document) => [document, document.getText()]));
  let isRunning = true;
  let mistake: Mistake | undefined;
  const subscription = vscode.workspace.onDidChangeTextDocument((event) => {
    const { document, contentChanges } = event;
    const before = texts.get(document);
    if (isRunning && event.reason === reason) {
      const reverse = before === undefined ? undefined : reverseOfChanges(before, contentChanges);
      mistake = { document, reverse, took: reverse?.map(({ text }) => text).join('\n') ?? '' };
    } else if (mistake?.document === document) {
      for (const change of contentChanges) mistake.reverse &&= movedBy(change, mistake.reverse);
    }
    if (isRunning && before !== undefined) texts.set(document, document.getText());
  });
  try {
    await vscode.commands.executeCommand(direction);
  } finally {
    isRunning = false;
    texts.clear();
    if (mistake === undefined || isOnDataset()) subscription.dispose();
    // The next undo of a dataset does not wait while the user types in a text editor.
    else void takeBack(mistake).finally(() => void subscription.dispose());
  }
}

async function takeBack(mistake: Mistake): Promise<void> {
  for (let tries = 0; tries < mostTries && !mistake.document.isClosed && mistake.reverse !== undefined; tries++) {
    // VS Code refuses the edit if the text has changed since it was read.
    const edit = editOf(mistake.document, mistake.reverse);
    const isDone = await vscode.workspace.applyEdit(edit).then(undefined, () => false);
    if (isDone) return;
  }
  await tell(mistake);
}

function editOf(document: vscode.TextDocument, changes: readonly TextChange[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { rangeOffset, rangeLength, text } of changes) {
    const [start, end] = [document.positionAt(rangeOffset), document.positionAt(rangeOffset + rangeLength)];
    edit.replace(document.uri, new vscode.Range(start, end), text);
  }
  return edit;
}

async function tell({ document, took }: Mistake): Promise<void> {
  const name = vscode.workspace.asRelativePath(document.uri);
  if (took === '') {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Undo or redo also acted on {0}, which had come to the front.', name),
    );
    return;
  }
  const copy = vscode.l10n.t('Copy What Was Typed');
  const message = vscode.l10n.t(
    'Undo or redo also acted on {0}, which had come to the front. Out went: {1}',
    name,
    took,
  );
  if ((await vscode.window.showWarningMessage(message, copy)) === copy) await vscode.env.clipboard.writeText(took);
}
