import path from 'node:path';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { formatBytes } from '../../protocol/text/formatBytes';
import { chooseCacheFolder } from './cacheFolder';
import { Disposable } from '../shared/Disposable';
import { PictureCache } from './PictureCache';
import { cacheDirectory, cacheLimit } from './pictureSettings';

/** The cache of thumbnails, in the folder that the settings name. */
export class ThumbnailCache extends Disposable {
  private opened: Promise<PictureCache> | undefined;
  private readonly directory = cacheDirectory();

  /** @param usualFolder where thumbnails are kept unless the user chose a folder, absolute */
  constructor(
    private readonly usualFolder: string,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('datasetCaptions.cacheDirectory')) void this.offerReload();
      }),
    );
  }

  /** Opens the cache on the first call. If the chosen folder cannot be used, it warns and takes the usual one. */
  open(): Promise<PictureCache> {
    this.opened ??= this.choose();
    return this.opened;
  }

  private async choose(): Promise<PictureCache> {
    const { folder, problem } = await chooseCacheFolder(this.directory, this.usualFolder);
    if (problem !== undefined) {
      const message = vscode.l10n.t(
        'Thumbnails cannot be kept in {0} ({1}). They are kept in the usual place; choose another folder in the setting datasetCaptions.cacheDirectory.',
        this.directory,
        problem,
      );
      this.log.warn(message);
      void this.warn(message);
    }
    this.log.info(`Thumbnails are kept in ${folder}`);
    return new PictureCache(folder, cacheLimit);
  }

  private async warn(message: string): Promise<void> {
    const openSetting = vscode.l10n.t('Open Setting');
    const picked = await vscode.window.showWarningMessage(message, openSetting);
    if (picked !== openSetting) return;
    await vscode.commands.executeCommand('workbench.action.openSettings', 'datasetCaptions.cacheDirectory');
  }

  private async offerReload(): Promise<void> {
    if (cacheDirectory() === this.directory) return;
    const reload = vscode.l10n.t('Reload Window');
    const picked = await vscode.window.showInformationMessage(
      vscode.l10n.t('Thumbnails go to the new folder after the window is loaded again.'),
      reload,
    );
    if (picked === reload) await vscode.commands.executeCommand('workbench.action.reloadWindow');
  }

  /**
   * Deletes all thumbnails, with a notification that can cancel it, and says how much was freed.
   * @throws errors of the disk
   */
  async clear(): Promise<void> {
    const cache = await this.open();
    let freed = { files: 0, bytes: 0 };
    const controller = new AbortController();
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Clearing the thumbnail cache'),
        cancellable: true,
      },
      async (progress, token) => {
        token.onCancellationRequested(() => {
          controller.abort();
        });
        try {
          await cache.clear((removed) => {
            freed = removed;
            progress.report({ message: formatBytes(removed.bytes, displayLanguage()), increment: 100 / 16 });
          }, controller.signal);
        } catch (thrown) {
          if (!controller.signal.aborted) throw thrown;
        }
      },
    );
    const folder = path.normalize(cache.folder);
    const size = formatBytes(freed.bytes, displayLanguage());
    void vscode.window.showInformationMessage(
      controller.signal.aborted
        ? vscode.l10n.t('Cancelled. {0} of thumbnails were deleted from {1}.', size, folder)
        : vscode.l10n.t('{0} of thumbnails were deleted from {1}.', size, folder),
    );
  }
}
