/**
 * The API of the extension *Dataset Captions* for other extensions, version 1. docs/api.md has an example of each call.
 *
 * ```ts
 * const extension = vscode.extensions.getExtension<DatasetCaptionsExtension>('dataset-captions.dataset-captions');
 * const api = (await extension?.activate())?.getAPI(1);
 * ```
 *
 * Copy this file into your extension; it needs the types of `vscode` only.
 */
import type { CancellationToken, Event, Uri } from 'vscode';

/** What the extension exports. */
export interface DatasetCaptionsExtension {
  /**
   * The API as it is described here. Within a version things are added, never changed or taken away.
   * @throws DatasetCaptionsError VERSION_UNSUPPORTED
   */
  getAPI(version: 1): DatasetCaptionsApi;
}

/** A file or folder on a disk of the machine that the extension runs on: an absolute path, or a `file:` URI. */
export type PathOrUri = string | Uri;

/** Every call may be cancelled, and then rejects with CANCELLED. */
export interface CancelOptions {
  readonly token?: CancellationToken | undefined;
}

/** What the extension can do for others. Every rejection is a {@link DatasetCaptionsError}. */
export interface DatasetCaptionsApi {
  /** `major.minor`: the major number is the one that was asked for, the minor one grows with what is added */
  readonly version: string;

  /** Captions changed: typed, saved, edited in bulk, written by a job or, in an open dataset, by another program. */
  readonly onDidChangeCaptions: Event<CaptionsChange>;

  /** A batch, or any other captioning job of this machine, moved on; at most 4 times a second for each. */
  readonly onDidChangeBatch: Event<Batch>;

  /**
   * Lists the images of a directory and of those below it, in natural order. Where the directory is open as a dataset,
   * captions are as the editor shows them; nothing is read twice.
   */
  listImages(directory: PathOrUri, options?: ListOptions): Promise<ImageList>;

  /** Reads the caption of one image. */
  getCaption(image: PathOrUri, options?: CancelOptions): Promise<CaptionedImage>;

  /**
   * Saves the caption of an image. In an open dataset that is an edit which its user can undo. A text that is not saved, and
   * what another program wrote, are never replaced: that rejects with UNSAVED_EDIT or CAPTION_CONFLICT.
   * @param caption an empty text removes the caption, as the user's settings say
   */
  saveCaption(image: PathOrUri, caption: string, options?: SaveOptions): Promise<CaptionedImage>;

  /** The image itself. */
  getImage(image: PathOrUri, options?: CancelOptions): Promise<Picture>;

  /**
   * A small picture of an image, made once and kept: upright, in sRGB, never enlarged.
   * @param size the longer side in pixels, 16 to 6144; without it 300
   */
  getThumbnail(image: PathOrUri, size?: number, options?: CancelOptions): Promise<Picture>;

  /**
   * Captions one image with the selected tagger and the user's settings, beside a batch that runs. Nothing is asked; the
   * setting *Write Mode* says what becomes of a caption that is there.
   */
  captionImage(image: PathOrUri, options?: CancelOptions): Promise<ImageResult>;

  /**
   * Starts to caption the images of a directory and of those below it with the selected tagger and the user's settings.
   * Nothing is asked. Resolves when the batch has begun or waits for its turn; cancelling ends only that wait.
   * @param mode `missing` captions the images that have no caption
   */
  startBatch(directory: PathOrUri, mode: BatchMode, options?: CancelOptions): Promise<Batch>;

  /** Where a batch is, with the results so far. */
  getBatchStatus(id: string, options?: CancelOptions): Promise<BatchStatus>;

  /** Ends a batch; captions that are written stay. */
  cancelBatch(id: string): Promise<void>;

  /** How many images have each tag, the most frequent first. */
  getTagCounts(directory: PathOrUri, options?: QueryOptions): Promise<readonly TagCount[]>;

  /**
   * Says who wrote each part of the caption of an image, by the records beside the dataset. What no record explains counts
   * as written by a person. Since 1.1.
   */
  getOrigins(image: PathOrUri, options?: CancelOptions): Promise<CaptionOrigins>;
}

/** Which images are meant. */
export interface QueryOptions extends CancelOptions {
  /** in the language of the search box, such as `tag:cat -is:empty`; all images without it */
  readonly query?: string | undefined;
}

export interface ListOptions extends QueryOptions {
  /** how many images are passed over; 0 without it */
  readonly offset?: number | undefined;
  /** how many images are wanted at most; all without it */
  readonly limit?: number | undefined;
}

export interface SaveOptions extends CancelOptions {
  /**
   * the caption that the new one was made of: where the image has another one by now, nothing is saved. Without it the one
   * counts that the extension knew last.
   */
  readonly expected?: string | undefined;
}

export interface ImageList {
  /** absolute */
  readonly directory: string;
  /** how many images there are, or match the query, before `offset` and `limit` */
  readonly total: number;
  readonly images: readonly CaptionedImage[];
}

/** An image with its caption. */
export interface CaptionedImage {
  /** absolute path */
  readonly path: string;
  /** relative to the directory that was asked for, with `/`; of a single image its name */
  readonly name: string;
  /** with LF line ends; empty where there is none */
  readonly caption: string;
  readonly hasCaption: boolean;
  /** the editor has a text that is not saved, or stands in a conflict with another program's: `caption` is the editor's */
  readonly unsaved: boolean;
  /** absolute path of the caption file, whether or not there is one; several images may share it */
  readonly captionPath: string;
}

