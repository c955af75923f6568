import type { CaptionError } from '../files/CaptionError';
import type { EditAuthor, EditStep } from '../files/FileWriter';
import type { CaptionContent, ForeignContent, ForeignEncoding } from './captionContent';
import { isEmptyCaption, normalizeLineEnds, rawWithText, textOfRaw } from '../../tags/captionText';

/** One edit of one caption: what the file should hold before and after; null means no file. */
export interface CaptionChange {
  caption: Caption;
  before: string | null;
  after: string | null;
  /** its author, if that differs from the author of the whole edit */
  by?: EditAuthor;
  /** set when the edit ended a conflict, which undoing the edit restores */
  conflict?: { base: CaptionContent | null; theirs: CaptionContent | null };
  /** set when undoing the edit ended a conflict, which redoing the edit restores */
  contradicted?: { base: CaptionContent | null } | undefined;
}

/** What happens to a caption file whose text was emptied: it is deleted, or it keeps one line end (never 0 bytes). */
export type EmptiedCaption = 'delete' | 'keepLineEnd';

/** Notified of every change of a caption that may affect the counts. */
export interface CaptionObserver {
  captionChanged(caption: Caption): void;
  /** Its file holds something else than this dataset knew and wrote. */
  fileChanged?(caption: Caption, before: CaptionContent | null): void;
  /** The caption is no longer part of the dataset. */
  forget(caption: Caption): void;
}

/** Further facts about an unsaved edit that is restored. */
interface RestoredParts {
  rival?: string | null | undefined;
  takenBack?: ForeignContent | undefined;
  steps?: readonly EditStep[];
}

/** A step of the unsaved edit. */
interface OwnStep extends EditStep {
  /** identifies the edit: what is typed on belongs to the step that it began */
  edit: object | undefined;
}

/**
 * One caption file and its unsaved edits. This class never touches the disk: its callers report what the disk holds,
 * and it says what should be written.
 */
export class Caption {
  /** what the file held when it was last read or written; null when there is none */
  private disk: CaptionContent | null = null;
  /** the content that another program last gave the file: new text adopts its byte order mark and line ends */
  private model: string | null = null;
  /**
   * the text exactly as typed, and the content made of it; reading the text from the content would lose blanks and a
   * last line end
   */
  private typed: { text: string; raw: string | null } | undefined;
  /** the content that the user wants; undefined while that is the content on the disk */
  private wanted: string | null | undefined;
  /** set during a conflict with another program's change: what the file held when the unsaved edits began */
  private conflictBase: CaptionContent | null | undefined;
  /**
   * set during a conflict with an edit that is not on the disk, such as a bulk edit or another tab's: what that edit
   * made of the caption
   */
  private rival: CaptionContent | null | undefined;
  /** while there is a {@link rival}: what the file held when it came up, or what was written since */
  private rivalDisk: CaptionContent | null | undefined;
  /** the user agreed to convert a file that is not UTF-8 to UTF-8 */
  private conversionAgreed = false;
  /** set while a conversion that was written is taken back: the bytes that the file gets again */
  private takenBack: ForeignContent | undefined;
  private readFailure: CaptionError | undefined;
  private saveFailure: CaptionError | undefined;
  /** modification time in ms and size in bytes of the file when its content was {@link disk}; NaN while unknown */
  private modified = NaN;
  private size = 0;
  /**
   * the path of the only image, or an array of several: an array for each of hundreds of thousands of captions wastes
   * memory
   */
  private owners: string | readonly string[];
  /** the steps of the unsaved edit, and those of them that are being written; undefined if unknown */
  private ownSteps: OwnStep[] | undefined;
  private stepsInWrite: OwnStep[] | undefined;
  /** whether a text is one that the unsaved typing passed through; see {@link expectLateWrites} */
  private isPassed: ((text: string) => boolean) | undefined;
  /** a write is in flight */
  saving = false;
  /** set while the caption is part of a dataset */
  observer: CaptionObserver | undefined;
  /** the content and state that {@link observer} has counted for this caption */
  counted: string | null = null;
  countedAs = 0;

