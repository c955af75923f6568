import { rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Caption } from '../../dataset/captions/Caption';
import type { UnsavedEdit } from '../../dataset/captions/unsavedEdit';
import { errorMessage } from '../../protocol/channel/wireError';
import type { MadePreview } from '../captioning/CaptionPreviews';
import { DatasetDocument } from '../document/DatasetDocument';
import { Disposable } from '../shared/Disposable';
import type { EditorFiles } from '../document/EditorFiles';
import { runUndoCommand } from '../document/runUndoCommand';
import { UndoCommands } from '../document/UndoCommands';
import { watchFolder } from '../document/watchFolder';
import { type FinishedMove, FolderMoves, type MovingGrid } from './FolderMoves';
import { GridPanel, type GridServices, type PageFolders } from './GridPanel';
import { GridMemory } from '../grid/GridMemory';
import { GridSession } from '../grid/GridSession';
import { type RememberedView, RememberedViews } from '../grid/RememberedViews';
import { datasetEditorViewType } from '../standIns/viewType';
import { UnsavedJournal } from '../document/UnsavedJournal';
import { virtualFolderProblem } from './openDataset';

/** Interval of looking for unsaved captions of windows of which it is not clear whether they live, in milliseconds. */
const adoptPause = 30_000;

/** The custom editor for folders: opens them as datasets and knows which one is in front. */
export class DatasetEditorProvider extends Disposable implements vscode.CustomEditorProvider<DatasetDocument> {
  private readonly editEmitter = this.register(
    new vscode.EventEmitter<vscode.CustomDocumentEditEvent<DatasetDocument>>(),
  );
  readonly onDidChangeCustomDocument = this.editEmitter.event;
  private readonly activeEmitter = this.register(new vscode.EventEmitter<void>());
  /** A different dataset came to the front, or the one in front changed. */
  readonly onDidChangeActive = this.activeEmitter.event;

  private readonly openEmitter = this.register(new vscode.EventEmitter<DatasetDocument>());
  /** A folder was opened as a dataset; its scan has only begun. */
  readonly onDidOpen = this.openEmitter.event;

  private readonly views: RememberedViews;
  private readonly undoCommands = new UndoCommands(runUndoCommand);
  private readonly panels = new Set<GridPanel>();
  private lastActive: GridPanel | undefined;
  /** unsaved edits of a folder that was renamed, by its new URI, until it is opened */
  private readonly carriedOver = new Map<string, UnsavedEdit[]>();
  private readonly moves = new FolderMoves();
  /** what the closed editor of a renamed folder showed, for the editor that replaces it */
  private replacedView: RememberedView | undefined;

  constructor(
    /** what writes the caption files */
    private readonly files: EditorFiles,
    private readonly services: GridServices,
    private readonly folders: PageFolders,
    /** where the extension keeps its files, absolute */
    private readonly storageFolder: string,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    const onStorageError = (thrown: unknown): void => {
      log.warn(`Could not remember what a dataset shows: ${errorMessage(thrown)}`);
    };
    this.views = this.register(new RememberedViews(storageFolder, onStorageError));
    this.register(
      services.jobs.previews.onDidMake((made) => {
        this.showPreview(made).catch((thrown: unknown) => {
          log.error(`Preview: ${errorMessage(thrown)}`);
        });
      }),
    );
    this.register(
      vscode.workspace.onWillRenameFiles((event) => {
        event.waitUntil(this.saveBeforeRename(event.files));
      }),
    );
    this.register(
      vscode.workspace.onDidRenameFiles(async ({ files }) => {
        await this.followRename(this.moves.finish(files));
      }),
    );
  }

  /** The grid in front; while another kind of editor is in front, the open grid that was there last. */
  get active(): GridPanel | undefined {
    return this.lastActive;
  }

  /** All open grids. */
  get open(): readonly GridPanel[] {
    return [...this.panels];
  }

  /** All datasets that are open in a grid. */
  get documents(): readonly DatasetDocument[] {
    return [...new Set(this.open.map(({ session }) => session.document))];
  }

  async openCustomDocument(uri: vscode.Uri, { backupId }: vscode.CustomDocumentOpenContext): Promise<DatasetDocument> {
    const problem = virtualFolderProblem(uri);
    if (problem !== undefined) {
      // The page that VS Code shows in place of the editor does not contain the error's message.
      void vscode.window.showErrorMessage(problem);
      throw new Error(problem);
    }
    this.services.thumbnails.warmUp();
    const restore = new Map<string, UnsavedEdit>();
    const addEdits = (edits: readonly UnsavedEdit[]): void => {
      for (const edit of edits) restore.set(edit.captionPath, edit);
    };
    const unreadable = (thrown: unknown): void => {
      this.log.error(`Unsaved captions of ${uri.fsPath} could not be read: ${errorMessage(thrown)}`);
    };
    if (backupId !== undefined) await DatasetDocument.readBackup(backupId).then(addEdits, unreadable);
    const left = await UnsavedJournal.adopt(this.storageFolder, uri.fsPath, unreadable);
    addEdits(left.edits);
    addEdits(this.carriedOver.get(uri.toString()) ?? []);
    this.carriedOver.delete(uri.toString());
    const document = new DatasetDocument(
      uri,
      this.storageFolder,
      [...restore.values()],
      this.files,
      this.undoCommands,
      this.log,
    );
    if (await document.keepUnsavedEditsSafe()) await removeFiles(left.files);
    if (left.mayBeMore) this.adoptLater(document, unreadable);
    document.addToLife(
      document.onDidEdit((edit) => {
        // Text typed while its folder is being renamed is not in the new document yet.
        document.takeBack();
        this.editEmitter.fire({ document, ...edit });
      }),
    );
    document.addToLife(
      document.onDidChange(() => {
        if (this.lastActive?.session.document === document) this.activeEmitter.fire();
      }),
    );
    document.addToLife(watchFolder(document, this.log));
    document.addToLife(this.services.jobs.watch(document));
    this.openEmitter.fire(document);
    return document;
  }

