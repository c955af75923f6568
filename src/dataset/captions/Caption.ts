import type { CaptionError } from '../files/CaptionError';
import type { CaptionContent } from './captionContent';
import { withoutByteOrderMark } from '../../tags/byteOrderMark';
import { isEmptyCaption, normalizeLineEnds, rawWithText, textOfRaw } from '../../tags/captionText';

/** One edit of one caption: what the file should hold before and after; null is no file. */
export interface CaptionChange {
  caption: Caption;
  before: string | null;
  after: string | null;
  /** set when the edit ended a conflict, which undoing it brings back */
  conflict?: { base: CaptionContent | null; theirs: CaptionContent | null };
}

/** What becomes of a caption file whose text was emptied: it goes, or it keeps one line end (never 0 bytes). */
export type EmptiedCaption = 'delete' | 'keepLineEnd';

/** Is told whenever a caption changed in a way that counts may show. */
export interface CaptionObserver {
  note(caption: Caption): void;
  /** It is not part of the dataset any more. */
  forget(caption: Caption): void;
}

/**
 * One caption file and the edits of it that are not saved yet. It never touches the disk: it is told what the disk
 * holds and says what should be written.
 */
export class Caption {
  /** what the file held when it was last read or written; null when there is none */
  private disk: CaptionContent | null = null;
  /** the file as another program left it: new text takes over its byte order mark and line ends */
  private model: string | null = null;
  /** the text as it was typed, and the content made of it; reading it back would lose blanks and a last line end */
  private typed: { text: string; raw: string | null } | undefined;
  /** the content that the user wants; undefined while it is what the disk holds */
  private wanted: string | null | undefined;
  /** what the file held when the unsaved edits began, while another program's content stands against them */
  private conflictBase: CaptionContent | null | undefined;
  /** the user agreed that a file that is not UTF-8 becomes UTF-8 */
  private conversionAgreed = false;
  private saveFailure: CaptionError | undefined;
  /** modification time in ms and size in bytes of the file that holds what {@link disk} is; NaN while not known */
  private modified = NaN;
  private size = 0;
  /** the path of the one image, or those of several; hundred thousands of arrays would take memory for nothing */
  private owners: string | readonly string[];
  /** a write is under way */
  saving = false;
  /** why the file could not be read; it must not be written then */
  unreadable: CaptionError | undefined;
  /** set while the caption is part of a dataset */
  observer: CaptionObserver | undefined;
  /** what {@link observer} has counted of it */
  counted: string | null = null;
  countedAs = 0;

  constructor(
    /** path of the caption file, relative to the dataset, with `/` */
    readonly path: string,
    images: readonly string[],
  ) {
    this.owners = images.length === 1 ? (images[0] ?? '') : images;
  }

  /** Relative paths of the images that it belongs to, in natural order. */
  get images(): readonly string[] {
    return typeof this.owners === 'string' ? [this.owners] : this.owners;
  }

  set images(images: readonly string[]) {
    this.owners = images.length === 1 ? (images[0] ?? '') : images;
    this.observer?.note(this);
  }

  get imageCount(): number {
    return typeof this.owners === 'string' ? 1 : this.owners.length;
  }

  /** Why the last attempt to save failed; undefined once it worked or the text changed. */
  get failure(): CaptionError | undefined {
    return this.saveFailure;
  }

  set failure(failure: CaptionError | undefined) {
    this.saveFailure = failure;
    this.observer?.note(this);
  }

  /** What the file should hold; null is no file. */
  get raw(): string | null {
    return this.wanted === undefined ? (this.disk?.raw ?? null) : this.wanted;
  }

  /** The caption as the user sees it; an empty string when there is none. */
  get text(): string {
    const raw = this.raw;
    if (this.typed?.raw === raw) return this.typed.text;
    return raw === null ? '' : textOfRaw(raw);
  }

  get isEmpty(): boolean {
    const raw = this.raw;
    return raw === null || isEmptyCaption(raw);
  }