  constructor(
    /** path of the caption file, relative to the dataset, with `/` */
    readonly path: string,
    images: readonly string[],
  ) {
    this.owners = images.length === 1 ? (images[0] ?? '') : images;
  }

  /** Relative paths of the images that share this caption file, in natural order. */
  get images(): readonly string[] {
    return typeof this.owners === 'string' ? [this.owners] : this.owners;
  }

  set images(images: readonly string[]) {
    this.owners = images.length === 1 ? (images[0] ?? '') : images;
    this.observer?.captionChanged(this);
  }

  get imageCount(): number {
    return typeof this.owners === 'string' ? 1 : this.owners.length;
  }

  /** Why the last attempt to save failed; undefined once an attempt succeeded or the text changed. */
  get failure(): CaptionError | undefined {
    return this.saveFailure;
  }

  set failure(failure: CaptionError | undefined) {
    this.saveFailure = failure;
    this.observer?.captionChanged(this);
  }

  /** Why the file could not be read. While this is set, the file must not be written, and its content is unknown. */
  get unreadable(): CaptionError | undefined {
    return this.readFailure;
  }

  set unreadable(failure: CaptionError | undefined) {
    const before = this.readFailure;
    this.readFailure = failure;
    if ((before === undefined) !== (failure === undefined)) this.observer?.captionChanged(this);
  }

  /** What the file should hold; null means no file. */
  get raw(): string | null {
    return this.wanted === undefined ? (this.disk?.raw ?? null) : this.wanted;
  }

  /** The caption as the user sees it; an empty string when there is none. */
  get text(): string {
    const raw = this.raw;
    if (this.typed?.raw === raw) return this.typed.text;
    return raw === null ? '' : textOfRaw(raw);
  }

  /** Whether there is no caption. Of a file that cannot be read that is not known, so it does not count as empty. */
  get isEmpty(): boolean {
    if (this.readFailure !== undefined) return false;
    const raw = this.raw;
    return raw === null || isEmptyCaption(raw);
  }

  /** Whether there are edits that the disk does not hold. */
  get isDirty(): boolean {
    return this.wanted !== undefined;
  }

  /**
   * The content that conflicts with the unsaved edit, null if there it means no file; undefined when there is no
   * conflict. It is another program's, or that of an edit which the user had not seen when the typing began.
   */
  get theirs(): CaptionContent | null | undefined {
    if (this.conflictBase === undefined) return undefined;
    return this.rival === undefined ? this.disk : this.rival;
  }

  /** What another edit, which is not on the disk either, made of the caption; undefined if there is none. */
  get unsavedRival(): CaptionContent | null | undefined {
    return this.rival;
  }

  get inConflict(): boolean {
    return this.conflictBase !== undefined;
  }

  /**
   * The encoding of a file that is not UTF-8, while the user has not agreed to convert it: the file must not be
   * written.
   */
  get foreignEncoding(): ForeignEncoding | undefined {
    if (this.takenBack !== undefined) return this.takenBack.encoding;
    return this.conversionAgreed ? undefined : this.disk?.foreign?.encoding;
  }

  /** The bytes that the file gets where a conversion to UTF-8 was taken back and that is not saved yet. */
  get bytesToRestore(): ForeignContent | undefined {
    return this.takenBack;
  }

  /** What the file held when the unsaved edit was made. */
  get editBase(): CaptionContent | null {
    return this.conflictBase === undefined ? this.disk : this.conflictBase;
  }

  /**
   * Whether the file did not exist at the last check, and there is nothing else (an edit, an error) that reading it
   * again may change.
   */
  get isKnownAbsent(): boolean {
    return this.disk === null && !this.isDirty && this.unreadable === undefined;
  }

