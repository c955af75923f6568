import type { Caption, CaptionObserver } from './captions/Caption';
import type { CaptionContent } from './captions/captionContent';
import { differingTags, eachTag, hasProse } from '../tags/captionGrammar';
import { textOfRaw } from '../tags/captionText';
import { isJsonCaption } from '../tags/jsonCaption';

/** Numbers of images and captions, by state. */
export interface DatasetCounts {
  images: number;
  /** images without a caption */
  empty: number;
  /** captions with unsaved edits, including those in conflict and those that could not be written */
  unsaved: number;
  conflicts: number;
  /** captions that could not be written */
  failed: number;
}

/** The state in which a caption was counted: these bits, and the number of its images in the bits above them. */
const empty = 1;
const unsaved = 2;
const conflict = 4;
const failed = 8;
const bits = 4;

/** Counts captions and tags incrementally as they change, so that nothing ever has to iterate over all of them. */
export class CaptionStats implements CaptionObserver {
  private readonly counted: DatasetCounts = { images: 0, empty: 0, unsaved: 0, conflicts: 0, failed: 0 };
  private readonly tags = new Map<string, number>();
  private prose = 0;
  private readonly dirtyOnes = new Set<Caption>();
  private readonly fileListeners = new Set<(caption: Caption, before: CaptionContent | null) => void>();
  private readonly textListeners = new Set<(caption: Caption) => void>();

  get counts(): DatasetCounts {
    return { ...this.counted };
  }

  /**
   * For each tag, the number of images whose captions contain it, in no particular order; a live map that changes with
   * the captions.
   */
  get tagCounts(): ReadonlyMap<string, number> {
    return this.tags;
  }

  /** The number of images whose captions have prose. */
  get proseCount(): number {
    return this.prose;
  }

  /** The captions with unsaved edits. */
  get dirty(): ReadonlySet<Caption> {
    return this.dirtyOnes;
  }

  /**
   * Calls `listener` with each caption whose text changes, synchronously. Returns the function that removes the
   * listener.
   */
  onDidChangeText(listener: (caption: Caption) => void): () => void {
    this.textListeners.add(listener);
    return () => this.textListeners.delete(listener);
  }

  /** Calls `listener` for each file that changed; see `Dataset.onDidChangeFile`. */
  onDidChangeFile(listener: (caption: Caption, before: CaptionContent | null) => void): () => void {
    this.fileListeners.add(listener);
    return () => this.fileListeners.delete(listener);
  }

  fileChanged(caption: Caption, before: CaptionContent | null): void {
    for (const listener of this.fileListeners) listener(caption, before);
  }

  /** Updates the counts to the current state of a caption. */
  captionChanged(caption: Caption): void {
    let state = caption.imageCount << bits;
    if (caption.isEmpty) state |= empty;
    if (caption.isDirty) state |= unsaved;
    if (caption.inConflict) state |= conflict;
    else if (caption.failure !== undefined && caption.isDirty) state |= failed;
    this.count(caption, caption.raw, state);
    if (caption.isDirty) this.dirtyOnes.add(caption);
    else this.dirtyOnes.delete(caption);
  }

  /** Removes a caption from the counts. */
  forget(caption: Caption): void {
    caption.observer = undefined;
    this.count(caption, null, 0);
    this.dirtyOnes.delete(caption);
  }

  private count(caption: Caption, raw: string | null, state: number): void {
    const { counted, countedAs } = caption;
    const [imagesBefore, images] = [countedAs >> bits, state >> bits];
    if (counted !== raw || imagesBefore !== images) {
      if (raw !== null && counted !== null && images === imagesBefore) this.changeTags(counted, raw, images);
      else {
        this.addTags(raw, images);
        this.addTags(counted, -imagesBefore);
      }
      caption.counted = raw;
      if (counted !== raw) for (const listener of this.textListeners) listener(caption);
    }
    if (countedAs === state) return;
    this.addState(countedAs, -1);
    this.addState(state, 1);
    caption.countedAs = state;
  }

  private addState(state: number, sign: 1 | -1): void {
    const images = sign * (state >> bits);
    this.counted.images += images;
    if ((state & empty) !== 0) this.counted.empty += images;
    if ((state & unsaved) !== 0) this.counted.unsaved += sign;
    if ((state & conflict) !== 0) this.counted.conflicts += sign;
    if ((state & failed) !== 0) this.counted.failed += sign;
  }

  private addTags(raw: string | null, images: number): void {
    if (raw === null || images === 0) return;
    const { hasProse } = eachTag(textOfRaw(raw), (tag) => {
      this.addTag(tag, images);
    });
    if (hasProse) this.prose += images;
  }

  /** Most edits change few of a caption's tags: the others are not counted anew. */
  private changeTags(before: string, after: string, images: number): void {
    const [text, newText] = [textOfRaw(before), textOfRaw(after)];
    const [gone, come] = differingTags(text, newText);
    for (const tag of come) this.addTag(tag, images);
    for (const tag of gone) this.addTag(tag, -images);
    if (!isJsonCaption(text) && hasProse(text)) this.prose -= images;
    if (!isJsonCaption(newText) && hasProse(newText)) this.prose += images;
  }

  private addTag(tag: string, images: number): void {
    const count = (this.tags.get(tag) ?? 0) + images;
    if (count === 0) this.tags.delete(tag);
    else this.tags.set(tag, count);
  }
}