  /** Whether there are edits that the disk does not hold. */
  get isDirty(): boolean {
    return this.wanted !== undefined;
  }

  /** The other program's content that stands against the unsaved edit; undefined when there is no conflict. */
  get theirs(): CaptionContent | null | undefined {
    return this.conflictBase === undefined ? undefined : this.disk;
  }

  get inConflict(): boolean {
    return this.conflictBase !== undefined;
  }

  /** Set while the file is not UTF-8 and the user has not agreed to convert it: it must not be written. */
  get foreignEncoding(): string | undefined {
    return this.conversionAgreed ? undefined : this.disk?.foreign?.encoding;
  }

  /** What the file held when the unsaved edit was made. */
  get editBase(): CaptionContent | null {
    return this.conflictBase === undefined ? this.disk : this.conflictBase;
  }

  /** Whether there was no file when it was last looked for, and nothing else that a new look may change. */
  get isKnownAbsent(): boolean {
    return this.disk === null && !this.isDirty && this.unreadable === undefined;
  }

  /** What the disk is believed to hold. */
  get onDisk(): CaptionContent | null {
    return this.disk;
  }

  /** Modification time in ms (NaN where it cannot be relied on) and size in bytes of the file as it was last read. */
  get stamp(): { modified: number; size: number } {
    return { modified: this.modified, size: this.size };
  }

