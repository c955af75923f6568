import * as vscode from 'vscode';

/** The URI scheme of read-only documents with former captions. */
const scheme = 'dataset-captions-history';

/** So many texts are kept for editors that show them; VS Code asks once for each when it opens it. */
const keptTexts = 200;

/** Shows former texts in editors of VS Code, which compare them. */
export class HistoryTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  private next = 1;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? vscode.l10n.t('Open it anew from the history.');
  }

  /** Opens two texts in VS Code's editor of differences. */
  async compare(name: string, title: string, before: string, after: string): Promise<void> {
    await vscode.commands.executeCommand('vscode.diff', this.add(name, before), this.add(name, after), title);
  }

  /** Opens a text. */
  async show(name: string, text: string): Promise<void> {
    await vscode.window.showTextDocument(this.add(name, text), { preview: true });
  }

  dispose(): void {
    this.registration.dispose();
  }

  private add(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme, path: `/${name}`, query: String(this.next++) });
    this.texts.set(uri.toString(), text);
    const [oldest] = this.texts.keys();
    if (this.texts.size > keptTexts && oldest !== undefined) this.texts.delete(oldest);
    return uri;
  }
}
