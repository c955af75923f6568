import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { SerialQueue } from '../../base/SerialQueue';
import { applyEdits, replayEdits, type AppliedEdits, type TextEdit } from '../../dataset/edits/bulkEdits';
import type { Caption, CaptionChange } from '../../dataset/captions/Caption';
import { CaptionError } from '../../dataset/files/CaptionError';
import type { SaveReport } from '../../dataset/captions/CaptionSaver';
import { Dataset } from '../../dataset/Dataset';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { mergeTags } from '../../tags/tagCounts';
import type { UnsavedEdit } from '../../dataset/captions/unsavedEdit';
import { errorMessage } from '../../protocol/channel/wireError';
import { AutoSave } from './AutoSave';
import { Disposable } from '../shared/Disposable';
import type { EditorFiles } from './EditorFiles';
import { parseUnsavedEdits, writeUnsavedEdits, type Unsaved } from './JournalFile';
import { autoSaveDelay, datasetOptions } from '../settings/settings';
import { UnsavedJournal } from './UnsavedJournal';

/** The state of reading the folder. */
export type LoadState = 'scanning' | 'ready' | 'missing' | 'error';

/** An edit of many captions is not followed by further keys like typing: it is saved after at most this time, in ms. */
const bulkEditPause = 100;

/** One undoable edit, in the form in which VS Code wants it. */
export interface DocumentEdit {
  label: string;
  undo(): Thenable<void> | void;
  redo(): Thenable<void> | void;
}

/**
 * A folder that is open as a dataset: connects a {@link Dataset}, which reads and writes the files, to VS Code's dirty
 * mark, undo, save, revert and backup.
 */
export class DatasetDocument extends Disposable implements vscode.CustomDocument {
  readonly dataset: Dataset;
  loadState: LoadState = 'scanning';
  /** the error, or the progress of the scan */
  loadMessage = '';

  private readonly edited = this.register(new vscode.EventEmitter<DocumentEdit>());
  /** Fires for each undoable edit. */
  readonly onDidEdit = this.edited.event;
  private readonly changeEmitter = this.register(new vscode.EventEmitter<void>());
  /** Fires when anything changed that a view shows. */
  readonly onDidChange = this.changeEmitter.event;

  /** the edit that further keys are merged into, until the user leaves the caption or it is saved */
  private typing: CaptionChange | undefined;
  private readonly autoSaving: AutoSave;
  private readonly journal: UnsavedJournal;
  /** unsaved edits of the last session, until the folder has been read and they can be applied */
  private toRestore: UnsavedEdit[];
  /** whether VS Code has the document, so that restored edits can be reported to it */
  private isKnown = false;
  private restored: readonly CaptionChange[] = [];
  private loading: Promise<void>;
  /** aborted when the editor is closed */
  private readonly life = new AbortController();
  /** Edits of many captions take a while: they follow one another. */
  private readonly bulkEdits = new SerialQueue();

  /**
   * @param storageFolder absolute path of the folder for the journal of unsaved edits
   * @param restore unsaved edits of an earlier session
   * @param files writes the caption files
   */
  constructor(
    readonly uri: vscode.Uri,
    storageFolder: string,
    restore: UnsavedEdit[],
    private readonly files: EditorFiles,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.dataset = new Dataset(uri.fsPath, datasetOptions(uri), files);
    this.toRestore = restore;
    this.journal = this.register(
      new UnsavedJournal(storageFolder, uri.fsPath, () => this.unsaved(), this.journalFailed),
    );
    this.autoSaving = this.register(this.makeAutoSave());
    const dispose = this.dataset.onDidChange(() => {
      this.journal.update();
      this.changeEmitter.fire();
    });
    this.register({ dispose });
    this.register({
      dispose: () => {
        this.life.abort();
      },
    });
    this.loading = this.load();
  }

  /** Disposes a disposable together with the document. */
  addToLife(disposable: vscode.Disposable): void {
    this.register(disposable);
  }

  get name(): string {
    return path.basename(this.uri.fsPath);
  }

  /** Resolves when reading the folder has ended, with or without success. */
  async whenLoaded(): Promise<void> {
    await this.loading;
  }

  /**
   * Reads the folder again; unsaved edits stay.
   * @param changedOnly do not read captions whose file still has the known modification time and size
   */
  refresh(changedOnly = false): Promise<void> {
    this.loading = this.loading.then(() => this.load(changedOnly));
    return this.loading;
  }

  /** Reads files again that other programs changed. @param paths relative to the dataset, with `/` */
  async reconcile(paths: string[]): Promise<void> {
    await this.loading;
    if (this.loadState !== 'ready') return this.refresh();
    const { conflicts } = this.dataset.counts;
    try {
      await this.dataset.reconcile(paths);
      // A conflict disappeared because another program undid its change: now the edit can be saved, and perhaps no key
      // follows.
      if (this.dataset.counts.conflicts < conflicts) this.autoSaving.schedule();
    } catch (thrown) {
      this.loadFailed(thrown);
    }
  }