  /** The steps of the unsaved edit that {@link addStep} recorded, beginning with the content of the disk. */
  get steps(): readonly EditStep[] {
    return this.ownSteps ?? [];
  }

  /**
   * Says who made the last change of the unsaved edit. Steps that lead back to an earlier one of them are dropped: on
   * the disk they never were.
   * @param edit identifies the edit: a further change by the same one belongs to its step
   */
  addStep(by: EditStep['by'], edit?: object): void {
    if (!this.isDirty) {
      this.ownSteps = undefined;
      return;
    }
    const after = this.raw;
    const steps = this.ownSteps ?? [];
    const last = steps.at(-1);
    if (edit !== undefined && last?.edit === edit) steps.pop();
    const same = steps.findIndex((step) => step.after === after);
    if (same >= 0) steps.length = same + 1;
    else steps.push({ by, after, edit });
    this.ownSteps = steps;
  }

  /** What the disk is believed to hold. */
  get onDisk(): CaptionContent | null {
    return this.disk;
  }

  /** Modification time in ms (NaN if it is not reliable) and size in bytes of the file when it was last read. */
  get stamp(): { modified: number; size: number } {
    return { modified: this.modified, size: this.size };
  }

  /**
   * Records the stamp of the file whose content is {@link onDisk}: a file with the same stamp need not be read again.
   */
  stampAs(modified: number, size: number): void {
    this.modified = modified;
    this.size = size;
  }

  /**
   * Changes the text. White space alone counts as empty.
   * @returns what changed, or undefined when nothing did
   */
  setText(text: string, emptied: EmptiedCaption): CaptionChange | undefined {
    if (text === this.text) return undefined;
    const before = this.raw;
    const after = this.contentOf(text, emptied);
    this.typed = { text, raw: after };
    return this.setRaw(after) ? { caption: this, before, after } : undefined;
  }

  /** Whether the caption holds this text, apart from blanks and line ends that a caption file does not keep. */
  isText(text: string, emptied: EmptiedCaption): boolean {
    if (normalizeLineEnds(this.text) === normalizeLineEnds(text)) return true;
    const raw = this.contentOf(text, emptied);
    return raw === this.raw || (this.isEmpty && (raw === null || isEmptyCaption(raw)));
  }

  /**
   * Changes the text as {@link setText} does. If the caption no longer holds the text that the edit began from, both
   * texts are kept and it is a conflict: the new text is the user's, and what the caption held until now is theirs.
   * @param from the text that the user saw when the typing began
   */
  setTextFrom(from: string, text: string, emptied: EmptiedCaption): CaptionChange | undefined {
    if (this.inConflict || this.isText(from, emptied) || this.isText(text, emptied)) return this.setText(text, emptied);
    const before = this.raw;
    const base = this.contentOf(from, emptied);
    const after = this.contentOf(text, emptied);
    // Back at the text that it began from, typing contradicts nothing: what is there stays.
    if (after === base) return undefined;
    this.typed = { text, raw: after };
    this.contradict(after, base === null ? null : { raw: base });
    return { caption: this, before, after };
  }

  /** Sets the wanted content, as undo and redo do. Returns whether anything changed. */
  setRaw(raw: string | null): boolean {
    if (raw === this.raw) return false;
    this.saveFailure = undefined;
    this.takenBack = undefined;
    const base = this.conflictBase;
    // Undoing the edit ends a conflict: without the edit, nothing contradicts the other program's content.
    const takenBack = base !== undefined && raw === (base?.raw ?? null);
    const { rival } = this;
    if (rival !== undefined && (takenBack || raw === (rival?.raw ?? null))) this.giveWayTo(rival);
    else if (this.mayRestOnDisk && (takenBack || raw === this.diskRaw)) this.settle();
    else this.wanted = raw;
    this.observer?.captionChanged(this);
    return true;
  }

