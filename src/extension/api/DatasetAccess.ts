import path from 'node:path';
import type { CaptionedImage } from '../../../api';
import type { Caption } from '../../dataset/captions/Caption';
import { normalizeLineEnds } from '../../tags/captionText';
import { pathBelow } from '../../dataset/files/datasetPath';
import type { Dataset } from '../../dataset/Dataset';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { originsByHand, type CaptionOrigins } from '../../records/originsOf';
import { ImageView } from '../../dataset/view/ImageView';
import { inSlices } from '../../base/inSlices';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { DatasetDocument } from '../document/DatasetDocument';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import type { EditorFiles } from '../document/EditorFiles';
import type { Origins } from '../origins/Origins';
import { ApiError } from './ApiError';
import type { ClosedDatasets } from './ClosedDatasets';
import { realPath } from '../../base/realPath';

/** The dataset that contains the file or directory which a caller named. */
interface Found {
  dataset: Dataset;
  /** set if the dataset is open in an editor: then its captions must be changed through this document only */
  document: DatasetDocument | undefined;
}

/** A directory that a caller named: a dataset, or a folder inside one that is open. */
export interface FoundDirectory extends Found {
  /** as the caller named it */
  directory: string;
  /** the path of the directory inside the dataset; ends with `/` unless it is empty */
  prefix: string;
  /** captions with unsaved edits, in open datasets below the directory; by the absolute path of the caption file */
  unsavedBelow: ReadonlyMap<string, Caption>;
}

export interface FoundImage extends Found {
  /** as the caller named it */
  file: string;
  image: DatasetImage;
}

/**
 * Finds the datasets that other extensions ask about. One that is open in an editor is used as it is, not read again.
 */
export class DatasetAccess {
  constructor(
    private readonly editors: DatasetEditorProvider,
    readonly closed: ClosedDatasets,
    private readonly files: EditorFiles,
    private readonly jobs: CaptionJobs,
    private readonly origins: Origins,
  ) {}

  /** The datasets that are open in this window. */
  get documents(): ReadonlySet<DatasetDocument> {
    return new Set(this.editors.documents);
  }

  /**
   * Finds the dataset of a directory and reads it unless it is open.
   * @throws ApiError, CaptionError when it cannot be read; the signal's reason
   */
  async directory(directory: string, signal: AbortSignal): Promise<FoundDirectory> {
    for (const { document, relative } of await this.openAround(directory)) {
      await loaded(document);
      const { dataset } = document;
      const prefix = relative === '' ? '' : `${relative}/`;
      // The scan of the outer dataset skips some folders, such as hidden ones: those are read as datasets of their own.
      if (relative !== '' && !dataset.allImages.some((image) => image.path.startsWith(prefix))) continue;
      return { dataset, document, directory, prefix, unsavedBelow: new Map() };
    }
    const dataset = await this.closed.load(directory, signal);
    return { dataset, document: undefined, directory, prefix: '', unsavedBelow: this.unsavedBelow(directory) };
  }

  /** The dataset of an image file that exists. @throws ApiError when that dataset cannot be read */
  async image(file: string): Promise<FoundImage> {
    for (const { document, relative } of await this.openAround(file)) {
      await loaded(document);
      const { dataset } = document;
      // The file may be newer than the last scan.
      if (dataset.image(relative) === undefined) await document.reconcile([relative]);
      const image = dataset.image(relative);
      if (image !== undefined) return { dataset, document, file, image };
    }
    const { dataset, path: relative } = await this.closed.ofImage(file);
    const image = dataset.image(relative);
    if (image === undefined) throw new Error(`${file} is not in its own dataset.`);
    return { dataset, document: undefined, file, image };
  }

  /** Reads the caption of an image from disk again; unsaved edits stay. */
  async readAgain(found: FoundImage): Promise<FoundImage> {
    const { dataset, document, image } = found;
    await (document ?? dataset).reconcile([image.caption.path]);
    return { ...found, image: dataset.image(image.path) ?? image };
  }

  /** The images of a directory; with a query, only those that match it. @throws ApiError QUERY_INVALID */
  async imagesOf(
    { dataset, document, prefix }: FoundDirectory,
    query: string | undefined,
    signal: AbortSignal,
  ): Promise<readonly DatasetImage[]> {
    const images = query === undefined ? dataset.allImages : await this.search(dataset, document, query, signal);
    if (prefix === '') return images;
    const inside: DatasetImage[] = [];
    await inSlices(
      images,
      (image) => {
        if (image.path.startsWith(prefix)) inside.push(image);
      },
      { signal },
    );
    return inside;
  }