  /** Number of unsaved edits of an earlier session that wait until the folder can be read. */
  get waitingEdits(): number {
    return this.toRestore.length;
  }

  /** Paths of the captions with unsaved text in a text editor, as of now; the grid shows that text. */
  get unsavedInEditors(): ReadonlySet<string> {
    return new Set(this.files.unsavedIn(this.uri.fsPath));
  }

  /** Sets the text of a caption after each key typed into it. @returns undefined when the image is gone */
  draft(imagePath: string, text: string): Caption | undefined {
    const image = this.dataset.image(imagePath);
    if (image === undefined) return undefined;
    const { caption } = image;
    if (this.typing?.caption !== caption) this.commit();
    const change = this.dataset.setText(caption, text);
    if (change === undefined) return caption;
    if (this.typing !== undefined) {
      this.typing.after = change.after;
    } else {
      this.typing = change;
      this.recordEdit(vscode.l10n.t('Edit Caption of {0}', path.basename(imagePath)), [change]);
    }
    this.autoSaving.schedule();
    return caption;
  }

  /** Ends the edit that is being typed: the next key begins a new undoable edit. */
  commit(): void {
    this.typing = undefined;
  }

  /** Reports changes that are already in the dataset to VS Code as one undoable edit. */
  recordEdit(label: string, changes: readonly CaptionChange[]): void {
    if (changes.length === 0) return;
    const replay = (direction: 'undo' | 'redo') => (): Promise<void> =>
      this.bulkEdits.run(() => this.replay(changes, direction));
    this.edited.fire({ label, undo: replay('undo'), redo: replay('redo') });
  }

  /**
   * Changes the texts of many captions as one undoable edit, which is saved in the background. If it fails, no caption
   * is changed.
   * @param edits the new texts, with LF line ends
   * @returns how many captions changed, and those that could not be edited, each with a sentence that says why
   */
  async applyEdits(
    label: string,
    edits: readonly TextEdit[],
  ): Promise<{ changed: number; leftOut: AppliedEdits['leftOut'] }> {
    this.commit();
    const { changes, leftOut } = await this.bulkEdits.run(() => applyEdits(this.dataset, edits));
    this.recordEdit(label, changes);
    this.autoSaving.schedule(Math.min(autoSaveDelay(), bulkEditPause));
    return { changed: changes.length, leftOut };
  }

