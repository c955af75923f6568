import { stat } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import { isTemporaryName } from '../../dataset/files/temporaryNames';
import { errorMessage } from '../../protocol/channel/wireError';
import { BlindSpots } from './BlindSpots';
import type { DatasetDocument } from './DatasetDocument';
import { Disposable } from '../shared/Disposable';
import { watchTextEditors } from './EditorFiles';

/** Events come in bursts and are debounced by this time, in milliseconds. */
const settlePause = 250;
/** Maximum delay by the debounce, for programs that write without a pause, in milliseconds. */
const longestWait = 2000;
/** The pause after reconciling is at least this many times as long as it took, so that it never takes all the time. */
const restFactor = 4;
/**
 * Interval for checking whether the folder itself exists (it may be on a removable disk): no event reports that, in
 * ms.
 */
const folderCheckPause = 3000;
/**
 * Outside the workspace, VS Code first reads the whole folder and sends no events until then: changes in the meantime
 * are looked for after this time, in milliseconds.
 */
const watcherStart = 2000;
/** Above this number of changed files a scan of the folder is cheaper; VS Code drops events then anyway. */
const maxSingleFiles = 200;

/** Updates a dataset when other programs change its files. Events are hints only: the state on disk counts. */
export function watchFolder(document: DatasetDocument, log: vscode.LogOutputChannel): vscode.Disposable {
  return vscode.Disposable.from(new FolderWatch(document, log));
}

class FolderWatch extends Disposable {
  private readonly changed = new Set<string>();
  /** when the oldest of them was added, on the clock of `performance.now()` */
  private since = 0;
  private timer: NodeJS.Timeout | undefined;
  private isReconciling = false;
  private notBefore = 0;

  constructor(
    private readonly document: DatasetDocument,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    if (vscode.workspace.getWorkspaceFolder(document.uri) !== undefined) this.watch();
    else void this.watchLater();
    this.register(
      watchTextEditors(document.uri.fsPath, (relative) => {
        this.addChanged(relative);
      }),
    );
    void this.watchBlindSpots();
    const checkFolder = setInterval(() => {
      void this.checkFolder();
    }, folderCheckPause);
    this.register({
      dispose: () => {
        clearInterval(checkFolder);
        clearTimeout(this.timer);
      },
    });
  }

  private watch(): void {
    const onEvent = (uri: vscode.Uri): void => {
      this.onEvent(uri);
    };
    const pattern = new vscode.RelativePattern(this.document.uri, '**');
    const watcher = this.register(vscode.workspace.createFileSystemWatcher(pattern));
    this.register(watcher.onDidCreate(onEvent));
    this.register(watcher.onDidChange(onEvent));
    this.register(watcher.onDidDelete(onEvent));
  }

  private async watchBlindSpots(): Promise<void> {
    await this.document.whenLoaded();
    if (this.isDisposed) return;
    const { dataset, uri } = this.document;
    const onEvent = (relative: string): void => {
      if (!isTemporaryName(path.posix.basename(relative))) this.addChanged(relative);
    };
    const spots = this.register(new BlindSpots(uri, onEvent, this.log));
    spots.update(dataset);
    let known = dataset.linkedFolders;
    this.register(
      this.document.onDidChange(() => {
        // Each scan makes a new list.
        if (known === dataset.linkedFolders) return;
        known = dataset.linkedFolders;
        spots.update(dataset);
      }),
    );
    this.register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('files.watcherExclude', uri)) spots.update(dataset);
      }),
    );
  }

  /** Starts watching after the scan: two reads of a large folder at the same time would delay its images on screen. */
  private async watchLater(): Promise<void> {
    await this.document.whenLoaded();
    if (this.isDisposed) return;
    this.watch();
    const catchUp = setTimeout(() => {
      this.document.refresh(true).catch((thrown: unknown) => {
        this.log.error(`Could not look for changes: ${errorMessage(thrown)}`);
      });
    }, watcherStart);
    this.register({
      dispose: () => {
        clearTimeout(catchUp);
      },
    });
  }

  private onEvent(uri: vscode.Uri): void {
    if (isTemporaryName(path.basename(uri.fsPath))) return;
    this.addChanged(datasetPathOf(this.document.uri.fsPath, uri.fsPath));
  }

  private addChanged(relative: string): void {
    if (this.changed.size === 0) this.since = performance.now();
    this.changed.add(relative);
    if (!this.isReconciling) this.schedule();
  }

  private schedule(): void {
    const now = performance.now();
    const pause = Math.min(settlePause, Math.max(0, this.since + longestWait - now));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.reconcile(), Math.max(pause, this.notBefore - now));
  }

  /** Reads the changed files. Only one run at a time; changes in the meantime are handled after it. */
  private async reconcile(): Promise<void> {
    const paths = [...this.changed];
    this.changed.clear();
    this.isReconciling = true;
    const begun = performance.now();
    try {
      await (paths.length > maxSingleFiles ? this.document.refresh(true) : this.document.reconcile(paths));
    } catch (thrown) {
      this.log.error(`Could not look at changed files: ${errorMessage(thrown)}`);
    }
    this.isReconciling = false;
    const end = performance.now();
    this.notBefore = end + restFactor * (end - begun);
    if (this.changed.size > 0 && !this.isDisposed) this.schedule();
  }

  private async checkFolder(): Promise<void> {
    const { document } = this;
    try {
      const isThere = await stat(document.uri.fsPath).then(
        () => true,
        () => false,
      );
      if (document.loadState === (isThere ? 'missing' : 'ready')) await document.refresh(true);
    } catch (thrown) {
      this.log.error(`Could not look at ${document.uri.fsPath}: ${errorMessage(thrown)}`);
    }
  }
}
