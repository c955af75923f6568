import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
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

/** Where the document is with reading its folder. */
export type LoadState = 'scanning' | 'ready' | 'missing' | 'error';

/** An edit of many captions ends at once what the user does: it is saved at most this much later, in milliseconds. */
const bulkEditPause = 100;

/** One edit to undo, as VS Code is told. */
export interface DocumentEdit {
  label: string;
  undo(): Thenable<void> | void;
  redo(): Thenable<void> | void;
}

/**
 * A folder that is open as a dataset: what VS Code needs to show it as dirty, undo, save, revert and back it up. The
 * dataset itself, and every byte that is written, is the affair of {@link Dataset}.
 */
export class DatasetDocument extends Disposable implements vscode.CustomDocument {
  readonly dataset: Dataset;
  loadState: LoadState = 'scanning';
  /** what is wrong, or how far the scan is */
  loadMessage = '';

  private readonly edited = this.register(new vscode.EventEmitter<DocumentEdit>());
  /** One edit to undo. */
  readonly onDidEdit = this.edited.event;
  private readonly changeEmitter = this.register(new vscode.EventEmitter<void>());
  /** Anything that a view shows changed. */
  readonly onDidChange = this.changeEmitter.event;

  /** Keys typed into one caption are one edit until the user pauses, leaves it, or it is saved. */
  private typing: CaptionChange | undefined;
  private readonly autoSaving: AutoSave;
  private readonly journal: UnsavedJournal;
  /** edits of the last session that wait until the folder can be read */
  private toRestore: UnsavedEdit[];
  /** VS Code knows the document: what is restored from now on can be reported as an edit */
  private isKnown = false;
  private restored: readonly CaptionChange[] = [];
  private loading: Promise<void>;
  /** ends what still runs when the editor is closed */
  private readonly life = new AbortController();
  private bulkEdits: Promise<void> = Promise.resolve();

  /**
   * @param storageFolder where unsaved edits are kept, absolute
   * @param restore edits of an earlier session that were never saved
   * @param files what writes the caption files
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

  /** Ends a disposable together with the document. */
  addToLife(disposable: vscode.Disposable): void {
    this.register(disposable);
  }

  get name(): string {
    return path.basename(this.uri.fsPath);
  }

  /** Resolves when the folder has been read or could not be. */
  async whenLoaded(): Promise<void> {
    await this.loading;
  }

  /**
   * Reads the folder again; unsaved edits stay.
   * @param changedOnly leave captions alone whose file has the time and size that are known
   */
  refresh(changedOnly = false): Promise<void> {
    this.loading = this.loading.then(() => this.load(changedOnly));
    return this.loading;
  }

  /** Looks at files that changed outside. */
  async reconcile(paths: string[]): Promise<void> {
    await this.loading;
    if (this.loadState !== 'ready') return this.refresh();
    const { conflicts } = this.dataset.counts;
    try {
      await this.dataset.reconcile(paths);
      // Another program took its change back: the edit can be saved, and perhaps no key follows it.
      if (this.dataset.counts.conflicts < conflicts) this.autoSaving.schedule();
    } catch (thrown) {
      this.loadFailed(thrown);
    }
  }

  /** How many edits of an earlier session wait until the folder can be read. */
  get waitingEdits(): number {
    return this.toRestore.length;
  }

  /** The paths of the captions that a text editor has text of that is not saved, as of now: that text is shown. */
  get unsavedInEditors(): ReadonlySet<string> {
    return new Set(this.files.unsavedIn(this.uri.fsPath));
  }

  /** Takes the text in as it is typed. Returns the caption, undefined when its image is gone. */
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

  /** Ends the edit that is being typed: the next key begins another one to undo. */
  commit(): void {
    this.typing = undefined;
  }

