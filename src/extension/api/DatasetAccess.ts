import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { CaptionedImage } from '../../../api';
import type { Caption } from '../../dataset/captions/Caption';
import { normalizeLineEnds } from '../../tags/captionText';
import { pathBelow } from '../../dataset/files/datasetPath';
import type { Dataset } from '../../dataset/Dataset';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { ImageView } from '../../dataset/view/ImageView';
import { inSlices } from '../../base/inSlices';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { DatasetDocument } from '../document/DatasetDocument';
import type { DatasetEditorProvider } from '../editor/DatasetEditorProvider';
import type { EditorFiles } from '../document/EditorFiles';
import { ApiError } from './ApiError';
import type { ClosedDatasets } from './ClosedDatasets';

/** A dataset in which a caller's file or directory is. */
interface Found {
  dataset: Dataset;
  /** set where an editor shows it: then that is the only one that may change its captions */
  document: DatasetDocument | undefined;
}

/** A directory that a caller asks about: a dataset, or a folder of one that is open. */
export interface FoundDirectory extends Found {
  /** as it was asked for */
  directory: string;
  /** of the paths in the dataset; ends with `/` unless it is empty */
  prefix: string;
  /** captions with edits that are not saved, in open datasets below the directory; by the file's absolute path */
  unsavedBelow: ReadonlyMap<string, Caption>;
}

export interface FoundImage extends Found {
  /** as it was asked for */
  file: string;
  image: DatasetImage;
}

/** Finds the datasets that other extensions ask about: what is open is never read a second time. */
export class DatasetAccess {
  constructor(
    private readonly editors: DatasetEditorProvider,
    readonly closed: ClosedDatasets,
    private readonly files: EditorFiles,
    private readonly jobs: CaptionJobs,
  ) {}

  /** The datasets that are open in this window. */
  get documents(): ReadonlySet<DatasetDocument> {
    return new Set(this.editors.documents);
  }

  /**
   * The images of a directory, read as far as that is needed.
   * @throws ApiError, CaptionError when it cannot be read; the signal's reason
   */
  async directory(directory: string, signal: AbortSignal): Promise<FoundDirectory> {
    for (const { document, relative } of await this.openAround(directory)) {
      await loaded(document);
      const { dataset } = document;
      const prefix = relative === '' ? '' : `${relative}/`;
      // The scan passes some folders over, such as hidden ones.
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
      // It may be new.
      if (dataset.image(relative) === undefined) await document.reconcile([relative]);
      const image = dataset.image(relative);
      if (image !== undefined) return { dataset, document, file, image };
    }
    const { dataset, path: relative } = await this.closed.ofImage(file);
    const image = dataset.image(relative);
    if (image === undefined) throw new Error(`${file} is not in its own dataset.`);
    return { dataset, document: undefined, file, image };
  }

  /** An image with its caption as the file holds it now; edits that are not saved stay. */
  async readAgain(found: FoundImage): Promise<FoundImage> {
    const { dataset, document, image } = found;
    await (document ?? dataset).reconcile([image.caption.path]);
    return { ...found, image: dataset.image(image.path) ?? image };
  }

  /** The images of a directory, those that match a query where there is one. @throws ApiError QUERY_INVALID */
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

  /** What callers are told of images of a directory. */
  async describe(
    found: FoundDirectory,
    images: readonly DatasetImage[],
    signal: AbortSignal,
  ): Promise<CaptionedImage[]> {
    const { directory, prefix, unsavedBelow } = found;
    const isUnsaved = this.unsavedIn(found);
    const absolute = absoluteIn(directory);
    const described: CaptionedImage[] = [];
    const describe = ({ path: image, caption }: DatasetImage): void => {
      const name = image.slice(prefix.length);
      const captionPath = absolute(caption.path.slice(prefix.length));
      const shown = (unsavedBelow.size === 0 ? undefined : unsavedBelow.get(captionPath)) ?? caption;
      described.push(captionedImage(absolute(name), name, captionPath, shown, isUnsaved(caption)));
    };
    await inSlices(images, describe, { signal });
    return described;
  }

  /** Tells of captions of a directory whether they have an edit that is not saved, here or in a text editor, as of now. */
  unsavedIn({ dataset, unsavedBelow }: FoundDirectory): (caption: Caption) => boolean {
    const inEditors = new Set(this.files.unsavedIn(dataset.folder));
    return (caption) =>
      caption.isDirty ||
      inEditors.has(caption.path) ||
      (unsavedBelow.size > 0 && unsavedBelow.has(dataset.absolute(caption.path)));
  }

  /** What callers are told of one image. */
  describeOne({ dataset, file, image: { caption } }: FoundImage): CaptionedImage {
    const captionPath = path.join(path.dirname(file), path.posix.basename(caption.path));
    const unsaved = caption.isDirty || this.files.unsavedText(dataset.absolute(caption.path)) !== undefined;
    return captionedImage(file, path.basename(file), captionPath, caption, unsaved);
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

  /** The open datasets that may have a file or folder, the innermost first, with its path in them. */
  private async openAround(file: string): Promise<{ document: DatasetDocument; relative: string }[]> {
    const { documents } = this;
    if (documents.size === 0) return [];
    const real = await realPath(file);
    const found: { document: DatasetDocument; relative: string }[] = [];
    for (const document of documents) {
      const { fsPath } = document.uri;
      const relative = pathBelow(fsPath, file) ?? pathBelow(await realPath(fsPath), real);
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
 * Makes absolute paths of those that a dataset has. For hundred thousands: `path.join` would leave so much to collect that
 * everything else waits for it.
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

/** A path without links; as it is where it cannot be followed. */
export function realPath(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}
