import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { displayLanguage } from '../../base/displayLanguage';
import { applyEdits, replayEdits, type AppliedEdits, type TextEdit } from '../../dataset/edits/bulkEdits';
import type { Caption, CaptionChange } from '../../dataset/captions/Caption';
import { CaptionError } from '../../dataset/files/CaptionError';
import type { SaveReport } from '../../dataset/captions/CaptionSaver';
import { Dataset } from '../../dataset/Dataset';
import { pathBelow } from '../../dataset/files/datasetPath';
import type { EditAuthor } from '../../dataset/files/FileWriter';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { RecordedWriter } from '../../records/edits/RecordedWriter';
import { textOfRaw } from '../../tags/captionText';
import { mergeTags } from '../../tags/tagCounts';
import type { UnsavedEdit } from '../../dataset/captions/unsavedEdit';
import { errorMessage } from '../../protocol/channel/wireError';
import { inOneLine } from '../../protocol/text/escapeControls';
import { AutoSave } from './AutoSave';
import { DatasetUndo, type Replayed } from './DatasetUndo';
import { Disposable } from '../shared/Disposable';
import { watchTextEditors, type EditorFiles } from './EditorFiles';
import { EditOrder } from './EditOrder';
import { type Direction, type EditOrigin, isSameRun } from './EditStack';
import { readUnsavedEdits, writeUnsavedEdits, type Unsaved } from './JournalFile';
import { autoSaveDelay, datasetOptions } from '../settings/settings';
import type { UndoCommands } from './UndoCommands';
import { UnsavedJournal } from './UnsavedJournal';
import { WindowRecords } from './WindowRecords';

/** The state of reading the folder. */
export type LoadState = 'scanning' | 'ready' | 'missing' | 'error';

/** Maximum debounce before a bulk edit is saved, in ms: unlike typing, it is not followed by more keystrokes. */
const bulkEditPause = 100;

/** The author of typing, pasting, merging and edits with chips. */
const hand: EditAuthor = { by: 'hand' };

/** What a page knows of the text that is typed into a caption. */
export interface Typed extends EditOrigin {
  /** what the caption held when this was typed, as far as the page knew */
  from: string;
}

