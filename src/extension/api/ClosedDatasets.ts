import path from 'node:path';
import * as vscode from 'vscode';
import { Dataset } from '../../dataset/Dataset';
import { captionPathOf } from '../../dataset/files/imageFiles';
import { Disposable } from '../shared/Disposable';
import { ExpiringMap } from '../shared/ExpiringMap';
import type { EditorFiles } from '../document/EditorFiles';
import { datasetOptions } from '../settings/settings';

/** A folder that was read is kept for so long after its last use, in milliseconds. */
const keptFor = 60_000;
/** A folder of 100,000 images takes some 100 MB. */
const mostKept = 2;

/** Folders that other extensions ask about and that no editor shows. */
export class ClosedDatasets extends Disposable {
  /** by their folders */
  private readonly kept = this.register(new ExpiringMap<string, Dataset>(keptFor));

  constructor(
    /** what writes the caption files */
    private readonly files: EditorFiles,
  ) {
    super();
  }

  /** Reads a folder; of one that was read a moment ago only what changed. @throws CaptionError when it cannot be read */
  async load(folder: string, signal: AbortSignal): Promise<Dataset> {
    const dataset = this.keep(folder);
    await dataset.load({ changedOnly: true, signal });
    const unsaved = this.files.unsavedIn(folder);
    if (unsaved.length > 0) await dataset.reconcile(unsaved);
    this.keep(folder);
    return dataset;
  }

  /** The dataset of one image: that of a folder which was read a moment ago and shows it, else one with it alone. */
  async ofImage(file: string): Promise<{ dataset: Dataset; path: string }> {
    for (const dataset of this.kept.values()) {
      const relative = path.relative(dataset.folder, file).split(path.sep).join('/');
      if (dataset.image(relative) !== undefined) return { dataset, path: relative };
    }
    const name = path.basename(file);
    return { dataset: await this.ofImages(path.dirname(file), [name]), path: name };
  }

  /** A dataset of some images only, read now. @param images relative to the folder, with `/` */
  ofImages(folder: string, images: readonly string[]): Promise<Dataset> {
    const options = datasetOptions(vscode.Uri.file(folder));
    const listed = images.map((image) => ({
      path: image,
      captionPath: captionPathOf(image, options.captionExtension),
    }));
    return Dataset.ofImages(folder, listed, options, this.files);
  }

  /** Keeps the dataset of a folder from now on; another one where the settings of the folder changed. */
  private keep(folder: string): Dataset {
    const options = datasetOptions(vscode.Uri.file(folder));
    const known = this.kept.get(folder);
    const isUsable =
      known?.options.captionExtension === options.captionExtension &&
      known.options.emptiedCaption === options.emptiedCaption;
    const dataset = known !== undefined && isUsable ? known : new Dataset(folder, options, this.files);
    this.kept.set(folder, dataset);
    const [oldest] = this.kept.keys();
    if (this.kept.size > mostKept && oldest !== undefined) this.kept.delete(oldest);
    return dataset;
  }
}
