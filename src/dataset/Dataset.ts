import { lstat } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import pMap from 'p-map';
import { Caption, type CaptionChange, type EmptiedCaption } from './captions/Caption';
import type { DatasetImage } from './captions/DatasetImage';
import { decodeCaption, foreignError, type CaptionContent } from './captions/captionContent';
import { editedMeanwhile, refuseUnwritable } from './captions/captionFile';
import { CaptionSaver, type SaveProgress, type SaveReport } from './captions/CaptionSaver';
import { textOfRaw } from '../tags/captionText';
import { datasetPathOf, isDatasetPath } from './files/datasetPath';
import { DatasetIndex } from './scan/DatasetIndex';
import { CaptionStats, type DatasetCounts } from './CaptionStats';
import { InPlaceWriter, type EditAuthor, type FileWriter } from './files/FileWriter';
import { ImageFacts } from './ImageFacts';
import { identityNow } from './scan/captionFiles';
import { foldName } from './scan/foldName';
import { captionPathOf, isImageName } from './files/imageFiles';
import { isLeftOutFolder } from './scan/leftOutFolders';
import { inSlices } from '../base/inSlices';
import { SerialQueue } from '../base/SerialQueue';
import { removeLeftover } from './files/leftovers';
import { DatasetScan } from './scan/DatasetScan';
import { OtherPictures } from './scan/otherPictures';
import type { ScannedImage, ScanProblem, ScanRest } from './scan/scanDataset';
import { unsavedEditOf, type UnsavedEdit } from './captions/unsavedEdit';

export interface DatasetOptions {
  /** with its dot, such as `.txt` */
  captionExtension: string;
  emptiedCaption: EmptiedCaption;
}

export interface LoadOptions {
  signal?: AbortSignal;
  /** called with the number of images found so far, throttled to some 10 times a second */
  onProgress?: (images: number) => void;
  /** read only captions whose file has changed its time or size since it was last read */
  changedOnly?: boolean;
}

/** Maximum number of files that are read concurrently; more would only queue in libuv's thread pool. */
const filesAtATime = 16;

/** The images and captions of a folder, with their unsaved edits. Nothing else writes caption files. */
export class Dataset {
  /** Modification times, file sizes and sizes in pixels of the images, loaded on demand. */
  readonly facts: ImageFacts;
  private index = new DatasetIndex();
  private readonly stats = new CaptionStats();
  private scanProblems: ScanProblem[] = [];
  private scanLinks: ScanRest['linkedFolders'] = [];
  private others = new OtherPictures();
  private readonly listeners = new Set<() => void>();
  private readonly saver: CaptionSaver;
  /** One scan at a time: two overlapping ones would make two Caption objects for one file. */
  private readonly scans = new SerialQueue();

  constructor(
    /** absolute path */
    readonly folder: string,
    readonly options: DatasetOptions,
    /** what writes the caption files */
    writer: FileWriter = new InPlaceWriter(),
  ) {
    this.facts = new ImageFacts(folder, () => this.allImages);
    this.saver = new CaptionSaver(
      (relative) => this.absolute(relative),
      writer,
      () => {
        this.changed();
      },
    );
  }

  /** A dataset of the given images only, for work on a single file without reading the whole folder. */
  static async ofImages(
    folder: string,
    images: ScannedImage[],
    options: DatasetOptions,
    writer?: FileWriter,
  ): Promise<Dataset> {
    const dataset = new Dataset(folder, options, writer);
    for (const { path: image, captionPath } of images) {
      const caption = dataset.index.captions.get(captionPath) ?? dataset.newCaption(captionPath, []);
      caption.images = [...caption.images, image];
      dataset.index.insert({ path: image, caption });
    }
    dataset.index.arrange();
    await dataset.readCaptions(dataset.index.captions.values());
    return dataset;
  }

  /** All images, in natural order. */
  get allImages(): readonly DatasetImage[] {
    return this.index.images;
  }

