import { lstat, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import pMap from 'p-map';
import { Caption, type CaptionChange, type EmptiedCaption } from './Caption';
import { CaptionConflictError, CaptionError, errno, fileError } from './CaptionError';
import { decodeCaption, encodeCaption, type CaptionContent } from './captionContent';
import { isImageName } from './imageFiles';
import { compareNaturally } from './naturalOrder';
import { scanDataset, type ScannedImage, type ScanProblem } from './scanDataset';
import { readIfThere, syncFolder, writeFileSafely } from './writeFileSafely';

export interface DatasetOptions {
  /** with its dot, such as `.txt` */
  captionExtension: string;
  emptiedCaption: EmptiedCaption;
}

/** An image of a dataset; several may share one caption file (`a.jpg`, `a.png`). */
export interface DatasetImage {
  /** relative to the dataset, with `/` */
  path: string;
  caption: Caption;
}

/** What a save did. */
export interface SaveReport {
  saved: number;
  /** captions that are still not saved: conflicts and files that could not be written */
  failures: { path: string; reason: string }[];
}

/** An edit that is not saved: what a backup holds. */
export interface UnsavedEdit {
  captionPath: string;
  images: string[];
  /** what the file should hold; null is no file */
  raw: string | null;
  /** the bytes of the file when the edit was made, base64; null is no file */
  base: string | null;
}

export interface LoadOptions {
  signal?: AbortSignal;
  /** called with the number of images found so far */
  onProgress?: (images: number) => void;
}

/** How many files are read or written at a time; more only queues in the thread pool. */
const filesAtATime = 16;
/** A temporary file older than this was left behind by a process that died, in milliseconds. */
const leftoverAge = 3_600_000;

/** The images and captions of a folder, with the edits that are not saved yet. The only writer of caption files. */
export class Dataset {
  private images: DatasetImage[] = [];
  private imagesByPath = new Map<string, DatasetImage>();
  private captions = new Map<string, Caption>();
  private scanProblems: ScanProblem[] = [];
  private readonly listeners = new Set<() => void>();
  /** Reads and writes of one caption wait for each other: a read that began before a write must not undo it. */
  private readonly turns = new Map<Caption, Promise<unknown>>();

  constructor(
    /** absolute path */
    readonly folder: string,
    readonly options: DatasetOptions,
  ) {}

  /** A dataset of the given images only, for work on a single file without reading the whole folder. */
  static async ofImages(folder: string, images: ScannedImage[], options: DatasetOptions): Promise<Dataset> {
    const dataset = new Dataset(folder, options);
    await dataset.take(images, null, {});
    return dataset;
  }

  /** All images, in natural order. */
  get allImages(): readonly DatasetImage[] {
    return this.images;
  }

  /** What the last scan found that looks like an image and is none. */
  get problems(): readonly ScanProblem[] {
    return this.scanProblems;
  }

  get allCaptions(): Iterable<Caption> {
    return this.captions.values();
  }

  image(imagePath: string): DatasetImage | undefined {
    return this.imagesByPath.get(imagePath);
  }

  /** The absolute path of a relative one. */
  absolute(relative: string): string {
    return path.join(this.folder, relative);
  }

  /** Calls `listener` after anything changed. Returns the function that ends it. */
  onDidChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Reads the folder: the first time and whenever anything may have changed. Unsaved edits stay; an image that is gone
   * stays listed while its caption has one.
   * @throws CaptionError when the folder cannot be read
   */
  async load(options: LoadOptions = {}): Promise<void> {
    const scan = await scanDataset(this.folder, { captionExtension: this.options.captionExtension, ...options });
    this.scanProblems = scan.problems;
    await this.take(scan.images, scan.captionPaths, options);
    await pMap(scan.temporaryFiles, (file) => removeLeftover(this.absolute(file)), { concurrency: filesAtATime });
    this.changed();
  }

  /**
   * Looks again at files that may have changed. Anything but known captions and images means a new scan.
   * @param paths relative, with `/`
   */
  async reconcile(paths: readonly string[]): Promise<void> {
    const captions: Caption[] = [];
    for (const changed of paths) {
      const caption = this.captions.get(changed);
      if (caption !== undefined) captions.push(caption);
      else if (await this.needsScan(changed)) {
        await this.load();
        return;
      }
    }
    await this.readCaptions(captions, {});
    this.changed();
  }

  /**
   * Changes the caption of an image, in memory.
   * @returns what changed; undefined when nothing did
   * @throws CaptionError CAPTION_NOT_UTF8 while the user has not agreed to convert the file
   */
  setText(caption: Caption, text: string): CaptionChange | undefined {
    refuseForeign(caption, this.absolute(caption.path));
    const change = caption.setText(text, this.options.emptiedCaption);
    this.changed();
    return change;
  }

  /**
   * Takes edits back or applies them again. A caption that holds something else by now (another program changed it)
   * is left alone.
   * @returns the captions left alone
   */
  replay(changes: readonly CaptionChange[], direction: 'undo' | 'redo'): Caption[] {
    const leftAlone: Caption[] = [];
    for (const { caption, before, after } of changes) {
      const [from, to] = direction === 'undo' ? [after, before] : [before, after];
      if (caption.raw === from) caption.setRaw(to);
      else leftAlone.push(caption);
    }
    this.changed();
    return leftAlone;
  }

  /** Writes every edited caption that can be written, and nothing else. */
  async save(): Promise<SaveReport> {
    const dirty = [...this.captions.values()].filter((caption) => caption.isDirty);
    const failures: SaveReport['failures'] = [];
    const folders = new Set<string>();
    await pMap(
      dirty,
      async (caption) => {
        await this.inTurn(caption, () => this.saveCaption(caption));
        if (caption.inConflict) failures.push({ path: caption.path, reason: 'Changed by another program.' });
        else if (caption.failure !== undefined) failures.push({ path: caption.path, reason: caption.failure.message });
        else folders.add(path.dirname(this.absolute(caption.path)));
      },
      { concurrency: filesAtATime },
    );
    await pMap(folders, syncFolder, { concurrency: filesAtATime });
    if (dirty.length > 0) this.changed();
    return { saved: dirty.length - failures.length, failures };
  }

  /** Forgets unsaved edits and reads the folder again. */
  async revert(): Promise<void> {
    for (const caption of this.captions.values()) caption.discardEdits();
    await this.load();
  }

  /**
   * Writes a caption that a tagger made, at once.
   * @param expected what the caption held when the job took it on: a caption edited since then is kept
   * @returns what changed; undefined when the caption already was this text
   * @throws CaptionError with the reason why the caption was kept or could not be written
   */
  writeGenerated(caption: Caption, text: string, expected: string | null): Promise<CaptionChange | undefined> {
    return this.inTurn(caption, async () => {
      const file = this.absolute(caption.path);
      refuseForeign(caption, file);
      if (caption.raw !== expected || caption.inConflict) throw editedMeanwhile(file);
      const change = caption.setText(text, this.options.emptiedCaption);
      if (change === undefined) return undefined;
      const saved = await this.saveCaption(caption);
      if (!saved) {
        const reason = caption.failure ?? editedMeanwhile(file);
        if (caption.raw === change.after) caption.setRaw(change.before);
        this.changed();
        throw reason;
      }
      this.changed();
      return change;
    });
  }

  /** The edits that are not saved, as plain data that {@link restoreEdits} takes back. */
  unsavedEdits(): UnsavedEdit[] {
    return [...this.captions.values()]
      .filter((caption) => caption.isDirty)
      .map((caption) => {
        const base = caption.editBase;
        return {
          captionPath: caption.path,
          images: [...caption.images],
          raw: caption.raw,
          base: base === null ? null : Buffer.from(encodeCaption(base)).toString('base64'),
        };
      });
  }

  /** Brings edits back that were not saved when the dataset was last open, also those of images that are gone. */
  async restoreEdits(edits: readonly UnsavedEdit[]): Promise<void> {
    for (const edit of edits) {
      const known = this.captions.get(edit.captionPath);
      const caption = known ?? new Caption(edit.captionPath, edit.images);
      if (known === undefined) {
        this.captions.set(caption.path, caption);
        await this.readCaptions([caption], {});
        this.list([...this.images, ...caption.images.map((image) => ({ path: image, caption }))]);
      }
      caption.restoreEdit(edit.raw, edit.base === null ? null : decodeCaption(Buffer.from(edit.base, 'base64')));
    }
    this.changed();
  }

  /** Settles a conflict between an unsaved edit and another program's change. */
  resolveConflict(caption: Caption, choice: 'mine' | 'theirs' | 'both', merge: MergeTexts): CaptionChange | undefined {
    const theirs = caption.theirs;
    if (theirs === undefined) return undefined;
    let change: CaptionChange | undefined;
    if (choice === 'theirs') change = caption.endConflictWith(theirs?.raw ?? null);
    else {
      const merged = choice === 'both' ? merge(caption.text, theirs?.raw ?? '') : caption.text;
      caption.keepMine();
      change = caption.setText(merged, this.options.emptiedCaption);
    }
    this.changed();
    return change;
  }

  /** Tells the listeners that a caption object was changed from outside. */
  changed(): void {
    for (const listener of this.listeners) listener();
  }

  private async take(images: ScannedImage[], present: Set<string> | null, options: LoadOptions): Promise<void> {
    const byCaption = new Map<string, string[]>();
    for (const image of images) {
      const sharers = byCaption.get(image.captionPath);
      if (sharers === undefined) byCaption.set(image.captionPath, [image.path]);
      else sharers.push(image.path);
    }
    for (const [captionPath, old] of this.captions) {
      if (old.isDirty && !byCaption.has(captionPath)) byCaption.set(captionPath, old.images);
    }
    const captions = new Map<string, Caption>();
    for (const [captionPath, sharers] of byCaption) {
      const caption = this.captions.get(captionPath) ?? new Caption(captionPath, sharers);
      caption.images = sharers;
      captions.set(captionPath, caption);
    }
    const listed: DatasetImage[] = [];
    for (const caption of captions.values()) {
      for (const image of caption.images) listed.push({ path: image, caption });
    }
    const toRead = [...captions.values()].filter(
      (caption) => present === null || present.has(caption.path) || caption.onDisk !== null || caption.isDirty,
    );
    await this.readCaptions(toRead, options);
    this.captions = captions;
    this.list(listed);
  }

  private list(images: DatasetImage[]): void {
    this.images = images.sort((a, b) => compareNaturally(a.path, b.path));
    this.imagesByPath = new Map(images.map((image) => [image.path, image]));
  }

  private async readCaptions(captions: readonly Caption[], { signal }: LoadOptions): Promise<void> {
    const read = (caption: Caption): Promise<void> =>
      this.inTurn(caption, async () => {
        const file = this.absolute(caption.path);
        try {
          const bytes = await readIfThere(file);
          caption.readFromDisk(bytes === null ? null : decodeCaption(bytes));
          caption.unreadable = undefined;
        } catch (thrown) {
          caption.unreadable = fileError(thrown, file, 'read');
        }
      });
    await pMap(captions, read, { concurrency: filesAtATime, ...(signal === undefined ? {} : { signal }) });
  }

  /** @returns whether the file now holds what the caption held when the write began */
  private async saveCaption(caption: Caption): Promise<boolean> {
    if (!caption.isDirty) return true;
    if (caption.inConflict || caption.foreignEncoding !== undefined) return false;
    const file = this.absolute(caption.path);
    caption.saving = true;
    this.changed();
    try {
      // Deleting the target of a link would leave a broken link behind.
      if (caption.raw === null && (await isLink(file))) caption.setRaw('\n');
      const raw = caption.raw;
      const before: CaptionContent | null = caption.onDisk;
      await writeFileSafely(
        file,
        raw === null ? null : encodeCaption({ raw }),
        before === null ? null : encodeCaption(before),
      );
      caption.written(raw);
      return true;
    } catch (thrown) {
      if (thrown instanceof CaptionConflictError) {
        caption.readFromDisk(thrown.theirs === null ? null : decodeCaption(thrown.theirs));
      } else caption.failure = fileError(thrown, file, 'save');
      return false;
    } finally {
      caption.saving = false;
    }
  }

  private async needsScan(relative: string): Promise<boolean> {
    const known = this.imagesByPath.has(relative);
    if (!known && path.extname(relative) !== '' && !isImageName(relative)) return false;
    const exists = await stat(this.absolute(relative)).then(
      () => true,
      () => false,
    );
    return known !== exists;
  }

  private inTurn<T>(caption: Caption, task: () => Promise<T>): Promise<T> {
    const result = (this.turns.get(caption) ?? Promise.resolve()).then(task, task);
    const turn = result.then(noop, noop).then(() => {
      if (this.turns.get(caption) === turn) this.turns.delete(caption);
    });
    this.turns.set(caption, turn);
    return result;
  }
}

/** Makes one caption of the own text and the content of another program's file. */
export type MergeTexts = (mine: string, theirs: string) => string;

function noop(): void {
  // Both outcomes of a turn let the next one begin.
}

function refuseForeign(caption: Caption, file: string): void {
  const encoding = caption.foreignEncoding;
  if (caption.unreadable !== undefined) throw caption.unreadable;
  if (encoding === undefined) return;
  const message = `The caption file is not UTF-8 (it looks like ${encoding}) and was kept. Convert it in the editor first.`;
  throw new CaptionError('CAPTION_NOT_UTF8', message, file);
}

function editedMeanwhile(file: string): CaptionError {
  return new CaptionError('CAPTION_EDITED', 'The caption was edited meanwhile; the edit was kept.', file);
}

async function isLink(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isSymbolicLink();
  } catch (thrown) {
    if (errno(thrown) === 'ENOENT') return false;
    throw thrown;
  }
}

async function removeLeftover(file: string): Promise<void> {
  try {
    if (Date.now() - (await stat(file)).mtimeMs > leftoverAge) await unlink(file);
  } catch {
    // Somebody else removed it, or may; it is only rubbish.
  }
}
