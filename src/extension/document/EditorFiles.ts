import path from 'node:path';
import * as vscode from 'vscode';
import { readIfThere } from '../../dataset/captions/captionFile';
import { decodeCaption } from '../../dataset/captions/captionContent';
import { CaptionConflictError, CaptionError } from '../../dataset/files/CaptionError';
import { refuseTooLarge } from '../../dataset/files/captionSize';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import { withoutByteOrderMark } from '../../tags/byteOrderMark';
import { normalizeLineEnds } from '../../tags/captionText';
import type { FileWrite, FileWriter } from '../../dataset/files/FileWriter';

/**
 * Writes caption files without losing unsaved text in text editors: while an editor has unsaved text, that text counts
 * as the content of the file. A write that was based on it goes through the editor, which saves it; any other is a
 * conflict.
 */
export class EditorFiles implements FileWriter {
  constructor(private readonly disk: FileWriter) {}

  unsavedText(file: string): string | undefined {
    return unsavedDocument(file)?.getText();
  }

  /** The files below a folder with unsaved text in a text editor; relative, with `/`. */
  unsavedIn(folder: string): string[] {
    return vscode.workspace.textDocuments
      .filter((document) => document.isDirty)
      .map((document) => relativeTo(folder, document.uri))
      .filter((relative) => relative !== undefined);
  }

  async write(write: FileWrite): Promise<string | null> {
    const document = unsavedDocument(write.file);
    if (document === undefined) return this.disk.write(write);
    const { file, content, expected } = write;
    const text = document.getText();
    // The bytes of another encoding, which an editor does not write.
    if (content instanceof Uint8Array) throw new CaptionConflictError(file, textBytes(document));
    // A text editor cannot delete a file, and an empty caption file makes trainers fail.
    const wanted = content ?? '\n';
    refuseTooLarge(file, Buffer.byteLength(wanted));
    if (!isSameText(text, wanted)) {
      if (typeof expected !== 'string' || !isSameText(text, expected)) {
        throw new CaptionConflictError(file, Buffer.from(text, 'utf8'));
      }
      const edit = new vscode.WorkspaceEdit();
      edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), withoutByteOrderMark(wanted));
      // VS Code refuses the edit if the text has changed since it was read.
      if (!(await vscode.workspace.applyEdit(edit))) throw new CaptionConflictError(file, textBytes(document));
    }
    if (!(await document.save())) {
      const message = vscode.l10n.t('The file is open in a text editor, which could not save it.');
      throw new CaptionError('FILE_ERROR', message, file);
    }
    // The editor may have changed the text: byte order mark, line ends, and actions on save such as trimming.
    const bytes = await readIfThere(file);
    return bytes === null ? null : decodeCaption(bytes).raw;
  }
}

/** Calls `noticed` when a text editor changed, saved or closed a file below a folder; `relative` has `/`. */
export function watchTextEditors(folder: string, noticed: (relative: string) => void): vscode.Disposable {
  const note = (document: vscode.TextDocument): void => {
    const relative = relativeTo(folder, document.uri);
    if (relative !== undefined) noticed(relative);
  };
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      note(document);
    }),
    vscode.workspace.onDidSaveTextDocument(note),
    vscode.workspace.onDidCloseTextDocument(note),
  );
}

function unsavedDocument(file: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    ({ uri, isDirty }) => isDirty && uri.scheme === 'file' && uri.fsPath === file,
  );
}

function relativeTo(folder: string, { scheme, fsPath }: vscode.Uri): string | undefined {
  if (scheme !== 'file' || !fsPath.startsWith(folder + path.sep)) return undefined;
  return datasetPathOf(folder, fsPath);
}

/** Ignores byte order marks and kinds of line ends, because the text in an editor has none and one of them. */
function isSameText(a: string, b: string): boolean {
  return normalizeLineEnds(withoutByteOrderMark(a)) === normalizeLineEnds(withoutByteOrderMark(b));
}

function textBytes(document: vscode.TextDocument): Uint8Array {
  return Buffer.from(document.getText(), 'utf8');
}