  /** Tells which file holds what the disk is believed to hold: one with the same stamp need not be read again. */
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
    let after: string | null = rawWithText(this.model, text);
    if (isEmptyCaption(after)) after = this.emptyContent(text, emptied);
    this.typed = { text, raw: after };
    return this.setRaw(after) ? { caption: this, before, after } : undefined;
  }

  /** Sets the wanted content, as undo and redo do. Returns whether anything changed. */
  setRaw(raw: string | null): boolean {
    if (raw === this.raw) return false;
    this.saveFailure = undefined;
    const base = this.conflictBase;
    // Undoing the edit ends a conflict: without it nothing differs from the other program's content.
    const takenBack = base !== undefined && raw === (base?.raw ?? null);
    if (this.mayRestOnDisk && (takenBack || raw === this.diskRaw)) this.settle();
    else this.wanted = raw;
    this.observer?.note(this);
    return true;
  }

  /** The user agrees that this file, which is not UTF-8, is written as UTF-8. */
  agreeToConvert(): void {
    if (this.disk?.foreign === undefined) return;
    this.conversionAgreed = true;
    this.wanted ??= withoutByteOrderMark(this.disk.raw);
    this.observer?.note(this);
  }

  /** Takes the agreement back; the file stays as it is. Does nothing once the text was edited or saved. */
  withdrawConversion(): void {
    if (this.disk?.foreign === undefined || this.wanted !== withoutByteOrderMark(this.disk.raw)) return;
    this.conversionAgreed = false;
    this.wanted = undefined;
    this.observer?.note(this);
  }

  /** Tells what the disk holds now. Unsaved edits stay; where both changed, that is a conflict. */
  readFromDisk(content: CaptionContent | null): void {
    if (sameContent(this.disk, content)) return;
    const before = this.disk;
    this.disk = content;
    this.modified = NaN;
    this.model = content?.raw ?? null;
    if (this.wanted === undefined) {
      this.settle();
      this.typed = undefined;
    } else if (content?.foreign === undefined && (content?.raw ?? null) === this.wanted) {
      this.settle();
    } else if (this.conflictBase !== undefined && sameContent(this.conflictBase, content)) {
      this.conflictBase = undefined;
    } else if (this.conflictBase === undefined) {
      // Not `??=`: null is a base too, that of a caption which had no file.
      this.conflictBase = before;
    }
    this.observer?.note(this);
  }

  /** Tells that a write begins; {@link written} or {@link notWritten} ends it. */
  writing(): void {
    this.saving = true;
  }

  /** Tells that `raw` has been written. Edits made while it was being written stay unsaved. */
  written(raw: string | null): void {
    this.saving = false;
    this.disk = raw === null ? null : { raw };
    this.modified = NaN;
    this.saveFailure = undefined;
    if (this.wanted === raw) this.settle();
    this.observer?.note(this);
  }

  /** Tells that nothing was written, and why, unless that shows otherwise. */
  notWritten(failure: CaptionError | undefined): void {
    this.saving = false;
    // The edit may have been taken back during the attempt.
    if (this.mayRestOnDisk && this.wanted === this.diskRaw) this.settle();
    else this.saveFailure = failure;
    this.observer?.note(this);
  }

  /** Ends a conflict in favour of the unsaved edit: the next save replaces the other program's content. */
  keepMine(): void {
    this.conflictBase = undefined;
    if (this.disk?.foreign !== undefined) this.conversionAgreed = true;
    this.observer?.note(this);
  }

  /** Resolves a conflict with the other program's content, or with both merged. */
  endConflictWith(raw: string | null): CaptionChange {
    const before = this.raw;
    this.conflictBase = undefined;
    this.saveFailure = undefined;
    this.wanted = raw === this.diskRaw ? undefined : raw;
    this.observer?.note(this);
    return { caption: this, before, after: raw };
  }

  /**
   * Takes an edit of this caption back or applies it again, and with it the conflict that it ended, if the other
   * program's content is still there.
   * @returns false when the caption holds something else by now; then nothing changes
   */
  replay({ before, after, conflict }: CaptionChange, direction: 'undo' | 'redo'): boolean {
    const [from, to] = direction === 'undo' ? [after, before] : [before, after];
    // An emptied caption has become a line end where its file is a link.
    const holds = this.raw === from || (from === null && this.isEmpty);
    if (!holds) return false;
    if (direction === 'redo' && conflict !== undefined && sameContent(this.disk, conflict.theirs)) this.keepMine();
    this.setRaw(to);
    if (direction === 'undo' && conflict !== undefined && sameContent(this.disk, conflict.theirs) && this.isDirty) {
      this.conflictBase = conflict.base;
      this.observer?.note(this);
    }
    return true;
  }

  /**
   * Brings an unsaved edit back, for example after a reload.
   * @param base what the disk held when the edit was made; when it holds something else now, that is a conflict
   */
  restoreEdit(raw: string | null, base: CaptionContent | null): void {
    if (base?.foreign !== undefined) this.conversionAgreed = true;
    const edited = this.disk;
    this.disk = base;
    this.wanted = raw;
    this.readFromDisk(edited);
    this.observer?.note(this);
  }

  /** Forgets unsaved edits and conflicts: the caption is what the disk holds. */
  discardEdits(): void {
    this.settle();
    this.typed = undefined;
    this.observer?.note(this);
  }

  /** What an emptied caption becomes. What was never there is not made, and blanks that were there may stay. */
  private emptyContent(text: string, emptied: EmptiedCaption): string | null {
    const old = this.diskRaw;
    if (old === null) return null;
    if (isEmptyCaption(old) && textOfRaw(old) === normalizeLineEnds(text)) return old;
    return emptied === 'delete' ? null : '\n';
  }

  private get diskRaw(): string | null {
    return this.disk?.raw ?? null;
  }

  /** Whether wanting what the disk holds is no edit: not while that is about to change or has to be converted. */
  private get mayRestOnDisk(): boolean {
    return !this.saving && !(this.disk?.foreign !== undefined && this.conversionAgreed);
  }

  private settle(): void {
    this.wanted = undefined;
    this.conflictBase = undefined;
    this.conversionAgreed = false;
    this.saveFailure = undefined;
  }
}

function sameContent(a: CaptionContent | null, b: CaptionContent | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.foreign === undefined && b.foreign === undefined) return a.raw === b.raw;
  if (a.foreign === undefined || b.foreign === undefined) return false;
  return Buffer.compare(a.foreign.bytes, b.foreign.bytes) === 0;
}