  /** Images of a directory in the form in which the API returns them. */
  async describe(
    found: FoundDirectory,
    images: readonly DatasetImage[],
    signal: AbortSignal,
  ): Promise<CaptionedImage[]> {
    const { dataset, directory, prefix, unsavedBelow } = found;
    const isUnsaved = this.unsavedIn(found);
    const absolute = absoluteIn(directory);
    const described: CaptionedImage[] = [];
    const describe = ({ path: image, caption }: DatasetImage): void => {
      const name = image.slice(prefix.length);
      // Captions that are links to one file have the path of the first of them, which may be in another folder.
      const own = caption.imageCount === 1 ? caption.path : dataset.captionPathOf(image);
      const captionPath = absolute(own.slice(prefix.length));
      const shown = (unsavedBelow.size === 0 ? undefined : unsavedBelow.get(captionPath)) ?? caption;
      described.push(captionedImage(absolute(name), name, captionPath, shown, isUnsaved(caption)));
    };
    await inSlices(images, describe, { signal });
    return described;
  }

  /** Makes a test for unsaved edits of captions, in the dataset or in a text editor, as of the time of this call. */
  unsavedIn({ dataset, unsavedBelow }: FoundDirectory): (caption: Caption) => boolean {
    const inEditors = new Set(this.files.unsavedIn(dataset.folder));
    return (caption) =>
      caption.isDirty ||
      inEditors.has(caption.path) ||
      (unsavedBelow.size > 0 && unsavedBelow.has(dataset.absolute(caption.path)));
  }

  /** One image in the form in which the API returns it. */
  describeOne({ dataset, file, image: { caption } }: FoundImage): CaptionedImage {
    const captionPath = dataset.captionPathOf(file);
    const unsaved = caption.isDirty || this.files.unsavedText(dataset.absolute(caption.path)) !== undefined;
    return captionedImage(file, path.basename(file), captionPath, caption, unsaved);
  }

  /** Who wrote what in captions of a dataset. @throws RecordError */
  async originsOf(dataset: Dataset, captions: readonly Caption[]): Promise<CaptionOrigins[]> {
    const known = await this.origins.of(dataset, captions);
    return known ?? captions.map(({ text }) => originsByHand(normalizeLineEnds(text)));
  }

  private async search(
    dataset: Dataset,
    document: DatasetDocument | undefined,
    query: string,
    signal: AbortSignal,
  ): Promise<readonly DatasetImage[]> {
    const grid = document && this.editors.open.find(({ session }) => session.document === document);
    const view = new ImageView(dataset, {
      isSelected: (image) => grid?.session.selection.has(image) === true,
      hasFailed: ({ caption }) => document !== undefined && this.jobs.failureOf(document, caption) !== undefined,
      askOrigins: (...asked) => this.origins.matching(dataset, ...asked),
    });
    const stop = (): void => {
      view.dispose();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      await view.setQuery(query);
      signal.throwIfAborted();
      if (view.error !== undefined) throw new ApiError('QUERY_INVALID', view.error.message);
      return view.images;
    } finally {
      signal.removeEventListener('abort', stop);
      view.dispose();
    }
  }

  /** The open datasets that contain a file or folder, the innermost first, each with the path relative to it. */
  private async openAround(file: string): Promise<{ document: DatasetDocument; relative: string }[]> {
    const { documents } = this;
    if (documents.size === 0) return [];
    const real = await resolvedPath(file);
    const found: { document: DatasetDocument; relative: string }[] = [];
    for (const document of documents) {
      const { fsPath } = document.uri;
      const relative = pathBelow(fsPath, file) ?? pathBelow(await resolvedPath(fsPath), real);
      if (relative !== undefined) found.push({ document, relative });
    }
    return found.sort((a, b) => a.relative.length - b.relative.length);
  }

  private unsavedBelow(directory: string): Map<string, Caption> {
    const unsaved = new Map<string, Caption>();
    for (const { dataset } of this.documents) {
      if (pathBelow(directory, dataset.folder) === undefined) continue;
      for (const caption of dataset.dirtyCaptions) unsaved.set(dataset.absolute(caption.path), caption);
    }
    return unsaved;
  }
}

/**
 * Makes absolute paths from the paths in a dataset. Faster than `path.join`, whose garbage blocks the process when
 * there are hundreds of thousands of paths.
 */
export function absoluteIn(folder: string): (relative: string) => string {
  const start = folder.endsWith(path.sep) ? folder : folder + path.sep;
  return (relative) => start + (path.sep === '/' ? relative : relative.replaceAll('/', path.sep));
}

async function loaded(document: DatasetDocument): Promise<void> {
  await document.whenLoaded();
  const { loadState, loadMessage, uri } = document;
  if (loadState === 'missing') throw new ApiError('DIRECTORY_NOT_FOUND', loadMessage, uri.fsPath);
  if (loadState === 'error') throw new ApiError('FILE_ERROR', loadMessage, uri.fsPath);
}

function captionedImage(
  file: string,
  name: string,
  captionPath: string,
  caption: Caption,
  unsaved: boolean,
): CaptionedImage {
  return {
    path: file,
    name,
    caption: normalizeLineEnds(caption.text),
    hasCaption: !caption.isEmpty,
    unsaved,
    captionPath,
  };
}

/** A path with its symbolic links resolved; unchanged if they cannot be. */
export function resolvedPath(file: string): Promise<string> {
  return realPath(file).catch(() => file);
}
