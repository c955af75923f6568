import path from 'node:path';
import * as vscode from 'vscode';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { inSlices } from '../../base/inSlices';
import type { ImageTarget } from '../../protocol/page/bulkEditProtocol';
import { deleteImages } from './deleteImages';
import type { GridPanel } from '../editor/GridPanel';

/** The caption that was copied last in this window: pasting must not depend on what a browser lets read. */
let copied: string | undefined;

/** Which images an action on an image means: the whole selection when the image is part of it, else the image alone. */
export function targetOf({ selection }: GridPanel, imagePath: string | undefined): ImageTarget {
  return imagePath === undefined || selection.has(imagePath) ? { scope: 'selection' } : { path: imagePath };
}

/** The images that a target names. */
export async function imagesOf(grid: GridPanel, target: ImageTarget): Promise<readonly DatasetImage[]> {
  if ('scope' in target) return grid.bulkEdits.imagesIn(target.scope);
  const image = grid.document.dataset.image(target.path);
  return image === undefined ? [] : [image];
}

/** Copies the caption of the first image, for other images and for the clipboard. */
export async function copyCaption(grid: GridPanel, target: ImageTarget): Promise<void> {
  const [image] = await imagesOf(grid, target);
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

/** Puts the copied caption, or the text of the clipboard, into one caption; shows several what it would do first. */
export async function pasteCaption(grid: GridPanel, target: ImageTarget): Promise<void> {
  const text = (copied ?? (await vscode.env.clipboard.readText())).trim();
  if (text === '') {
    void vscode.window.showInformationMessage(vscode.l10n.t('Copy a caption first.'));
    return;
  }
  const images = await imagesOf(grid, target);
  const [image] = images;
  if (image === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Select the images first that get the caption.'));
    return;
  }
  if (images.length > 1) {
    grid.openBulkEdit({ scope: 'selection', form: { operation: 'setCaption', text, how: 'replace' } });
    return;
  }
  const { caption } = image;
  const label = vscode.l10n.t('Paste Caption into {0}', path.posix.basename(image.path));
  const { leftOut } = await grid.document.applyEdits(label, [{ caption, text }]);
  const [refused] = leftOut;
  if (refused !== undefined) void vscode.window.showErrorMessage(`${refused.path}: ${refused.reason}`);
}

/** Asks, then deletes images with their captions. */
export async function deleteTargets(grid: GridPanel, target: ImageTarget): Promise<void> {
  const { document, selection } = grid;
  await deleteImages(document, await imagesOf(grid, target), () => {
    if (grid.panel.active) grid.panel.reveal();
  });
  selection.retain((image) => document.dataset.image(image) !== undefined);
  grid.update();
}

/** The one image that an action means which makes sense for one only. */
export function imageUri({ document, focusedPath }: GridPanel, imagePath: string | undefined): vscode.Uri | undefined {
  const image = document.dataset.image(imagePath ?? focusedPath ?? '');
  return image === undefined ? undefined : vscode.Uri.file(document.dataset.absolute(image.path));
}

/** Copies the absolute paths of images, one on each line. */
export async function copyPaths(grid: GridPanel, target: ImageTarget): Promise<void> {
  const lines: string[] = [];
  await inSlices(await imagesOf(grid, target), ({ path: image }) => {
    lines.push(grid.document.dataset.absolute(image));
  });
  await vscode.env.clipboard.writeText(lines.join('\n'));
}
