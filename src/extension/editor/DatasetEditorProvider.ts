import { rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { UnsavedEdit } from '../../dataset/captions/unsavedEdit';
import { errorMessage } from '../../protocol/channel/wireError';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import { DatasetDocument } from '../document/DatasetDocument';
import { Disposable } from '../shared/Disposable';
import type { EditorFiles } from '../document/EditorFiles';
import { watchFolder } from '../document/watchFolder';
import { GridPanel } from './GridPanel';
import { type RememberedView, RememberedViews } from '../grid/RememberedViews';
import type { SavedSearches } from '../search/SavedSearches';
import { datasetEditorViewType } from '../standIns/viewType';
import type { Taggers } from '../taggers/Taggers';
import type { TagSuggestions } from '../suggestions/TagSuggestions';
import type { Thumbnails } from '../pictures/Thumbnails';
import { UnsavedJournal } from '../document/UnsavedJournal';
import { virtualFolderProblem } from './virtualFolder';

/** Opens folders as datasets and knows which one is in front. */
export class DatasetEditorProvider extends Disposable implements vscode.CustomEditorProvider<DatasetDocument> {
  private readonly editEmitter = this.register(
    new vscode.EventEmitter<vscode.CustomDocumentEditEvent<DatasetDocument>>(),
  );
  readonly onDidChangeCustomDocument = this.editEmitter.event;
  private readonly activeEmitter = this.register(new vscode.EventEmitter<void>());
  /** Another dataset came to the front, or the one in front changed. */
  readonly onDidChangeActive = this.activeEmitter.event;

  private readonly openEmitter = this.register(new vscode.EventEmitter<DatasetDocument>());
  /** A folder was opened as a dataset; it is not read yet. */
  readonly onDidOpen = this.openEmitter.event;

  private readonly views: RememberedViews;
  private readonly panels = new Set<GridPanel>();
  private lastActive: GridPanel | undefined;
  /** unsaved edits of a folder that is being renamed, by its new URI */
  private readonly carriedOver = new Map<string, UnsavedEdit[]>();
  /** datasets whose folder is being renamed: when that is done their editors are gone */
  private moving: { from: vscode.Uri; to: vscode.Uri; column: vscode.ViewColumn | undefined; view: RememberedView }[] =
    [];
  /** what the editor of a renamed folder showed, for the one that takes its place */
  private followed: RememberedView | undefined;

  constructor(
    /** what writes the caption files */
    private readonly files: EditorFiles,
    private readonly jobs: CaptionJobs,
    private readonly taggers: Taggers,
    private readonly thumbnails: Thumbnails,
    /** the folders that thumbnails may be in */
    private readonly pictureRoots: readonly vscode.Uri[],
    private readonly suggestions: TagSuggestions,
    private readonly searches: SavedSearches,
    private readonly extensionUri: vscode.Uri,
    private readonly storageFolder: string,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    const forgotten = (thrown: unknown): void => {
      log.warn(`Could not remember what a dataset shows: ${errorMessage(thrown)}`);
    };
    this.views = this.register(new RememberedViews(storageFolder, forgotten));
    this.register(
      vscode.workspace.onWillRenameFiles((event) => {
        event.waitUntil(this.saveBeforeRename(event.files));
      }),
    );
    this.register(
      vscode.workspace.onDidRenameFiles(async () => {
        await this.followRename();
      }),
    );
  }

  /** The grid in front; when another kind of editor is, the last one that was and is still open. */
  get active(): GridPanel | undefined {
    return this.lastActive;
  }

  /** All open grids. */
  get open(): readonly GridPanel[] {
    return [...this.panels];
  }

  async openCustomDocument(uri: vscode.Uri, { backupId }: vscode.CustomDocumentOpenContext): Promise<DatasetDocument> {
    const problem = virtualFolderProblem(uri);
    if (problem !== undefined) {
      // In place of the editor VS Code says no more than that it could not be opened.
      void vscode.window.showErrorMessage(problem);
      throw new Error(problem);
    }
    this.thumbnails.warmUp();
    const restore = new Map<string, UnsavedEdit>();
    const take = (edits: readonly UnsavedEdit[]): void => {
      for (const edit of edits) restore.set(edit.captionPath, edit);
    };
    const unreadable = (thrown: unknown): void => {
      this.log.error(`Unsaved captions of ${uri.fsPath} could not be read: ${errorMessage(thrown)}`);
    };
    if (backupId !== undefined) await DatasetDocument.readBackup(backupId).then(take, unreadable);
    const left = await UnsavedJournal.adopt(this.storageFolder, uri.fsPath, unreadable);
    take(left.edits);
    take(this.carriedOver.get(uri.toString()) ?? []);
    this.carriedOver.delete(uri.toString());
    const document = new DatasetDocument(uri, this.storageFolder, [...restore.values()], this.files, this.log);
    if (await document.keepUnsavedEditsSafe()) await Promise.all(left.files.map((file) => rm(file, { force: true })));
    document.addToLife(
      document.onDidEdit((edit) => {
        this.editEmitter.fire({ document, ...edit });
      }),
    );
    document.addToLife(
      document.onDidChange(() => {
        if (this.lastActive?.document === document) this.activeEmitter.fire();
      }),
    );
    document.addToLife(watchFolder(document, this.log));
    document.addToLife(this.jobs.watch(document));
    this.openEmitter.fire(document);
    return document;
  }

  resolveCustomEditor(document: DatasetDocument, panel: vscode.WebviewPanel): void {
    const icon = (file: string): vscode.Uri => vscode.Uri.joinPath(this.extensionUri, 'media', file);
    panel.iconPath = { light: icon('dataset-light.svg'), dark: icon('dataset.svg') };
    const grid = new GridPanel(
      document,
      panel,
      this.jobs,
      this.taggers,
      this.thumbnails,
      this.pictureRoots,
      this.suggestions,
      this.views,
      this.followed ?? this.likeOf(document),
      this.searches,
      this.extensionUri,
      (problem) => {
        this.log.warn(`From the page: ${problem}`);
      },
    );
    this.panels.add(grid);
    panel.onDidChangeViewState(() => {
      if (panel.active) this.setActive(grid);
    });
    panel.onDidDispose(() => {
      this.panels.delete(grid);
      grid.dispose();
      if (this.lastActive === grid) this.setActive([...this.panels].at(-1));
      this.updateContext();
    });
    if (panel.active || this.lastActive === undefined) this.setActive(grid);
    document.announceRestored().catch((thrown: unknown) => {
      this.log.error(`Could not restore unsaved captions: ${errorMessage(thrown)}`);
    });
    this.updateContext();
  }

  async saveCustomDocument(document: DatasetDocument): Promise<void> {
    await document.save();
  }

  saveCustomDocumentAs(): Promise<void> {
    return Promise.reject(
      new Error(
        vscode.l10n.t('A dataset is a folder and cannot be saved under another name. Copy the folder instead.'),
      ),
    );
  }

  async revertCustomDocument(document: DatasetDocument): Promise<void> {
    await document.revert();
  }

  backupCustomDocument(
    document: DatasetDocument,
    { destination }: vscode.CustomDocumentBackupContext,
  ): Promise<vscode.CustomDocumentBackup> {
    return document.backup(destination);
  }

  /** What a grid of this dataset shows that is open already: a tab that is split looks like the one that it is made of. */
  private likeOf(document: DatasetDocument): RememberedView | undefined {
    const { lastActive } = this;
    const other =
      lastActive?.document === document ? lastActive : [...this.panels].find((grid) => grid.document === document);
    return other?.memory.shown;
  }

  private setActive(grid: GridPanel | undefined): void {
    this.lastActive = grid;
    this.activeEmitter.fire();
  }

  private updateContext(): void {
    void vscode.commands.executeCommand('setContext', 'datasetCaptions.datasetOpen', this.panels.size > 0);
  }

  private async saveBeforeRename(files: readonly RenamedFile[]): Promise<void> {
    for (const { document, panel, memory } of this.panels) {
      const to = renamedTo(document.uri, files);
      if (to === undefined) continue;
      await document.autoSave();
      this.carriedOver.set(to.toString(), document.unsavedEdits());
      this.moving.push({ from: document.uri, to, column: panel.viewColumn, view: memory.shown });
    }
  }

  /** VS Code shows a renamed folder with its own editor, which cannot: the tab is opened again as a dataset. */
  private async followRename(): Promise<void> {
    for (const { from, to, column, view } of this.moving.splice(0)) {
      this.followed = view;
      try {
        await closeTabsOf(from, to);
        await vscode.commands.executeCommand('vscode.openWith', to, datasetEditorViewType, column);
        await closeTabsOf(from);
      } catch (thrown) {
        this.log.error(`Could not follow the renamed folder ${to.fsPath}: ${errorMessage(thrown)}`);
      } finally {
        this.followed = undefined;
      }
    }
  }
}

interface RenamedFile {
  readonly oldUri: vscode.Uri;
  readonly newUri: vscode.Uri;
}

function renamedTo(folder: vscode.Uri, files: readonly RenamedFile[]): vscode.Uri | undefined {
  for (const { oldUri, newUri } of files) {
    if (folder.scheme !== oldUri.scheme) continue;
    if (folder.path === oldUri.path) return newUri;
    if (folder.path.startsWith(`${oldUri.path}/`)) {
      return newUri.with({ path: newUri.path + folder.path.slice(oldUri.path.length) });
    }
  }
  return undefined;
}

/** Closes the editors of a folder under its old name, and the text editor that VS Code tries under its new one. */
async function closeTabsOf(from: vscode.Uri, to?: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => {
      if (input instanceof vscode.TabInputCustom) return input.uri.toString() === from.toString();
      return input instanceof vscode.TabInputText && input.uri.toString() === to?.toString();
    });
  await vscode.window.tabGroups.close(tabs, true);
}