  /**
   * Records that the user agrees to write this file, which is not UTF-8, as the UTF-8 that is shown.
   * @returns what the file held, for {@link takeBackConversion}; undefined if there is nothing to convert, or the
   *   encoding is unknown
   */
  agreeToConvert(): CaptionContent | undefined {
    const { takenBack, disk } = this;
    const former = takenBack === undefined ? disk : { raw: this.raw ?? '', foreign: takenBack };
    if (former?.foreign === undefined || former.foreign.encoding === 'unknown') return undefined;
    this.takenBack = undefined;
    this.conversionAgreed = true;
    const text = takenBack === undefined ? (this.wanted ?? former.raw) : former.raw;
    // The disk may hold that text again, where the bytes were not written yet.
    if (disk?.foreign === undefined && disk?.raw === text && this.mayRestOnDisk) this.settle();
    else this.wanted = text;
    this.observer?.captionChanged(this);
    return former;
  }

  /**
   * Takes back the conversion of a file that is not UTF-8: it keeps its bytes, or gets them again.
   * @param former what {@link agreeToConvert} returned
   * @returns false if the caption holds something else than was converted; then nothing changes
   */
  takeBackConversion(former: CaptionContent): boolean {
    if (this.raw !== former.raw || this.inConflict || this.foreignEncoding !== undefined) return false;
    if (!this.saving && sameContent(this.disk, former)) this.settle();
    else {
      this.wanted = former.raw;
      this.takenBack = former.foreign;
    }
    this.observer?.captionChanged(this);
    return true;
  }

  /** Reports what the disk holds now. Unsaved edits are kept; if the disk has changed as well, that is a conflict. */
  readFromDisk(content: CaptionContent | null): void {
    if (sameContent(this.disk, content)) return;
    const before = this.disk;
    this.disk = content;
    this.observer?.fileChanged?.(this, before);
    this.modified = NaN;
    this.model = content?.raw ?? null;
    if (this.wanted === undefined) {
      this.settle();
      this.typed = undefined;
    } else if (this.isWanted(content)) {
      this.settle();
    } else if (this.conflictBase !== undefined && sameContent(this.conflictBase, content)) {
      // With a rival the contradiction is not on the disk.
      if (this.rival === undefined) this.conflictBase = undefined;
    } else if (this.conflictBase === undefined && !this.isLateWrite(content)) {
      // Not `??=`: null is a valid base, that of a caption without a file.
      this.conflictBase = before;
    }
    this.observer?.captionChanged(this);
  }

  /**
   * The unsaved edit was typed in a window that is gone. That window may still write an earlier state of it. Such a
   * write is not another program's, and no conflict: the edit continues from it.
   * @param isPassed whether a text is one that the typing passed through
   */
  expectLateWrites(isPassed: (text: string) => boolean): void {
    if (this.isDirty) this.isPassed = isPassed;
  }

  /** Reports that a write begins; {@link written} or {@link notWritten} ends it. */
  writing(): void {
    this.saving = true;
    this.stepsInWrite = this.ownSteps;
    this.ownSteps = undefined;
  }

  /**
   * Reports that `raw` has been written. Edits made during the write stay unsaved.
   * @param foreign set when its bytes in another encoding were written, see {@link bytesToRestore}
   */
  written(raw: string | null, foreign?: ForeignContent): void {
    this.saving = false;
    this.stepsInWrite = undefined;
    this.disk = raw === null ? null : { raw, ...(foreign === undefined ? {} : { foreign }) };
    if (this.rivalDisk !== undefined) this.rivalDisk = this.disk;
    this.modified = NaN;
    this.saveFailure = undefined;
    if (this.isWanted(this.disk)) this.settle();
    this.observer?.captionChanged(this);
  }

  /** Reports that nothing was written, and why; undefined if the reason shows otherwise, as a conflict does. */
  notWritten(failure: CaptionError | undefined): void {
    this.saving = false;
    if (this.stepsInWrite !== undefined) this.ownSteps = [...this.stepsInWrite, ...(this.ownSteps ?? [])];
    this.stepsInWrite = undefined;
    // The edit may have been undone during the attempt.
    if (this.mayRestOnDisk && this.wanted === this.diskRaw) this.settle();
    else this.saveFailure = failure;
    this.observer?.captionChanged(this);
  }