/** A picture in a file. */
export interface Picture {
  /** the file; that of a thumbnail may be removed some day to make room for others */
  readonly uri: Uri;
  /** such as `image/webp` */
  readonly mimeType: string;
  /** Reads the file. */
  readBytes(): Promise<Uint8Array>;
}

export type BatchMode = 'all' | 'missing';

/** A captioning job. */
export interface Batch {
  readonly id: string;
  /** absolute */
  readonly directory: string;
  /**
   * - `running`: also while it waits for its turn or the user paused it
   * - `completed`: every image has a result
   * - `error`: it was cancelled or stands still; {@link message} says why
   */
  readonly status: 'running' | 'completed' | 'error';
  /** what exactly `status` stands for */
  readonly state: 'queued' | 'running' | 'paused' | 'completed' | 'cancelled' | 'interrupted' | 'failed';
  /** how many images have a result, of {@link total} */
  readonly done: number;
  readonly total: number;
  /** how many of {@link done} could not be captioned */
  readonly failed: number;
  /** one sentence for people; empty where the numbers say all */
  readonly message: string;
}

/** A captioning job with what became of its images. */
export interface BatchStatus extends Batch {
  /** of the images that are done */
  readonly results: readonly ImageResult[];
}

/** What became of an image. */
export interface ImageResult {
  /** absolute path */
  readonly path: string;
  /**
   * - `written`: it has a new caption; `same`: its caption already was that
   * - `untagged`: no tag passed the threshold; `kept`: somebody else had written a caption, or it is JSON, to which no
   *   tags are added: both kept what was there
   * - `failed`: it could not be captioned
   */
  readonly outcome: 'written' | 'same' | 'untagged' | 'kept' | 'failed';
  /** the whole caption as it is now */
  readonly caption: string;
  /** why it failed or was kept, one sentence for people */
  readonly reason?: string;
}

export interface TagCount {
  readonly tag: string;
  /** in how many images */
  readonly count: number;
}

/**
 * - `tagger`, `captioner`: a model, in a captioning job
 * - `hand`: a person, in the editor or in any other program; also whatever nobody knows
 * - `bulk`: a person, in an edit of many captions; `import`: an import; `outside`: another program
 */
export type CaptionWriter = 'tagger' | 'captioner' | 'hand' | 'bulk' | 'import' | 'outside';

/** A part of a caption: a tag, a sentence, or all of a caption that is JSON. */
export interface CaptionPart {
  readonly text: string;
  readonly by: CaptionWriter;
  /** of the tagger or captioner */
  readonly name?: string;
  /** what the model gave for it, 0..1 with two digits */
  readonly score?: number;
  /** when it was written, in milliseconds since 1970 */
  readonly when?: number;
}

/** A part that a person took out of a caption: no captioning job brings it back in the write mode `update`. */
export interface DeletedCaptionPart {
  readonly text: string;
  /** when it was known to be gone, in milliseconds since 1970 */
  readonly when?: number;
}

/** Who wrote what of a caption. */
export interface CaptionOrigins {
  /** absolute path of the image */
  readonly path: string;
  /** the parts of the caption as the editor shows it, in their order */
  readonly parts: readonly CaptionPart[];
  readonly deleted: readonly DeletedCaptionPart[];
}

export interface CaptionsChange {
  /** absolute */
  readonly directory: string;
  /** the images, as they are now, at least one */
  readonly images: readonly CaptionedImage[];
}

/**
 * - `VERSION_UNSUPPORTED`: this API has no such version
 * - `ARGUMENT_INVALID`: an argument is of the wrong type or out of its range, or a path is not absolute
 * - `NOT_LOCAL`: the URI is not of a file on this machine
 * - `DIRECTORY_NOT_FOUND`, `IMAGE_NOT_FOUND`: there is none, or it is no directory or image
 * - `QUERY_INVALID`: the query has a mistake
 * - `CAPTION_CONFLICT`: another program or person changed the caption, or it stands in a conflict
 * - `UNSAVED_EDIT`: the editor has a text that is not saved
 * - `CAPTION_NOT_UTF8`: the caption file has to be converted in the editor first
 * - `FILE_ERROR`: a file or folder could not be read or written, `message` says why
 * - `IMAGE_UNREADABLE`: no picture can be made of the image
 * - `BATCH_RUNNING`: another job is captioning these images
 * - `BATCH_NOT_FOUND`: no job has this id
 * - `NOTHING_TO_DO`: there is no image to caption
 * - `TAGGER_FAILED`: the tagger or what runs it cannot be used
 * - `CANCELLED`: as the caller wished
 * - `UNEXPECTED`: a fault of this extension
 */
export type DatasetCaptionsErrorCode =
  | 'VERSION_UNSUPPORTED'
  | 'ARGUMENT_INVALID'
  | 'NOT_LOCAL'
  | 'DIRECTORY_NOT_FOUND'
  | 'IMAGE_NOT_FOUND'
  | 'QUERY_INVALID'
  | 'CAPTION_CONFLICT'
  | 'UNSAVED_EDIT'
  | 'CAPTION_NOT_UTF8'
  | 'FILE_ERROR'
  | 'IMAGE_UNREADABLE'
  | 'BATCH_RUNNING'
  | 'BATCH_NOT_FOUND'
  | 'NOTHING_TO_DO'
  | 'TAGGER_FAILED'
  | 'CANCELLED'
  | 'UNEXPECTED';

/** How every call fails. */
export interface DatasetCaptionsError extends Error {
  readonly code: DatasetCaptionsErrorCode;
  /** what it is about, where that is one file or folder; absolute */
  readonly path?: string | undefined;
}
