import path from 'node:path';
import pMap from 'p-map';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { errno } from '../../base/errno';
import { isAsPlanned, pathsToReadAgain, planDeletion, type Deletion } from '../../dataset/planDeletion';
import type { ImageTarget, LeftOut } from '../../protocol/page/bulkEditProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import { inOneLine } from '../../protocol/text/escapeControls';
import type { DatasetDocument } from '../document/DatasetDocument';
import type { GridSession } from '../grid/GridSession';
import { imagesOf } from './imageTargets';
import { trashOf, type Trash } from './trash';

/** Number of files that are deleted concurrently. */
const concurrency = 4;

/**
 * Asks, then moves images and their captions to the trash, or deletes them for good where there is none, and deselects
 * them. A caption that a remaining image uses stays, and so does an image that came or went, or whose caption was
 * changed, while the question was open, and one whose caption has edits that could not be saved. Only where a trash
 * turns out not to take the files, a second question offers to delete them for good.
 * @param answered called after each answer of the user: VS Code does not always give the focus back to the webview
 * @param signal withdraws the question before it is shown
 */
export async function deleteImages(
  session: GridSession,
  target: ImageTarget,
  answered: () => void,
  signal?: AbortSignal,
): Promise<void> {
  const images = await imagesOf(session, target);
  if (signal?.aborted === true) return;
  await askAndDelete(session.document, images, answered);
  session.deselectMissing();
}

async function askAndDelete(
  document: DatasetDocument,
  images: readonly DatasetImage[],
  answered: () => void,
): Promise<void> {
  if (images.length === 0) return;
  document.commit();
  const deletion = planDeletion(images);
  const trash = trashOf(document.uri);
  const agreed = await agrees(deletion, trash);
  answered();
  if (!agreed) return;
  if (unsavedIn(deletion) > 0) await document.saveQuietly();
  const title =
    images.length === 1
      ? vscode.l10n.t('Deleting {0}', inOneLine(images[0]?.path ?? ''))
      : vscode.l10n.t('Deleting {0} images', images.length.toLocaleString(displayLanguage()));
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    await document.reconcile(await pathsToReadAgain(document.dataset, deletion));
    const remover = new Remover(document, deletion, trash, answered);
    const increment = 100 / images.length;
    await pMap(
      images,
      async (image) => {
        if (!token.isCancellationRequested) await remover.remove(image);
        progress.report({ increment });
      },
      { concurrency },
    );
    await document.reconcile([...remover.gone]);
    if (remover.failures.length > 0) void reportFailures(remover.failures);
  });
}

function unsavedIn({ captions }: Deletion): number {
  return [...captions.keys()].filter((caption) => caption.isDirty).length;
}

async function agrees(deletion: Deletion, trash: Trash): Promise<boolean> {
  const { images, captions, shared } = deletion;
  const files = [...captions.keys()].filter((caption) => caption.raw !== null || caption.onDisk !== null).length;
  const only = images.length === 1;
  const question = only
    ? files === 0
      ? vscode.l10n.t('Delete {0}?', inOneLine(images[0]?.path ?? ''))
      : vscode.l10n.t('Delete {0} and its caption?', inOneLine(images[0]?.path ?? ''))
    : files === 1
      ? vscode.l10n.t('Delete {0} images and 1 caption?', images.length.toLocaleString(displayLanguage()))
      : vscode.l10n.t(
          'Delete {0} images and {1} captions?',
          images.length.toLocaleString(displayLanguage()),
          files.toLocaleString(displayLanguage()),
        );
  const details = [whatHappens(trash)];
  if (shared > 0) {
    details.push(
      shared === 1
        ? vscode.l10n.t('1 caption stays, because another image uses it.')
        : vscode.l10n.t('{0} captions stay, because other images use them.', shared.toLocaleString(displayLanguage())),
    );
  }
  const unsaved = unsavedIn(deletion);
  if (unsaved > 0 && trash === 'used') {
    details.push(
      unsaved === 1
        ? vscode.l10n.t('1 of the captions has unsaved edits: they are saved first, so that the trash has them.')
        : vscode.l10n.t(
            '{0} of the captions have unsaved edits: they are saved first, so that the trash has them.',
            unsaved.toLocaleString(displayLanguage()),
          ),
    );
  }
  const yes = trash === 'used' ? vscode.l10n.t('Move to Trash') : vscode.l10n.t('Delete Permanently');
  const options = { modal: true, detail: details.join('\n\n') };
  return (await vscode.window.showWarningMessage(question, options, yes)) === yes;
}

