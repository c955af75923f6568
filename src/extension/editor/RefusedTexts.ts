import * as vscode from 'vscode';

/**
 * Says that a text cannot be taken in, and offers to copy it: the card that shows it may be gone. Every key sends the
 * whole text, but one message for each image is enough.
 */
export class RefusedTexts {
  /** by path of the image, the last text that was refused */
  private readonly texts = new Map<string, string>();

  /** The text of an image was taken in. */
  accepted(path: string): void {
    this.texts.delete(path);
  }

  /** @param reason why it could not be taken in, a sentence */
  refused(path: string, text: string, reason: string): void {
    const isKnown = this.texts.has(path);
    this.texts.set(path, text);
    if (!isKnown) void this.offer(path, reason);
  }

  private async offer(path: string, reason: string): Promise<void> {
    const copy = vscode.l10n.t('Copy What Was Typed');
    const chosen = await vscode.window.showErrorMessage(`${path}: ${reason}`, copy);
    if (chosen === copy) await vscode.env.clipboard.writeText(this.texts.get(path) ?? '');
  }
}
