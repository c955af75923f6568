import * as vscode from 'vscode';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import type { ImageTarget } from '../../protocol/page/bulkEditProtocol';
import type { GridSession } from '../grid/GridSession';

/** What an action on an image applies to: the whole selection if the image is part of it, else the image alone. */
export function targetOf({ selection }: GridSession, imagePath: string | undefined): ImageTarget {
  return imagePath === undefined || selection.has(imagePath) ? { scope: 'selection' } : { path: imagePath };
}

/** The images that a target names; empty if they are no longer in the dataset. */
export async function imagesOf(session: GridSession, target: ImageTarget): Promise<readonly DatasetImage[]> {
  if ('scope' in target) return session.imagesIn(target.scope);
  const image = session.document.dataset.image(target.path);
  return image === undefined ? [] : [image];
}

/**
 * The file of the image that an action for a single image applies to.
 * @param imagePath relative to the dataset; the focused image if undefined
 * @returns undefined if there is no such image
 */
export function imageUri(
  { document, focusedPath }: GridSession,
  imagePath: string | undefined,
): vscode.Uri | undefined {
  const image = document.dataset.image(imagePath ?? focusedPath ?? '');
  return image === undefined ? undefined : vscode.Uri.file(document.dataset.absolute(image.path));
}
