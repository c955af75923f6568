import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type {
  Batch,
  BatchMode,
  BatchStatus,
  CancelOptions,
  CaptionedImage,
  CaptionOrigins,
  CaptionsChange,
  DatasetCaptionsApi,
  ImageList,
  ImageResult,
  ListOptions,
  PathOrUri,
  Picture,
  QueryOptions,
  SaveOptions,
  TagCount,
} from '../../../api';
import type { EditAuthor } from '../../dataset/files/FileWriter';
import { refuseUnwritable } from '../../dataset/captions/captionFile';
import { normalizeLineEnds } from '../../tags/captionText';
import { countTagsOf, firstTags } from '../../dataset/tagIndex/TagList';
import { syncFolder } from '../../dataset/files/writeFileSafely';
import { largestPreview, thumbnailSize } from '../../protocol/page/pictureProtocol';
import { fileVersion } from '../shared/fileVersion';
import type { Thumbnails } from '../pictures/Thumbnails';
import { ApiError } from './ApiError';
import { batchMode, directory, imageFile, text, wholeNumber } from './apiArguments';
import { unsavedEdit, type ApiJobs } from './ApiJobs';
import { cancellable } from './cancellable';
import type { CaptionChanges } from './CaptionChanges';
import type { DatasetAccess, FoundImage } from './DatasetAccess';
import { toApiError } from './toApiError';

const smallestThumbnail = 16;
/** Priority of a picture that another extension waits for: after those that are on screen. */
const pictureRank = 2;

const mimeTypes: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.bmp': 'image/bmp',
  '.webp': 'image/webp',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.avif': 'image/avif',
};

/** The API for other extensions, as `api.d.ts` documents it, on top of the same classes as the editor. */
export class DatasetApi implements DatasetCaptionsApi {
  readonly version = '1.1';
  readonly onDidChangeCaptions: vscode.Event<CaptionsChange>;

  constructor(
    private readonly access: DatasetAccess,
    private readonly changes: CaptionChanges,
    private readonly jobs: ApiJobs,
    private readonly thumbnails: Thumbnails,
    readonly onDidChangeBatch: vscode.Event<Batch>,
  ) {
    this.onDidChangeCaptions = changes.event;
  }

  listImages(given: PathOrUri, options: ListOptions = {}): Promise<ImageList> {
    return cancellable(options.token, async (signal) => {
      const offset = wholeNumber(options.offset, 'offset', 0, Number.MAX_SAFE_INTEGER) ?? 0;
      const limit = wholeNumber(options.limit, 'limit', 0, Number.MAX_SAFE_INTEGER);
      const found = await this.access.directory(await directory(given), signal);
      const images = await this.access.imagesOf(found, queryOf(options), signal);
      const wanted = images.slice(offset, limit === undefined ? undefined : offset + limit);
      return {
        directory: found.directory,
        total: images.length,
        images: await this.access.describe(found, wanted, signal),
      };
    });
  }

  getCaption(given: PathOrUri, options: CancelOptions = {}): Promise<CaptionedImage> {
    return cancellable(options.token, async () => {
      const found = await this.access.image(await imageFile(given));
      return this.access.describeOne(found.document === undefined ? await this.access.readAgain(found) : found);
    });
  }

  saveCaption(given: PathOrUri, caption: string, options: SaveOptions = {}): Promise<CaptionedImage> {
    return cancellable(options.token, async (signal) => {
      const wanted = normalizeLineEnds(text(caption, 'caption'));
      const expected = options.expected === undefined ? undefined : text(options.expected, 'expected');
      const found = await this.unchanged(await this.access.image(await imageFile(given)), expected);
      signal.throwIfAborted();
      await this.save(found, wanted);
      const saved = this.access.describeOne(found);
      if (found.document === undefined) this.changes.announce(path.dirname(saved.path), [saved]);
      return saved;
    });
  }

  getImage(given: PathOrUri, options: CancelOptions = {}): Promise<Picture> {
    return cancellable(options.token, async () => {
      const file = await imageFile(given);
      return picture(file, mimeTypes[path.extname(file).toLowerCase()] ?? 'application/octet-stream');
    });
  }

  getThumbnail(given: PathOrUri, size?: number, options: CancelOptions = {}): Promise<Picture> {
    const make = async (signal: AbortSignal): Promise<Picture> => {
      const wanted = wholeNumber(size, 'size', smallestThumbnail, largestPreview) ?? thumbnailSize;
      const imagePath = await imageFile(given);
      const order = { imagePath, imageVersion: await fileVersion(imagePath), size: wanted, rank: pictureRank };
      return picture(await this.thumbnails.get(order, signal), 'image/webp');
    };
    return cancellable(options.token, make, 'IMAGE_UNREADABLE');
  }

