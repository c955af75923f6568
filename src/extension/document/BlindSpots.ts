import { watch } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Dataset } from '../../dataset/Dataset';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { folderOf } from '../../dataset/files/datasetPath';
import { errorMessage } from '../../protocol/channel/wireError';

/** More folders than this are not watched one by one, and the log says so: each costs the system a watch. */
const maxFolders = 500;

/**
 * Watches the folders of a dataset that VS Code's recursive watcher misses: it does not follow links, and leaves out
 * what the user's setting `files.watcherExclude` names.
 */
export class BlindSpots implements vscode.Disposable {
  private watchers: vscode.Disposable[] = [];
  /** what is watched now, to notice when that changes */
  private watched = '';

  /**
   * @param folder of the dataset
   * @param onEvent called with the path of what changed, relative to the dataset, as the dataset names it
   */
  constructor(
    private readonly folder: vscode.Uri,
    private readonly onEvent: (relative: string) => void,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Watches what the last scan found. */
  update({ linkedFolders, allImages }: Pick<Dataset, 'linkedFolders' | 'allImages'>): void {
    const single = this.hasExcludes() ? foldersOf(allImages) : [];
    const wanted = JSON.stringify([linkedFolders, single]);
    if (wanted === this.watched) return;
    this.watched = wanted;
    this.dispose();
    if (linkedFolders.length + single.length > maxFolders) {
      this.log.warn(
        `${this.folder.fsPath} has more than ${String(maxFolders)} folders that are links or that files.watcherExclude ` +
          'may name: what other programs change in the others is seen after Refresh only.',
      );
    }
    const links = linkedFolders.slice(0, maxFolders);
    this.watchers = [
      ...links.map(({ path: relative, real }) => this.watchLinked(relative, real)),
      ...single.slice(0, maxFolders - links.length).map((relative) => this.watchSingle(relative)),
    ];
  }

  dispose(): void {
    for (const watcher of this.watchers) watcher.dispose();
    this.watchers = [];
  }

  /** Watches a folder behind a link, with all below it. */
  private watchLinked(relative: string, real: string): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(real), '**'));
    const onEvent = ({ fsPath }: vscode.Uri): void => {
      this.onEvent(`${relative}/${path.relative(real, fsPath).split(path.sep).join('/')}`);
    };
    watcher.onDidCreate(onEvent);
    watcher.onDidChange(onEvent);
    watcher.onDidDelete(onEvent);
    return watcher;
  }

  /**
   * Watches one folder, without those below it. Not with VS Code's watcher, which has the same exclusions here. Other
   * folders are reported twice then, which does no harm: events are only hints.
   */
  private watchSingle(relative: string): vscode.Disposable {
    const folder = path.join(this.folder.fsPath, relative);
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name !== null) this.onEvent(relative === '' ? name : `${relative}/${name}`);
      });
      watcher.on('error', (thrown) => {
        this.log.warn(`${folder} is no longer watched: ${errorMessage(thrown)}`);
        watcher.close();
      });
      return new vscode.Disposable(() => {
        watcher.close();
      });
    } catch (thrown) {
      this.log.warn(`${folder} cannot be watched: ${errorMessage(thrown)}`);
      return new vscode.Disposable(() => undefined);
    }
  }

  /** Whether the user or the workspace has changed what is left out. VS Code's own list names no folders of images. */
  private hasExcludes(): boolean {
    const setting = vscode.workspace.getConfiguration('files', this.folder).inspect('watcherExclude');
    return (
      setting?.globalValue !== undefined ||
      setting?.workspaceValue !== undefined ||
      setting?.workspaceFolderValue !== undefined
    );
  }
}

/** The folders that hold the images, relative to the dataset; `''` is the dataset itself. */
function foldersOf(images: readonly DatasetImage[]): string[] {
  return [...new Set(images.map((image) => folderOf(image.path)))];
}
