import * as vscode from 'vscode';
import { escapeControls } from '../../protocol/text/escapeControls';
import type { DatasetDocument } from '../document/DatasetDocument';
import { Disposable } from '../shared/Disposable';

const scheme = 'dataset-captions-left-out';

/** Shows as read-only documents what of a folder is no part of its dataset, and why. */
export class LeftOut extends Disposable implements vscode.TextDocumentContentProvider {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.changeEmitter.event;
  /** what was shown last, by the URI of the document */
  private readonly texts = new Map<string, string>();

  constructor() {
    super();
    this.register(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  /** Shows what is left out of a dataset as of now. */
  async open({ uri, name, dataset }: DatasetDocument): Promise<void> {
    const title = vscode.l10n.t('Left out of {0}', name);
    const shown = vscode.Uri.from({ scheme, path: `/${title}.txt`, query: uri.path });
    const problems = dataset.problems.map(({ path, reason }) => `${escapeControls(path)}: ${reason}`);
    this.texts.set(shown.toString(), [...dataset.otherPictures, ...problems].map((line) => `${line}\n`).join(''));
    this.changeEmitter.fire(shown);
    await vscode.window.showTextDocument(shown, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }
}