  /** Entries found by the last scan that look like images or sub-folders but cannot be used. */
  get problems(): readonly ScanProblem[] {
    return this.scanProblems;
  }

  /** Links to folders that were part of the dataset at the last scan, and where they lead: absolute paths. */
  get linkedFolders(): ScanRest['linkedFolders'] {
    return this.scanLinks;
  }

  /**
   * Files that look like pictures, but are no images of the dataset, as of the last scan, in sentences for the user.
   */
  get otherPictures(): readonly string[] {
    return this.others.describe();
  }

  /** How many files and folders {@link problems} and {@link otherPictures} are about. */
  get leftOut(): number {
    return this.scanProblems.length + this.others.size;
  }

  get allCaptions(): Iterable<Caption> {
    return this.index.captions.values();
  }

  /** The current numbers of images and captions, by state. */
  get counts(): DatasetCounts {
    return this.stats.counts;
  }

  /**
   * For each tag, the number of captions that contain it (counted once per image), in no particular order; a live map
   * that changes with the captions.
   */
  get tagCounts(): ReadonlyMap<string, number> {
    return this.stats.tagCounts;
  }

  /** The number of images whose captions have prose: words that are no tags. */
  get proseCount(): number {
    return this.stats.proseCount;
  }

  /** The captions with unsaved edits. */
  get dirtyCaptions(): ReadonlySet<Caption> {
    return this.stats.dirty;
  }

  image(imagePath: string): DatasetImage | undefined {
    return this.index.byPath.get(imagePath);
  }

  /** The caption with this file. Several paths may lead to one caption, where some are links. */
  caption(captionPath: string): Caption | undefined {
    return this.index.captionAt(captionPath);
  }

  /** The path that an image gives its caption. That of the caption itself may be another one to the same file. */
  captionPathOf(imagePath: string): string {
    return captionPathOf(imagePath, this.options.captionExtension);
  }

  /**
   * What to tell the user of a file whose name differs from that of an image's caption in case or in the composition of
   * letters only: a trainer does not find it, or only on a disk that does not tell such names apart. Undefined if there
   * is none.
   */
  lookalikeWarning({ path: image, caption }: DatasetImage): string | undefined {
    const { lookalikes } = this.index;
    if (lookalikes.size === 0) return undefined;
    const captionPath = this.captionPathOf(image);
    const lookalike = lookalikes.get(captionPath);
    if (lookalike === undefined) return undefined;
    const expected = path.posix.basename(captionPath);
    const isHere = caption.onDisk !== null;
    if (lookalike.normalize() === expected.normalize()) {
      return isHere
        ? l10n.t(
            'The accents in the name of its file are composed otherwise: trainers find it only on disks like this one.',
          )
        : l10n.t(
            'Trainers do not find {0}, whose accents are composed otherwise than the image’s. Rename one.',
            lookalike,
          );
    }
    return isHere
      ? l10n.t(
          'Its file is named {0}: trainers look for {1}, and find it only on disks like this one.',
          lookalike,
          expected,
        )
      : l10n.t('Trainers do not find {0}: they look for {1}. Rename the file.', lookalike, expected);
  }

  /** The absolute path of a relative one. */
  absolute(relative: string): string {
    return path.join(this.folder, relative);
  }

  /** The first picture of a caption file, both absolute; undefined for a file that is no caption of this dataset. */
  pictureOf(file: string): string | undefined {
    const [image] = this.caption(datasetPathOf(this.folder, file))?.images ?? [];
    return image === undefined ? undefined : this.absolute(image);
  }

  /** Calls `listener` after every change. Returns the function that removes the listener. */
  onDidChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Calls `listener` with each caption whose text changes, synchronously. Returns the function that removes the
   * listener.
   */
  onDidChangeText(listener: (caption: Caption) => void): () => void {
    return this.stats.onDidChangeText(listener);
  }

  /**
   * Calls `listener` when the file of a caption turns out to hold something else than this dataset knew and wrote,
   * with what it held before. Returns the function that removes the listener.
   */
  onDidChangeFile(listener: (caption: Caption, before: CaptionContent | null) => void): () => void {
    return this.stats.onDidChangeFile(listener);
  }