  /** Looks again for unsaved captions of windows of which it is not clear yet whether they live. */
  private adoptLater(document: DatasetDocument, unreadable: (thrown: unknown) => void): void {
    const look = async (): Promise<void> => {
      const left = await UnsavedJournal.adopt(this.storageFolder, document.uri.fsPath, unreadable);
      if (left.edits.length > 0) this.log.info(`Unsaved captions of ${document.uri.fsPath} that another window left`);
      if (left.files.length > 0 && (await document.takeOver(left.edits))) await removeFiles(left.files);
      if (left.mayBeMore) this.adoptLater(document, unreadable);
    };
    const timer = setTimeout(() => void look().catch(unreadable), adoptPause);
    document.addToLife(
      new vscode.Disposable(() => {
        clearTimeout(timer);
      }),
    );
  }

  resolveCustomEditor(document: DatasetDocument, panel: vscode.WebviewPanel): void {
    const icon = (file: string): vscode.Uri => vscode.Uri.joinPath(this.folders.extension, 'media', file);
    panel.iconPath = { light: icon('dataset-light.svg'), dark: icon('dataset.svg') };
    const { jobs, origins } = this.services;
    const marks = {
      stateOf: (caption: Caption) => jobs.stateOf(document, caption),
      failureOf: (caption: Caption) => jobs.failureOf(document, caption),
    };
    const session = new GridSession(document, marks, (...asked) => origins.matching(document.dataset, ...asked));
    const memory = new GridMemory(session, this.views, this.replacedView ?? this.viewOfOpenGrid(document));
    const grid = new GridPanel(session, memory, panel, this.services, this.folders, (problem) => {
      this.log.warn(`From the page: ${problem}`);
    });
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

  /** What an open grid of this dataset shows: a split tab starts with the view of its original. */
  private viewOfOpenGrid(document: DatasetDocument): RememberedView | undefined {
    return this.gridOf(document)?.memory.shown;
  }

  /** Shows the preview of a job, at once only if the user is waiting for it. */
  private async showPreview({ document, preview, isInTheWay }: MadePreview): Promise<void> {
    const grid = this.gridOf(document);
    if (grid === undefined) return;
    if (!grid.isActive || isInTheWay) {
      const show = vscode.l10n.t('Show Preview');
      const text = vscode.l10n.t('The preview of {0} is ready: {1}.', preview.label, document.name);
      if ((await vscode.window.showInformationMessage(text, show)) !== show) return;
    }
    this.gridOf(document)?.showCaptionPreview(preview);
  }

  /** The grid of a document that was in front last. */
  private gridOf(document: DatasetDocument): GridPanel | undefined {
    const { lastActive } = this;
    const shows = (grid: GridPanel | undefined): boolean => grid?.session.document === document;
    return shows(lastActive) ? lastActive : this.open.find(shows);
  }

  private setActive(grid: GridPanel | undefined): void {
    this.lastActive = grid;
    this.activeEmitter.fire();
  }

  private updateContext(): void {
    void vscode.commands.executeCommand('setContext', 'datasetCaptions.datasetOpen', this.panels.size > 0);
  }

  private async saveBeforeRename(files: vscode.FileRenameEvent['files']): Promise<void> {
    const moving: MovingGrid[] = [];
    for (const { session, viewColumn, memory } of this.panels) {
      const { document } = session;
      const to = FolderMoves.target(document.uri, files);
      if (to === undefined) continue;
      await document.autoSave();
      moving.push({ document, to, column: viewColumn, view: memory.shown });
    }
    this.moves.announce(moving);
  }

  /** Opens renamed datasets again: VS Code replaces their tabs by text editors, which cannot show a folder. */
  private async followRename(moves: readonly FinishedMove[]): Promise<void> {
    for (const { to, edits } of moves) this.carriedOver.set(to.toString(), edits);
    for (const { from, to, column, view } of moves) {
      this.replacedView = view;
      try {
        await closeTabsOf(from, to);
        await vscode.commands.executeCommand('vscode.openWith', to, datasetEditorViewType, column);
        await closeTabsOf(from);
      } catch (thrown) {
        this.log.error(`Could not follow the renamed folder ${to.fsPath}: ${errorMessage(thrown)}`);
      } finally {
        this.replacedView = undefined;
      }
    }
  }
}

async function removeFiles(files: readonly string[]): Promise<void> {
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

/** Closes the dataset editors of a folder's old name, and the text editors that VS Code opened for its new one. */
async function closeTabsOf(from: vscode.Uri, to?: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => {
      if (input instanceof vscode.TabInputCustom) return input.uri.toString() === from.toString();
      return input instanceof vscode.TabInputText && input.uri.toString() === to?.toString();
    });
  await vscode.window.tabGroups.close(tabs, true);
}