/** An edit that changed many captions at once. */
export interface EditOfMany {
  label: string;
  /** with what each caption held before */
  changes: readonly CaptionChange[];
}

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
  private readonly editedMany = this.register(new vscode.EventEmitter<EditOfMany>());
  /** Fires when many captions were changed at once, before they are saved. */
  readonly onDidEditMany = this.editedMany.event;
  private readonly changeEmitter = this.register(new vscode.EventEmitter<void>());
  /** Fires when anything changed that a view shows. */
  readonly onDidChange = this.changeEmitter.event;

  /** the edit that further keystrokes are merged into, until the user leaves the caption or it is saved */
  private typing: { change: CaptionChange; origin: EditOrigin | undefined } | undefined;
  private readonly autoSaving: AutoSave;
  private readonly records: WindowRecords;
  private readonly journal: UnsavedJournal;
  /** unsaved edits of the last session, until the folder has been read and they can be applied */
  private toRestore: UnsavedEdit[];
  /** whether VS Code has received the document, so that restored edits can be reported to it */
  private isKnown = false;
  private restored: readonly CaptionChange[] = [];
  private loading: Promise<void>;
  /** aborted when the editor is closed */
  private readonly life = new AbortController();
  /** Serializes everything that changes captions: typing, bulk edits, undo and redo. */
  readonly order = new EditOrder();
  private readonly undo: DatasetUndo;
  /** typing runs that caused a conflict: their edits are on the undo stack, but cannot be found there by their run */
  private readonly contradicting = new Set<number>();
  /** whether the unsaved edits were handed over to the document of the renamed folder */
  private isHandedOver = false;

  /**
   * @param storageFolder absolute path of the folder for the journal of unsaved edits
   * @param restore unsaved edits of an earlier session
   * @param files writes the caption files
   * @param undoCommands VS Code's, for all open datasets
   */
  constructor(
    readonly uri: vscode.Uri,
    storageFolder: string,
    restore: UnsavedEdit[],
    private readonly files: EditorFiles,
    undoCommands: UndoCommands,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.undo = new DatasetUndo(this.order, undoCommands, () => {
      this.changeEmitter.fire();
    });
    const pictureOf = (file: string): string | undefined => this.dataset.pictureOf(file);
    this.records = new WindowRecords(uri, (line) => {
      log.warn(line);
    });
    this.dataset = new Dataset(uri.fsPath, datasetOptions(uri), new RecordedWriter(files, this.records, pictureOf));
    this.recordOthers();
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
      // A conflict disappeared because another program undid its change: now the edit can be saved. Schedule that here,
      // because perhaps no keystroke follows.
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

  /**
   * Sets the text of a caption after each keystroke. If the caption does not hold the text that the page showed before
   * the keystroke, that is a conflict.
   * @returns undefined when the image is gone
   */
  draft(imagePath: string, text: string, { from, view, run }: Typed): Caption | undefined {
    const image = this.dataset.image(imagePath);
    if (image === undefined) return undefined;
    const { caption } = image;
    const { typing } = this;
    if (typing?.change.caption !== caption || typing.origin?.view !== view || typing.origin.run !== run) this.commit();
    const { inConflict } = caption;
    const change = this.dataset.setTextFrom(caption, from, text);
    if (change === undefined) return caption;
    const contradicts = !inConflict && caption.inConflict;
    if (this.typing !== undefined && !contradicts) {
      this.typing.change.after = change.after;
    } else {
      const origin = { view, run };
      this.typing = { change, origin };
      // Undo of this edit restores a text that the page has not seen: record it as an edit that the page does not know.
      const known = contradicts ? undefined : origin;
      if (contradicts) this.contradicting.add(run);
      this.recordEdit(vscode.l10n.t('Edit Caption of {0}', path.basename(imagePath)), [change], known);
    }
    caption.addStep(hand, this.typing.change);
    this.autoSaving.schedule();
    return caption;
  }

  /** Ends the edit that is being typed: the next keystroke begins a new undoable edit. */
  commit(): void {
    this.typing = undefined;
  }

  /**
   * Reports changes that are already in the dataset to VS Code as one undoable edit.
   * @param by who made them; `job`: a job, whose own record says more
   * @param onReplay called before they are taken back or made again
   */
  recordEdit(
    label: string,
    changes: readonly CaptionChange[],
    origin?: EditOrigin,
    by: EditAuthor | 'job' = hand,
    onReplay?: (direction: Direction) => void,
  ): void {
    if (changes.length === 0) return;
    const isVoid = (): boolean => changes.every(({ before, after }) => before === after);
    const replay = (direction: Direction): Promise<void> => {
      onReplay?.(direction);
      return this.replay(changes, direction, by);
    };
    this.report(label, replay, origin, isVoid);
  }

  private report(
    label: string,
    replay: (direction: Direction) => Promise<void> | void,
    origin?: EditOrigin,
    isVoid?: () => boolean,
  ): void {
    const turn = this.undo.record(
      async (direction) => {
        this.commit();
        await replay(direction);
      },
      origin,
      isVoid,
    );
    this.edited.fire({ label, undo: () => turn('undo'), redo: () => turn('redo') });
  }

  /** Whether there is nothing to undo or redo. */
  get isUnedited(): boolean {
    return this.undo.stack.isEmpty;
  }

  /** How often the undo stack was changed by anything but this view; then the view's own undo history is stale. */
  changesBesides(view: object): number {
    return this.undo.stack.changesBesides(view);
  }

  /**
   * Undoes the last edit, or redoes the next one, after all earlier requests; see {@link DatasetUndo}.
   * @param view the view whose user wants it
   * @param isActive whether the view is the active editor: VS Code's commands work only on that one
   * @param run the typing run that the page has already undone or redone (optimistic update); undefined if it did not
   *   know which edit comes next
   */
  replayNext(direction: Direction, view: object, isActive: () => boolean, run?: number): Promise<Replayed> {
    return this.order.run(async () => {
      this.commit();
      const { undo } = this;
      // This run changed nothing in the file's content, so it is not on the stack: there is nothing left to do.
      if (run !== undefined && !undo.stack.has({ view, run }, direction) && !this.contradicting.has(run))
        return { done: true, run };
      return undo.replayNext(direction, view, isActive);
    });
  }

  /**
   * Undoes an edit unless another one was made after it.
   * @param isActive whether the view in which it was made is the active editor
   * @returns whether it was undone
   */
  undoIfLast(origin: EditOrigin, isActive: () => boolean): Promise<boolean> {
    return this.order.run(async () => {
      this.commit();
      const { undo } = this;
      if (!isSameRun(undo.stack.next('undo'), { origin })) return false;
      return (await undo.replayNext('undo', origin.view, isActive)).done;
    });
  }

  /**
   * Changes the texts of many captions as one undoable edit, which is saved in the background. If it fails, no caption
   * is changed.
   * @param edits the new texts, with LF line ends
   * @param by who makes the edit, for the record of who wrote what
   * @param onReplay called before the edit is taken back or made again
   * @param origin by which {@link undoIfLast} knows it
   * @returns how many captions changed, and those that could not be edited, each with a sentence that says why
   */
  async applyEdits(
    label: string,
    edits: readonly TextEdit[],
    by: EditAuthor,
    onReplay?: (direction: Direction) => void,
    origin?: EditOrigin,
  ): Promise<{ changed: number; leftOut: AppliedEdits['leftOut'] }> {
    return this.order.run(async () => {
      this.commit();
      const { changes, leftOut } = await applyEdits(this.dataset, edits, by);
      this.recordEdit(label, changes, origin, by, onReplay);
      if (changes.length > 1) this.editedMany.fire({ label, changes });
      this.autoSaving.schedule(Math.min(autoSaveDelay(), bulkEditPause));
      return { changed: changes.length, leftOut };
    });
  }

  private async replay(changes: readonly CaptionChange[], direction: Direction, by: EditAuthor | 'job'): Promise<void> {
    tellLeftAlone(await replayEdits(this.dataset, changes, direction, by === 'job' ? undefined : by));
    this.autoSaving.schedule(Math.min(autoSaveDelay(), bulkEditPause));
  }

  /** Resolves a conflict in the way the user chose. */
  resolveConflict(image: DatasetImage, choice: 'mine' | 'theirs' | 'both'): void {
    this.commit();
    const change = this.dataset.resolveConflict(image.caption, choice, mergeTags);
    if (change !== undefined) {
      image.caption.addStep(hand);
      this.recordEdit(vscode.l10n.t('Resolve Conflict of {0}', path.basename(image.path)), [change]);
    }
    this.autoSaving.schedule(bulkEditPause);
  }

  /** Makes a caption editable whose file is not UTF-8: it will be written as UTF-8. Undo gives it its bytes again. */
  convertToUtf8(image: DatasetImage): void {
    this.commit();
    const captionPath = image.caption.path;
    const former = image.caption.agreeToConvert();
    if (former === undefined) return;
    this.conversionChanged();
    this.report(vscode.l10n.t('Convert {0} to UTF-8', captionPath), (direction) => {
      // The image may have been removed and come back since, which makes another object.
      const caption = this.dataset.caption(captionPath) ?? image.caption;
      const isDone = direction === 'redo' ? caption.agreeToConvert() !== undefined : caption.takeBackConversion(former);
      if (!isDone) tellLeftAlone([caption]);
      this.conversionChanged();
    });
  }

  private conversionChanged(): void {
    this.dataset.changed();
    this.autoSaving.schedule();
  }

  /**
   * Writes the unsaved captions.
   * @throws Error with the first caption that could not be written, and how many could not
   */
  async save(): Promise<void> {
    await this.loading;
    await this.order.idle();
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
    await this.order.idle();
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

  /**
   * Restores unsaved edits from the journal of another window. They come late because that window may have been alive
   * when this document was opened. Text typed here in the meantime is kept, and undo brings the older edit back.
   * @returns whether the edits are safe in this document's journal
   */
  async takeOver(edits: readonly UnsavedEdit[]): Promise<boolean> {
    await this.loading;
    if (this.isDisposed) return false;
    if (this.loadState === 'ready') {
      this.restored = [...this.restored, ...(await this.dataset.restoreEdits(edits))];
      this.reportRestored();
      this.changeEmitter.fire();
    } else {
      this.toRestore = [...this.toRestore, ...edits];
    }
    return this.keepUnsavedEditsSafe();
  }

  /**
   * Returns all unsaved edits, including those of an earlier session that wait until the folder can be read, for the
   * document that replaces this one after a rename. From now on this document writes nothing when it is closed.
   */
  handOver(): UnsavedEdit[] {
    this.isHandedOver = true;
    return [...this.toRestore, ...this.dataset.unsavedEdits()];
  }

  /** Cancels {@link handOver}: the document writes its unsaved edits when it is closed. */
  takeBack(): void {
    this.isHandedOver = false;
  }

  /** Whether its editor was closed. */
  get isClosed(): boolean {
    return this.isDisposed;
  }

  /**
   * Writes the edits that are still unsaved when the editor is closed. VS Code asks before it closes an editor with
   * unsaved edits, so these came too late for the question, and the user has not chosen to discard them. What cannot be
   * written stays in the journal, which the next editor of this dataset adopts.
   */
  override dispose(): void {
    if (this.isDisposed) return;
    const last = this.isHandedOver ? undefined : this.writeLast();
    if (last !== undefined) this.journal.endAfter(last);
    void (last ?? Promise.resolve()).finally(() => {
      this.records.dispose();
    });
    super.dispose();
  }

  /** @returns whether all is written; undefined if nothing is to be written */
  private writeLast(): Promise<boolean> | undefined {
    if (this.order.isIdle && this.unsaved().length === 0) return undefined;
    const write = async (): Promise<boolean> => {
      await this.order.idle();
      const { failures } = await this.dataset.save();
      for (const { path: file, reason } of failures) this.log.warn(`Not saved when it was closed: ${file}: ${reason}`);
      return failures.length === 0 && this.toRestore.length === 0;
    };
    return write().catch((thrown: unknown) => {
      this.log.error(`Saving ${this.uri.fsPath} when it was closed failed: ${errorMessage(thrown)}`);
      return false;
    });
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
    return readUnsavedEdits(vscode.Uri.parse(backupId).fsPath);
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
        // Not earlier: whenever the journal is written, these edits must be either here or in the dataset.
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

  /** Records what other programs change. What a text editor of this window saves is a person's, as without a record. */
  private recordOthers(): void {
    const { dataset, records } = this;
    const edited = new Set<string>();
    this.register(
      watchTextEditors(this.uri.fsPath, (relative) => {
        edited.add(relative);
      }),
    );
    const dispose = dataset.onDidChangeFile((caption, before) => {
      if (this.loadState !== 'ready' || edited.has(caption.path)) return;
      const now = caption.onDisk;
      const textOf = (content: typeof now): string => (content === null ? '' : textOfRaw(content.raw));
      const picture = dataset.absolute(caption.images[0] ?? '');
      records.fileChanged(dataset.absolute(caption.path), textOf(before), textOf(now), picture);
    });
    this.register({ dispose });
    this.register(
      vscode.workspace.onDidRenameFiles(({ files }) => {
        void this.recordRenames(files);
      }),
    );
  }

  /**
   * Renames by VS Code, as in the Explorer, are reported; those by other programs are found by the content of
   * captions.
   */
  private async recordRenames(files: vscode.FileRenameEvent['files']): Promise<void> {
    const { dataset, records } = this;
    const moved: { from: string; to: string }[] = [];
    for (const { oldUri, newUri } of files) {
      if (pathBelow(dataset.folder, oldUri.fsPath) === undefined) continue;
      if (pathBelow(dataset.folder, newUri.fsPath) === undefined) continue;
      // The dataset may have heard of it already: then it knows the new names only.
      for (const { path: name } of dataset.allCaptions) {
        const file = dataset.absolute(name);
        const [inOld, inNew] = [pathBelow(oldUri.fsPath, file), pathBelow(newUri.fsPath, file)];
        if (inOld !== undefined) moved.push({ from: file, to: path.join(newUri.fsPath, inOld) });
        else if (inNew !== undefined) moved.push({ from: path.join(oldUri.fsPath, inNew), to: file });
      }
    }
    await records.move(moved);
  }

  private makeAutoSave(): AutoSave {
    const saved = {
      name: this.uri.fsPath,
      get pause() {
        return autoSaveDelay();
      },
      ready: async () => {
        await this.loading;
        // Edits that were requested before the save are part of it.
        await this.order.idle();
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

function tellLeftAlone(captions: readonly Caption[]): void {
  if (captions.length === 0) return;
  const names = captions.slice(0, 3).map((caption) => inOneLine(caption.path));
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Left as they are because they were changed since (captions: {0}): {1}',
      captions.length,
      names.join(', '),
    ),
  );
}