  /**
   * Scans the folder: the first time, and whenever anything may have changed. Unsaved edits are kept; an image that was
   * deleted stays listed while its caption has an unsaved edit.
   * @throws CaptionError when the folder cannot be read
   */
  load(options: LoadOptions = {}): Promise<void> {
    return this.scans.run(() => this.scan(options));
  }

  private async scan({ signal, onProgress, changedOnly = false }: LoadOptions): Promise<void> {
    const touched = this.saver.watchTurns();
    try {
      const scan = new DatasetScan({
        folder: this.folder,
        captionExtension: this.options.captionExtension,
        index: this.index,
        observer: this.stats,
        changedOnly,
        isTouched: (caption) => touched.has(caption) || this.saver.isBusy(caption),
        onGrown: () => {
          this.changed();
        },
        adopt: (index) => {
          this.index = index;
        },
        onProgress,
        signal,
      });
      const { rest, readAgain } = await scan.run();
      this.scanProblems = rest.problems;
      this.scanLinks = rest.linkedFolders;
      this.others = new OtherPictures(rest.otherPictures);
      this.facts.expire();
      await this.readCaptions(readAgain);
      await this.removeLeftovers(rest.temporaryFiles);
    } finally {
      this.saver.unwatchTurns(touched);
    }
    this.changed();
  }

  private async removeLeftovers(temporaryFiles: readonly string[]): Promise<void> {
    for (const temporary of temporaryFiles) {
      const cut = await removeLeftover(this.absolute(temporary));
      if (cut === undefined) continue;
      const captionPath = datasetPathOf(this.folder, cut.file);
      const caption = this.caption(captionPath);
      if (cut.outcome === 'finished' && caption !== undefined) await this.readCaptions([caption]);
      if (cut.outcome !== 'changed since') continue;
      const reason = l10n.t(
        'It was being saved when the process ended, and was changed since. What it held and was to hold is in {0}.',
        temporary,
      );
      this.scanProblems = [...this.scanProblems, { path: captionPath, reason, isImage: false }];
    }
  }

  /**
   * Updates the dataset after files may have changed: reads known captions again, and scans the folder if images or
   * folders may have been added or removed.
   * @param paths relative, with `/`
   */
  async reconcile(paths: readonly string[]): Promise<void> {
    await this.scans.idle();
    for (const changed of paths) this.facts.forget(changed);
    const needScans = await pMap(
      paths,
      (changed) => (this.caption(changed) === undefined ? this.mayBeImages(changed) : this.hasOtherFile(changed)),
      { concurrency: filesAtATime },
    );
    if (needScans.includes(true)) await this.load({ changedOnly: true });
    // Read these even if their times are unchanged, because they were reported as changed.
    const captions = new Set(paths.flatMap((changed) => this.caption(changed) ?? []));
    await this.readCaptions(captions);
    this.changed();
  }

  /**
   * Changes the caption of an image, in memory.
   * @returns what changed; undefined when nothing did
   * @throws CaptionError CAPTION_NOT_UTF8 while the user has not agreed to convert the file
   */
  setText(caption: Caption, text: string): CaptionChange | undefined {
    refuseUnwritable(caption, this.absolute(caption.path));
    const change = caption.setText(text, this.options.emptiedCaption);
    this.changed();
    return change;
  }

  /**
   * Changes a caption as {@link setText} does; if it does not hold the text that the edit began from, that is a
   * conflict.
   * @throws CaptionError CAPTION_NOT_UTF8 while the user has not agreed to convert the file
   */
  setTextFrom(caption: Caption, from: string, text: string): CaptionChange | undefined {
    refuseUnwritable(caption, this.absolute(caption.path));
    const change = caption.setTextFrom(from, text, this.options.emptiedCaption);
    this.changed();
    return change;
  }