  /** Makes changes that are already in the dataset one edit to undo. */
  recordEdit(label: string, changes: readonly CaptionChange[]): void {
    if (changes.length === 0) return;
    const replay = (direction: 'undo' | 'redo') => (): Promise<void> =>
      this.inTurn(() => this.replay(changes, direction));
    this.edited.fire({ label, undo: replay('undo'), redo: replay('redo') });
  }

  /**
   * Changes the texts of many captions as one edit to undo, which is saved in the background: all of them, or none when
   * it fails.
   * @param edits the new texts, with LF line ends
   * @returns how many captions changed, and those that could not be edited, each with a sentence that says why
   */
  async applyEdits(
    label: string,
    edits: readonly TextEdit[],
  ): Promise<{ changed: number; leftOut: AppliedEdits['leftOut'] }> {
    this.commit();
    const { changes, leftOut } = await this.inTurn(() => applyEdits(this.dataset, edits));
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

  /** Settles a conflict as the user chose. */
  resolveConflict(image: DatasetImage, choice: 'mine' | 'theirs' | 'both'): void {
    this.commit();
    const change = this.dataset.resolveConflict(image.caption, choice, mergeTags);
    if (change !== undefined) {
      this.recordEdit(vscode.l10n.t('Resolve Conflict of {0}', path.basename(image.path)), [change]);
    }
    this.autoSaving.schedule(bulkEditPause);
  }

  /** Makes a caption that is not UTF-8 editable; it is written as UTF-8 from then on. */
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

  /** Writes the edited captions. @throws Error that names those that could not be written */
  async save(): Promise<void> {
    await this.loading;
    const { failures } = await this.writeEdits();
    const [first] = failures;
    if (first === undefined) return;
    throw new Error(vscode.l10n.t('Captions not saved: {0}. {1}: {2}', failures.length, first.path, first.reason));
  }

  /** {@link AutoSave.saveQuietly} */
  saveQuietly(): Promise<void> {
    return this.autoSaving.saveQuietly();
  }

  /** {@link AutoSave.save} */
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

  /** Has the unsaved edits in the journal. Returns whether they are: a full disk must not stop anything else. */
  async keepUnsavedEditsSafe(): Promise<boolean> {
    try {
      await this.journal.flush();
      return true;
    } catch (thrown) {
      this.journalFailed(thrown);
      return false;
    }
  }

  /** Edits that are not on disk, also those that wait for the folder. */
  unsavedEdits(): UnsavedEdit[] {
    return [...this.toRestore, ...this.dataset.unsavedEdits()];
  }

  private unsaved(): Unsaved[] {
    return [...this.toRestore, ...this.dataset.dirtyCaptions];
  }

  /** Writes the unsaved captions to a file. */
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

  /** Makes edits of an earlier session dirty and undoable; called when VS Code knows the document. */
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

  /** Reads a backup. @throws Error when it cannot be read */
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
        // Not before: at every moment the journal finds these edits in one place or the other.
        this.toRestore = [];
      }
      this.loadState = 'ready';
      this.loadMessage = '';
      this.reportRestored();
      // What could not be saved while the folder was away.
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
   * Clears the dirty mark of a document without edits, by having VS Code save it.
   * @throws Error when VS Code could not save it
   */
  private async clearDirtyMark(): Promise<void> {
    if (this.dataset.counts.unsaved > 0 || this.isDisposed) return;
    try {
      await vscode.workspace.save(this.uri);
    } catch (thrown) {
      // VS Code ends a save when the next one begins, which then clears the mark.
      if (!(thrown instanceof Error && thrown.name === new vscode.CancellationError().name)) throw thrown;
    }
  }

  private async writeEdits(): Promise<SaveReport> {
    this.commit();
    // A crash in the middle of the save must find what is left in the journal.
    await this.keepUnsavedEditsSafe();
    return this.dataset.save();
  }

  /** Edits of many captions take a while: they follow one another. */
  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.bulkEdits.then(task);
    // Whether it succeeds or not, the next one may begin.
    this.bulkEdits = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}