  /** Ends a conflict in favour of the unsaved edit: the next save replaces the other program's content. */
  keepMine(): void {
    this.conflictBase = this.rival = undefined;
    this.faceDisk();
    if (this.disk?.foreign !== undefined) this.conversionAgreed = true;
    this.observer?.captionChanged(this);
  }

  /** Resolves a conflict with the other program's content, or with both merged. */
  endConflictWith(raw: string | null): CaptionChange {
    const before = this.raw;
    this.conflictBase = this.rival = undefined;
    this.saveFailure = undefined;
    this.takenBack = undefined;
    this.wanted = raw === this.diskRaw ? undefined : raw;
    this.faceDisk();
    this.observer?.captionChanged(this);
    return { caption: this, before, after: raw };
  }

  /**
   * Undoes or redoes an edit of this caption. If the edit ended a conflict and the other program's content is still
   * there, undo restores the conflict and redo ends it again; if undo ended a conflict, redo restores it.
   * @returns false if the caption holds something else by now; then nothing changes
   */
  replay(change: CaptionChange, direction: 'undo' | 'redo'): boolean {
    const { before, after, conflict, contradicted } = change;
    const [from, to] = direction === 'undo' ? [after, before] : [before, after];
    // If the file is a link, an emptied caption was written as one line end.
    const holds = this.raw === from || (from === null && this.isEmpty);
    if (!holds) return false;
    if (direction === 'redo' && conflict !== undefined && sameContent(this.disk, conflict.theirs)) this.keepMine();
    if (direction === 'redo' && contradicted !== undefined && !this.inConflict) {
      this.contradict(to, contradicted.base);
      return true;
    }
    const base = this.conflictBase;
    this.setRaw(to);
    if (direction === 'undo') change.contradicted = base === undefined || this.inConflict ? undefined : { base };
    if (direction === 'undo' && conflict !== undefined && sameContent(this.disk, conflict.theirs) && this.isDirty) {
      this.conflictBase = conflict.base;
      this.observer?.captionChanged(this);
    }
    return true;
  }

  /**
   * Restores an unsaved edit, for example after a reload.
   * @param base what the disk held when the edit was made; if the disk holds something else now, that is a conflict
   * @param edit.rival see {@link unsavedRival}
   * @param edit.takenBack see {@link bytesToRestore}
   * @param edit.steps see {@link steps}
   */
  restoreEdit(
    raw: string | null,
    base: CaptionContent | null,
    { rival, takenBack, steps = [{ by: { by: 'hand' }, after: raw }] }: RestoredParts = {},
  ): void {
    if (base?.foreign !== undefined) this.conversionAgreed = true;
    const edited = this.disk;
    this.disk = base;
    this.wanted = raw;
    this.ownSteps = steps.map((step) => ({ ...step, edit: undefined }));
    this.takenBack = takenBack;
    // Nobody changed the file now.
    const { observer } = this;
    this.observer = undefined;
    this.readFromDisk(edited);
    this.observer = observer;
    // Reading may have settled the edit.
    if (rival !== undefined && this.isDirty && rival !== this.raw && rival !== this.diskRaw) {
      this.conflictBase = base;
      this.rival = rival === null ? null : { raw: rival };
      this.rivalDisk = base;
    }
    this.observer?.captionChanged(this);
  }

  /**
   * Takes over the unsaved edit of another caption whose file has turned out to be this one's, as that has become a
   * link to it. If both have an edit, it is a conflict.
   */
  takeOver(other: Caption): void {
    const { raw, editBase, unsavedRival, bytesToRestore: takenBack } = other;
    const rival = unsavedRival === undefined ? undefined : (unsavedRival?.raw ?? null);
    if (!this.isDirty) this.restoreEdit(raw, editBase, { rival, takenBack, steps: other.steps });
    else this.restoreEdit(this.raw, this.editBase, { rival: raw, takenBack: this.bytesToRestore });
  }