  captionImage(given: PathOrUri, options: CancelOptions = {}): Promise<ImageResult> {
    const caption = async (signal: AbortSignal): Promise<ImageResult> => {
      return this.jobs.captionImage(await this.access.image(await imageFile(given)), signal);
    };
    return cancellable(options.token, caption, 'TAGGER_FAILED');
  }

  startBatch(given: PathOrUri, mode: BatchMode, options: CancelOptions = {}): Promise<Batch> {
    const start = async (signal: AbortSignal): Promise<Batch> => {
      const wanted = batchMode(mode);
      return this.jobs.startBatch(await this.access.directory(await directory(given), signal), wanted, signal);
    };
    return cancellable(options.token, start, 'TAGGER_FAILED');
  }

  getBatchStatus(id: string, options: CancelOptions = {}): Promise<BatchStatus> {
    return cancellable(options.token, (signal) => this.jobs.status(text(id, 'id'), signal));
  }

  cancelBatch(id: string): Promise<void> {
    return cancellable(undefined, () => this.jobs.cancel(text(id, 'id')));
  }

  getTagCounts(given: PathOrUri, options: QueryOptions = {}): Promise<readonly TagCount[]> {
    return cancellable(options.token, async (signal) => {
      const found = await this.access.directory(await directory(given), signal);
      const query = queryOf(options);
      const whole = found.prefix === '' && query === undefined;
      const count = async (): Promise<ReadonlyMap<string, number>> =>
        countTagsOf(await this.access.imagesOf(found, query, signal), { signal });
      const counts = whole ? found.dataset.tagCounts : await count();
      return firstTags(counts, 'count', counts.size, { signal });
    });
  }

  getOrigins(given: PathOrUri, options: CancelOptions = {}): Promise<CaptionOrigins> {
    const origins = async (): Promise<CaptionOrigins> => {
      const image = await this.access.image(await imageFile(given));
      const found = image.document === undefined ? await this.access.readAgain(image) : image;
      const { caption } = found.image;
      if (caption.unreadable !== undefined) throw caption.unreadable;
      const [known] = await this.access.originsOf(found.dataset, [caption]);
      return { path: found.file, parts: known?.parts ?? [], deleted: known?.deleted ?? [] };
    };
    return cancellable(options.token, origins, 'FILE_ERROR');
  }

  /**
   * Reads the image again and checks that its caption may be replaced.
   * @throws ApiError CAPTION_CONFLICT, UNSAVED_EDIT; CaptionError when it must not be written
   */
  private async unchanged(found: FoundImage, expected: string | undefined): Promise<FoundImage> {
    found.document?.commit();
    const known = found.image.caption.raw;
    const now = await this.access.readAgain(found);
    const { dataset, file, image } = now;
    const { caption } = image;
    refuseUnwritable(caption, dataset.absolute(caption.path));
    const { caption: shown, unsaved } = this.access.describeOne(now);
    const changed = expected === undefined ? caption.raw !== known : shown !== normalizeLineEnds(expected);
    if (changed || caption.inConflict) {
      throw new ApiError('CAPTION_CONFLICT', vscode.l10n.t('The caption of {0} was changed meanwhile.', file), file);
    }
    // A caller that passes `expected` has seen the unsaved text and may replace it.
    if (unsaved && expected === undefined) throw unsavedEdit(file);
    return now;
  }

  private async save({ dataset, document, file, image: { caption } }: FoundImage, wanted: string): Promise<void> {
    try {
      const change = await dataset.writeGenerated(caption, () => wanted, caption.raw, false, byExtension);
      if (change !== undefined) {
        const label = vscode.l10n.t('Save Caption of {0}', path.basename(file));
        document?.recordEdit(label, [change], undefined, byExtension);
        await syncFolder(path.dirname(dataset.absolute(caption.path)));
      }
    } catch (thrown) {
      const { code, message } = toApiError(thrown);
      if (code !== 'CAPTION_CONFLICT') throw thrown;
      throw new ApiError(code, message, file, thrown);
    }
    // Clears the dirty mark if nothing else is unsaved; otherwise saves what was typed into other captions.
    await document?.autoSave();
  }
}

/** The author of captions that another extension saves: VS Code does not tell which one it is. */
const byExtension: EditAuthor = { by: 'import', name: 'API' };

function queryOf({ query }: QueryOptions): string | undefined {
  return query === undefined ? undefined : text(query, 'query');
}

function picture(file: string, mimeType: string): Picture {
  return {
    uri: vscode.Uri.file(file),
    mimeType,
    readBytes: async () => {
      try {
        return new Uint8Array(await readFile(file));
      } catch (thrown) {
        throw toApiError(thrown, 'FILE_ERROR');
      }
    },
  };
}