  /**
   * Undoes or redoes edits. A caption that holds something else by now (because another program changed it) is skipped.
   * @returns the skipped captions
   */
  replay(changes: readonly CaptionChange[], direction: 'undo' | 'redo'): Caption[] {
    const leftAlone = changes.filter((change) => !this.replayOne(change, direction)).map(({ caption }) => caption);
    this.changed();
    return leftAlone;
  }

  /**
   * Like {@link replay} for one edit, but without notifying the listeners. Returns false if the caption was skipped.
   */
  replayOne(change: CaptionChange, direction: 'undo' | 'redo'): boolean {
    // Look the caption up by its path: if the image was removed and came back, it has a new object.
    return this.caption(change.caption.path)?.replay(change, direction) === true;
  }

  /** Writes every edited caption that can be written, and nothing else. */
  save(): Promise<SaveReport> {
    return this.saver.save([...this.dirtyCaptions]);
  }

  /** Progress of the running saves; undefined when none is running. */
  get saving(): SaveProgress | undefined {
    return this.saver.progress;
  }

  /** Discards unsaved edits and scans the folder again. */
  async revert(): Promise<void> {
    for (const caption of [...this.dirtyCaptions]) caption.discardEdits();
    await this.load();
  }

  /**
   * Writes a generated caption to the disk at once.
   * @param makeText makes the new text from the text that the caption has when it is written
   * @param expected content of the caption when the job was given it: a caption that was edited since then is kept
   * @param keepsEdits whether `makeText` preserves the existing text: then only an unsaved edit, which the user may
   *   still be typing, prevents the write
   * @param by who made the text, where the writer records that
   * @returns what changed; undefined if the caption already had this text
   * @throws CaptionError with the reason why the caption was kept or could not be written
   */
  writeGenerated(
    caption: Caption,
    makeText: (text: string) => string,
    expected: string | null,
    keepsEdits = false,
    by?: EditAuthor,
  ): Promise<CaptionChange | undefined> {
    return this.saver.inTurn(caption, async () => {
      const file = this.absolute(caption.path);
      refuseUnwritable(caption, file);
      const edited = caption.raw !== expected && (!keepsEdits || caption.isDirty);
      if (edited || caption.inConflict) throw editedMeanwhile(file);
      const change = caption.setText(makeText(caption.text), this.options.emptiedCaption);
      if (change === undefined) return undefined;
      if (by !== undefined) caption.addStep(by);
      const saved = await this.saver.write(caption);
      // A caption that is not dirty is what its file holds: taking it back would be an edit, which deletes the file.
      const isOnDisk = !caption.isDirty && caption.raw === change.after;
      if (!saved && !isOnDisk) {
        const reason = caption.failure ?? editedMeanwhile(file);
        if (caption.raw === change.after) caption.setRaw(change.before);
        this.changed();
        throw reason;
      }
      this.changed();
      return change;
    });
  }

  /** The unsaved edits as plain data, for {@link restoreEdits}. */
  unsavedEdits(): UnsavedEdit[] {
    return [...this.dirtyCaptions].map(unsavedEditOf);
  }

  /**
   * Restores edits that were unsaved when the dataset was last open, including those of deleted images.
   * @returns the restored edits that differ from the disk now
   */
  restoreEdits(edits: readonly UnsavedEdit[]): Promise<CaptionChange[]> {
    return this.scans.run(() => this.restore(edits));
  }

