import * as vscode from 'vscode';
import type { CaptionOf } from '../../protocol/page/cardProtocol';

/**
 * Says that a text cannot be taken in, and offers to copy it: the card that shows it may be gone. Every key sends the
 * whole text, but one message for each caption is enough.
 */
export class RefusedTexts {
  /** by path of the caption file, the last text that was refused */
  private readonly texts = new Map<string, string>();

  /** The text of a caption was taken in. */
  accepted(captionPath: string): void {
    this.texts.delete(captionPath);
  }

  /** @param reason why it could not be taken in, a sentence */
  refused({ path, captionPath }: CaptionOf, text: string, reason: string): void {
    const isKnown = this.texts.has(captionPath);
    this.texts.set(captionPath, text);
    if (!isKnown) void this.offer(path, reason, () => this.texts.get(captionPath) ?? text);
  }

  /** Says that a text was not taken in, and offers to copy it. @param name of the image, as far as it is known */
  async offer(name: string, reason: string, text: () => string): Promise<void> {
    const copy = vscode.l10n.t('Copy What Was Typed');
    const chosen = await vscode.window.showErrorMessage(`${name}: ${reason}`, copy);
    if (chosen === copy) await vscode.env.clipboard.writeText(text());
  }
}