  /** Discards unsaved edits and conflicts: the caption is what the disk holds. */
  discardEdits(): void {
    this.settle();
    this.typed = undefined;
    this.observer?.captionChanged(this);
  }

  /** What the file should hold when the caption has this text. */
  private contentOf(text: string, emptied: EmptiedCaption): string | null {
    const raw = rawWithText(this.model, text);
    return isEmptyCaption(raw) ? this.emptyContent(text, emptied) : raw;
  }

  /** Sets the wanted content in conflict with what the caption holds. @param base what the edit began from */
  private contradict(raw: string | null, base: CaptionContent | null): void {
    if (this.wanted !== undefined) {
      this.rival = this.wanted === null ? null : { raw: this.wanted };
      this.rivalDisk = this.disk;
    }
    this.conflictBase = base;
    this.saveFailure = undefined;
    this.wanted = raw;
    this.observer?.captionChanged(this);
  }

  /** Ends a conflict without the user's text: the edit that is not on the disk stays. */
  private giveWayTo(rival: CaptionContent | null): void {
    this.conflictBase = this.rival = undefined;
    const raw = rival?.raw ?? null;
    if (this.mayRestOnDisk && raw === this.diskRaw) this.settle();
    else this.wanted = raw;
    this.faceDisk();
  }

  /**
   * The user has not seen what another program wrote while there was a rival: it conflicts with what the user chose.
   */
  private faceDisk(): void {
    const { rivalDisk } = this;
    this.rivalDisk = undefined;
    if (rivalDisk === undefined || this.wanted === undefined || sameContent(this.disk, rivalDisk)) return;
    if (this.wanted !== this.diskRaw) this.conflictBase = rivalDisk;
  }

  /**
   * The content of an emptied caption. A file that does not exist is not created, and a file that already has just the
   * same blanks is kept.
   */
  private emptyContent(text: string, emptied: EmptiedCaption): string | null {
    const old = this.diskRaw;
    if (old === null) return null;
    if (isEmptyCaption(old) && textOfRaw(old) === normalizeLineEnds(text)) return old;
    return emptied === 'delete' ? null : '\n';
  }

  /** Whether a content of the file is what the user wants, to the byte. */
  private isWanted(content: CaptionContent | null): boolean {
    const { wanted, takenBack } = this;
    if (takenBack === undefined) return content?.foreign === undefined && (content?.raw ?? null) === wanted;
    return sameContent(content, { raw: wanted ?? '', foreign: takenBack });
  }

  private isLateWrite(content: CaptionContent | null): boolean {
    if (content?.foreign !== undefined) return false;
    return this.isPassed?.(content === null ? '' : textOfRaw(content.raw)) === true;
  }

  private get diskRaw(): string | null {
    return this.disk?.raw ?? null;
  }

  /**
   * Whether an edit that restores the disk's content leaves nothing to save. It does not during a write, which is about
   * to change that content, or if the file is to be converted to UTF-8.
   */
  private get mayRestOnDisk(): boolean {
    return !this.saving && !(this.disk?.foreign !== undefined && this.conversionAgreed);
  }

  private settle(): void {
    this.wanted = undefined;
    this.conflictBase = this.rival = this.rivalDisk = undefined;
    this.conversionAgreed = false;
    this.takenBack = undefined;
    this.isPassed = undefined;
    this.saveFailure = undefined;
    this.ownSteps = undefined;
  }
}

function sameContent(a: CaptionContent | null, b: CaptionContent | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.foreign === undefined && b.foreign === undefined) return a.raw === b.raw;
  if (a.foreign === undefined || b.foreign === undefined) return false;
  return Buffer.compare(a.foreign.bytes, b.foreign.bytes) === 0;
}
