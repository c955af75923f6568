import path from 'node:path';
import * as vscode from 'vscode';
import { inSlices } from '../../base/inSlices';
import type { ImageTarget, WantedEdit } from '../../protocol/page/bulkEditProtocol';
import type { GridSession } from '../grid/GridSession';
import { imagesOf } from './imageTargets';

/** The caption that was copied last in this window: a browser may refuse to read the clipboard. */
let copied: string | undefined;

/** Remembers a caption that the page has put on the clipboard, for {@link pasteCaption}. */
export function noteCopied(text: string): void {
  copied = text;
}

/** Copies the caption of the target's first image, for {@link pasteCaption} and to the clipboard. */
export async function copyCaption(session: GridSession, target: ImageTarget): Promise<void> {
  const [image] = await imagesOf(session, target);
  if (image === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Select an image first.'));
    return;
  }
  const { text } = image.caption;
  if (text.trim() === '') {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} has no caption to copy.', image.path));
    return;
  }
  copied = text;
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Caption of {0} copied', path.posix.basename(image.path)), 3000);
}

/**
 * Replaces the caption of one image by the copied caption, or by the text of the clipboard. For several images it opens
 * the dialog for bulk edits, which shows a preview first.
 * @param given the text to paste, where the page has read the clipboard
 */
export async function pasteCaption(
  session: GridSession,
  target: ImageTarget,
  openBulkEdit: (wanted: WantedEdit) => void,
  given?: string,
): Promise<void> {
  const text = (given ?? copied ?? (await vscode.env.clipboard.readText())).replaceAll(/\r\n?/g, '\n').trim();
  if (text === '') {
    void vscode.window.showInformationMessage(vscode.l10n.t('Copy a caption first.'));
    return;
  }
  const images = await imagesOf(session, target);
  const [image] = images;
  if (image === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Select the images first that get the caption.'));
    return;
  }
  if (images.length > 1) {
    openBulkEdit({ scope: 'selection', form: { operation: 'setCaption', text, how: 'replace' } });
    return;
  }
  const { caption } = image;
  const label = vscode.l10n.t('Paste Caption into {0}', path.posix.basename(image.path));
  const { leftOut } = await session.document.applyEdits(label, [{ caption, text }], { by: 'hand' });
  const [refused] = leftOut;
  if (refused !== undefined) void vscode.window.showErrorMessage(`${refused.path}: ${refused.reason}`);
}

/** Copies the absolute paths of images, one on each line. */
export async function copyPaths(session: GridSession, target: ImageTarget): Promise<void> {
  const lines: string[] = [];
  await inSlices(await imagesOf(session, target), ({ path: image }) => {
    lines.push(session.document.dataset.absolute(image));
  });
  await vscode.env.clipboard.writeText(lines.join('\n'));
}