  private async restore(given: readonly UnsavedEdit[]): Promise<CaptionChange[]> {
    // The edits come from files, and saving them writes to the paths that they name.
    const edits = given.filter(({ captionPath, images }) =>
      [captionPath, ...images].every((one) => isDatasetPath(one)),
    );
    const unknown: Caption[] = [];
    await inSlices(edits, ({ captionPath, images }) => {
      if (this.caption(captionPath) !== undefined) return;
      // The caption was a link to a file that is known by the path of another link.
      const isOurs = images.some((image) => this.captionPathOf(image) === captionPath);
      const heir = images.map((image) => this.image(image)?.caption).find((caption) => caption !== undefined);
      if (isOurs && heir !== undefined) {
        this.index.addPath(captionPath, heir);
        return;
      }
      const caption = this.newCaption(captionPath, images);
      for (const image of caption.images) this.index.insert({ path: image, caption });
      unknown.push(caption);
    });
    await this.readCaptions(unknown);
    const changes: CaptionChange[] = [];
    await inSlices(edits, ({ captionPath, raw, base, rival, bytes, steps }) => {
      const caption = this.caption(captionPath);
      if (caption === undefined) return;
      const wasTyped = caption.isDirty;
      // Text that was typed while the folder was being read is kept, and undo brings the older edit back.
      if (!wasTyped) {
        const takenBack = bytes === undefined ? undefined : contentOf(bytes).foreign;
        caption.restoreEdit(raw, base === null ? null : contentOf(base), {
          rival,
          takenBack,
          ...(steps === undefined ? {} : { steps }),
        });
      }
      const before = wasTyped ? raw : (caption.onDisk?.raw ?? null);
      if (caption.isDirty && !(wasTyped && before === caption.raw))
        changes.push({ caption, before, after: caption.raw });
    });
    this.index.arrange();
    this.changed();
    return changes;
  }

  /**
   * Resolves a conflict between an unsaved edit and another program's change.
   * @throws CaptionError CAPTION_NOT_UTF8 if both are wanted, but the encoding of the file is unknown
   */
  resolveConflict(caption: Caption, choice: 'mine' | 'theirs' | 'both', merge: MergeTexts): CaptionChange | undefined {
    const theirs = caption.theirs;
    if (theirs === undefined) return undefined;
    const base = caption.editBase;
    let change: CaptionChange | undefined;
    if (choice === 'theirs') change = caption.endConflictWith(theirs?.raw ?? null);
    else {
      const theirText = theirs === null ? '' : textOfRaw(theirs.raw);
      if (choice === 'both' && theirs?.foreign?.encoding === 'unknown')
        throw foreignError('unknown', this.absolute(caption.path));
      const merged = choice === 'both' ? merge(caption.text, theirText) : caption.text;
      caption.keepMine();
      change = caption.setText(merged, this.options.emptiedCaption);
    }
    this.changed();
    return change === undefined ? undefined : { ...change, conflict: { base, theirs } };
  }

  /** Notifies the listeners. To be called after a caption object was changed directly. */
  changed(): void {
    for (const listener of this.listeners) listener();
  }

  private newCaption(captionPath: string, images: readonly string[]): Caption {
    const caption = new Caption(captionPath, images);
    caption.observer = this.stats;
    this.stats.captionChanged(caption);
    return caption;
  }

  private async readCaptions(captions: Iterable<Caption>): Promise<void> {
    await pMap(captions, (caption) => this.saver.read(caption), { concurrency: filesAtATime });
  }

  /**
   * Whether a known caption has become a link, is no link any more, or leads elsewhere: then other images share its
   * file now.
   */
  private async hasOtherFile(captionPath: string): Promise<boolean> {
    const known = this.index.captionFiles.get(captionPath);
    const now = await identityNow(this.absolute(captionPath), this.folder, known);
    return foldName(now ?? '') !== foldName(known ?? '');
  }

  private async mayBeImages(relative: string): Promise<boolean> {
    const info = await lstat(this.absolute(relative)).catch(() => undefined);
    if (this.index.byPath.has(relative)) return info === undefined;
    if (relative.split('/').some(isLeftOutFolder)) return false;
    // When a folder is removed, the files that were in it may not be reported.
    if (info === undefined) return this.index.hasFolder(relative);
    return info.isDirectory() || info.isSymbolicLink() || isImageName(path.basename(relative));
  }
}

/** Merges the edited text with the text that another program wrote into the file. */
export type MergeTexts = (mine: string, theirs: string) => string;

/** @param bytes of a caption file, base64 */
function contentOf(bytes: string): CaptionContent {
  return decodeCaption(Buffer.from(bytes, 'base64'));
}
