import * as vscode from 'vscode';
import type { CaptionOf } from '../../protocol/page/cardProtocol';

/**
 * Tells the user that typed text could not be applied to a caption, and offers to copy it, because the card that shows
 * it may be gone. Every keystroke sends the whole text, but one message per caption is enough.
 */
export class RefusedTexts {
  /** by path of the caption file, the last text that could not be applied */
  private readonly texts = new Map<string, string>();

  /** A text was applied to a caption: if a later one is refused, the user sees a new message. */
  accepted(captionPath: string): void {
    this.texts.delete(captionPath);
  }

  /** A text could not be applied to a caption. @param reason why, as a sentence */
  refused({ path, captionPath }: CaptionOf, text: string, reason: string): void {
    const isKnown = this.texts.has(captionPath);
    this.texts.set(captionPath, text);
    if (!isKnown) void this.offer(path, reason, () => this.texts.get(captionPath) ?? text);
  }

  /** Shows that a text was not applied, and offers to copy it. @param name what to call the image in the message */
  async offer(name: string, reason: string, text: () => string): Promise<void> {
    const copy = vscode.l10n.t('Copy What Was Typed');
    const chosen = await vscode.window.showErrorMessage(`${name}: ${reason}`, copy);
    if (chosen === copy) await vscode.env.clipboard.writeText(text());
  }
}