function whatHappens(trash: Trash): string {
  switch (trash) {
    case 'used':
      return vscode.l10n.t('The files are moved to the trash. Undo in the editor does not bring them back.');
    case 'off':
      return vscode.l10n.t(
        'The files are deleted permanently, because the setting files.enableTrash is off. Nothing brings them back.',
      );
    case 'missing':
      return vscode.l10n.t(
        'The files are deleted permanently, because there is no trash where they lie. Nothing brings them back.',
      );
  }
}

/** Removes images and captions, and asks once what to do if the trash does not take them. */
class Remover {
  readonly failures: LeftOut[] = [];
  /** relative paths of the images that are gone */
  readonly gone = new Set<string>();
  private forGood: Promise<boolean> | undefined;
  /** relative paths of the images that the user was asked about */
  private readonly planned: ReadonlySet<string>;

  constructor(
    private readonly document: DatasetDocument,
    private readonly deletion: Deletion,
    private readonly trash: Trash,
    private readonly answered: () => void,
  ) {
    this.planned = new Set(deletion.images.map((image) => image.path));
  }

  async remove(image: DatasetImage): Promise<void> {
    const { caption } = image;
    const { captions } = this.deletion;
    if (this.document.dataset.image(image.path)?.caption !== caption) {
      const reason = vscode.l10n.t('It came or went after you were asked, so nothing of it was deleted.');
      this.failures.push({ path: image.path, reason });
      return;
    }
    if (captions.has(caption) && !isAsPlanned(this.deletion, caption)) {
      const reason = vscode.l10n.t('Its caption was changed after you were asked, so both were kept.');
      this.failures.push({ path: image.path, reason });
      return;
    }
    if (captions.has(caption) && caption.isDirty) {
      const reason = vscode.l10n.t('Its caption has edits that could not be saved.');
      this.failures.push({ path: image.path, reason });
      return;
    }
    if (!(await this.delete(image.path))) return;
    this.gone.add(image.path);
    // A caption that several images share is deleted together with the last of them.
    if (!captions.has(caption) || caption.onDisk === null) return;
    if (!caption.images.every((other) => this.gone.has(other))) {
      if (caption.images.every((other) => this.planned.has(other))) return;
      const reason = vscode.l10n.t('Another image uses it now, so it was kept.');
      this.failures.push({ path: caption.path, reason });
    } else if (caption.isDirty || !isAsPlanned(this.deletion, caption)) {
      const reason = vscode.l10n.t('It was edited meanwhile, so it was kept.');
      this.failures.push({ path: caption.path, reason });
    } else {
      // Each image may have its own link to the file, which stays for whoever else has it.
      const { dataset } = this.document;
      const names = new Set(caption.images.map((other) => dataset.captionPathOf(other)));
      for (const name of names.add(caption.path)) await this.delete(name);
    }
  }

  private async delete(relative: string): Promise<boolean> {
    const uri = vscode.Uri.file(this.document.dataset.absolute(relative));
    try {
      try {
        await vscode.workspace.fs.delete(uri, { useTrash: this.trash === 'used' });
      } catch (thrown) {
        if (!(await exists(uri))) return true;
        if (this.trash !== 'used') throw thrown;
        this.forGood ??= this.asksForGood(thrown);
        // The user just refused to delete it permanently: no message has to say that it is still there.
        if (!(await this.forGood)) return false;
        await vscode.workspace.fs.delete(uri, { useTrash: false });
      }
      return true;
    } catch (thrown) {
      this.failures.push({ path: relative, reason: errorMessage(thrown) });
      return false;
    }
  }

  private async asksForGood(thrown: unknown): Promise<boolean> {
    const forGood = vscode.l10n.t('Delete Permanently');
    const question = vscode.l10n.t(
      'Files of {0} cannot be moved to the trash. Delete them permanently?',
      inOneLine(path.basename(this.document.uri.fsPath)),
    );
    const detail = vscode.l10n.t('This cannot be undone. The reason: {0}', errorMessage(thrown));
    const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, forGood);
    this.answered();
    return answer === forGood;
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (thrown) {
    return !(thrown instanceof vscode.FileSystemError && thrown.code === 'FileNotFound') && errno(thrown) !== 'ENOENT';
  }
}

async function reportFailures(failures: readonly LeftOut[]): Promise<void> {
  const first = failures[0];
  const text =
    failures.length === 1
      ? vscode.l10n.t('Not deleted: {0}: {1}', inOneLine(first?.path ?? ''), first?.reason ?? '')
      : vscode.l10n.t(
          'Files not deleted: {0}. {1}: {2}',
          failures.length.toLocaleString(displayLanguage()),
          inOneLine(first?.path ?? ''),
          first?.reason ?? '',
        );
  await vscode.window.showErrorMessage(text);
}
