import path from 'node:path';
import * as vscode from 'vscode';
import type { Dataset } from '../../dataset/Dataset';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';

/** More folders than this are not watched one by one, and the log says so: each costs the system a watch. */
const maxFolders = 500;

/**
 * Watches the folders of a dataset of which VS Code's watcher of the whole tells nothing: it does not follow links, and
 * leaves out what the user's setting `files.watcherExclude` names.
 */
export class BlindSpots implements vscode.Disposable {
  private watchers: vscode.FileSystemWatcher[] = [];
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
    const excluded = this.hasExcludes() ? foldersOf(allImages) : [];
    const spots = [
      ...linkedFolders.map(({ path: relative, real }) => ({ relative, base: vscode.Uri.file(real), pattern: '**' })),
      // A watcher of one folder, without those below it, tells just what the watcher of the workspace leaves out.
      ...excluded.map((relative) => ({ relative, base: vscode.Uri.joinPath(this.folder, relative), pattern: '*' })),
    ];
    const wanted = JSON.stringify(spots.map(({ base, pattern }) => [base.fsPath, pattern]));
    if (wanted === this.watched) return;
    this.watched = wanted;
    this.dispose();
    if (spots.length > maxFolders) {
      this.log.warn(
        `${this.folder.fsPath}: ${String(spots.length)} folders are links or may be named by files.watcherExclude; ` +
          `changes by other programs are noticed in the first ${String(maxFolders)}, Refresh Dataset finds the others.`,
      );
    }
    this.watchers = spots.slice(0, maxFolders).map(({ relative, base, pattern }) => {
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(base, pattern));
      const onEvent = (uri: vscode.Uri): void => {
        const inside = path.relative(base.fsPath, uri.fsPath).split(path.sep).join('/');
        this.onEvent(relative === '' ? inside : `${relative}/${inside}`);
      };
      watcher.onDidCreate(onEvent);
      watcher.onDidChange(onEvent);
      watcher.onDidDelete(onEvent);
      return watcher;
    });
  }

  dispose(): void {
    for (const watcher of this.watchers) watcher.dispose();
    this.watchers = [];
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
  const folders = new Set<string>();
  for (const image of images) folders.add(image.path.slice(0, Math.max(0, image.path.lastIndexOf('/'))));
  return [...folders];
}