  private async replay(changes: readonly CaptionChange[], direction: 'undo' | 'redo'): Promise<void> {
    this.commit();
    const leftAlone = await replayEdits(this.dataset, changes, direction);
    if (leftAlone.length > 0) {
      const names = leftAlone.slice(0, 3).map((caption) => caption.path);
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          'Left as they are because they were changed since (captions: {0}): {1}',
          leftAlone.length,
          names.join(', '),
        ),
      );
    }
    this.autoSaving.schedule(Math.min(autoSaveDelay(), bulkEditPause));
  }

  /** Resolves a conflict in the way the user chose. */
  resolveConflict(image: DatasetImage, choice: 'mine' | 'theirs' | 'both'): void {
    this.commit();
    const change = this.dataset.resolveConflict(image.caption, choice, mergeTags);
    if (change !== undefined) {
      this.recordEdit(vscode.l10n.t('Resolve Conflict of {0}', path.basename(image.path)), [change]);
    }
    this.autoSaving.schedule(bulkEditPause);
  }

  /** Makes a caption editable whose file is not UTF-8: it will be written as UTF-8. */
  convertToUtf8(image: DatasetImage): void {
    const { caption } = image;
    this.commit();
    const convert = (agreed: boolean) => (): void => {
      if (agreed) caption.agreeToConvert();
      else caption.withdrawConversion();
      this.dataset.changed();
      this.autoSaving.schedule();
    };
    convert(true)();
    this.edited.fire({
      label: vscode.l10n.t('Convert {0} to UTF-8', caption.path),
      undo: convert(false),
      redo: convert(true),
    });
  }

  /**
   * Writes the unsaved captions.
   * @throws Error with the first caption that could not be written, and how many could not
   */
  async save(): Promise<void> {
    await this.loading;
    const { failures } = await this.writeEdits();
    const [first] = failures;
    if (first === undefined) return;
    throw new Error(vscode.l10n.t('Captions not saved: {0}. {1}: {2}', failures.length, first.path, first.reason));
  }

  /** See {@link AutoSave.saveQuietly}. */
  saveQuietly(): Promise<void> {
    return this.autoSaving.saveQuietly();
  }

  /** See {@link AutoSave.save}. */
  autoSave(): Promise<void> {
    return this.autoSaving.save();
  }

  async revert(): Promise<void> {
    this.commit();
    this.toRestore = [];
    this.autoSaving.cancel();
    await this.loading;
    await this.dataset.revert();
  }

  /**
   * Flushes unsaved edits to the journal. Returns false instead of throwing if that fails, for example on a full disk.
   */
  async keepUnsavedEditsSafe(): Promise<boolean> {
    try {
      await this.journal.flush();
      return true;
    } catch (thrown) {
      this.journalFailed(thrown);
      return false;
    }
  }

  /** All unsaved edits, including those of an earlier session that wait until the folder can be read. */
  unsavedEdits(): UnsavedEdit[] {
    return [...this.toRestore, ...this.dataset.unsavedEdits()];
  }

  private unsaved(): Unsaved[] {
    return [...this.toRestore, ...this.dataset.dirtyCaptions];
  }

  /** Writes the unsaved edits to a backup file. */
  async backup(destination: vscode.Uri): Promise<vscode.CustomDocumentBackup> {
    const file = destination.fsPath;
    await writeUnsavedEdits(file, this.unsaved());
    return {
      id: destination.toString(),
      delete: () => {
        void rm(file, { force: true });
      },
    };
  }

  /** Reports edits restored from an earlier session to VS Code; called when VS Code has the document. */
  async announceRestored(): Promise<void> {
    await this.loading;
    this.isKnown = true;
    this.reportRestored();
  }

  private reportRestored(): void {
    if (!this.isKnown || this.restored.length === 0) return;
    this.recordEdit(vscode.l10n.t('Restore Unsaved Captions'), this.restored);
    this.autoSaving.schedule();
    this.restored = [];
  }

  /** The unsaved edits of a backup file. @throws Error when it cannot be read */
  static async readBackup(backupId: string): Promise<UnsavedEdit[]> {
    return parseUnsavedEdits(await readFile(vscode.Uri.parse(backupId).fsPath, 'utf8'));
  }

  private readonly journalFailed = (thrown: unknown): void => {
    this.log.error(`Could not keep unsaved captions safe: ${errorMessage(thrown)}`);
  };

  private async load(changedOnly = false): Promise<void> {
    if (this.isDisposed) return;
    this.loadState = this.loadState === 'ready' ? 'ready' : 'scanning';
    this.changeEmitter.fire();
    const begun = performance.now();
    try {
      await this.dataset.load({
        changedOnly,
        signal: this.life.signal,
        onProgress: (images) => {
          this.loadMessage = vscode.l10n.t('{0} images found…', images.toLocaleString(displayLanguage()));
          this.changeEmitter.fire();
        },
      });
      this.log.info(`Read ${this.uri.fsPath} in ${(performance.now() - begun).toFixed(0)} ms`);
      const unsaved = this.files.unsavedIn(this.uri.fsPath);
      if (unsaved.length > 0) await this.dataset.reconcile(unsaved);
      if (this.toRestore.length > 0) {
        this.restored = await this.dataset.restoreEdits(this.toRestore);
        // Only now: the journal must find these edits at every moment either here or in the dataset.
        this.toRestore = [];
      }
      this.loadState = 'ready';
      this.loadMessage = '';
      this.reportRestored();
      // Save what could not be saved while the folder was missing.
      if (this.isKnown && this.dataset.counts.unsaved > 0) this.autoSaving.schedule();
    } catch (thrown) {
      this.loadFailed(thrown);
    }
    this.changeEmitter.fire();
  }

  private loadFailed(thrown: unknown): void {
    if (this.isDisposed) return;
    const missing = thrown instanceof CaptionError && thrown.code === 'FOLDER_MISSING';
    this.loadState = missing ? 'missing' : 'error';
    this.loadMessage = errorMessage(thrown);
    this.log.error(`Could not read ${this.uri.fsPath}: ${this.loadMessage}`);
    this.changeEmitter.fire();
  }

  private makeAutoSave(): AutoSave {
    const saved = {
      name: this.uri.fsPath,
      get pause() {
        return autoSaveDelay();
      },
      ready: async () => {
        await this.loading;
        return !this.isDisposed;
      },
      write: () => this.writeEdits(),
      clearDirtyMark: () => this.clearDirtyMark(),
    };
    return new AutoSave(saved, this.log);
  }

  /**
   * Clears the dirty mark if nothing is unsaved, by making VS Code save the document.
   * @throws Error when VS Code could not save it
   */
  private async clearDirtyMark(): Promise<void> {
    if (this.dataset.counts.unsaved > 0 || this.isDisposed) return;
    try {
      await vscode.workspace.save(this.uri);
    } catch (thrown) {
      // VS Code cancels a save when the next one begins, and that one clears the mark.
      if (!(thrown instanceof Error && thrown.name === new vscode.CancellationError().name)) throw thrown;
    }
  }

  private async writeEdits(): Promise<SaveReport> {
    this.commit();
    // After a crash in the middle of the save, the journal must have the edits that were not written.
    await this.keepUnsavedEditsSafe();
    return this.dataset.save();
  }
}
