import path from 'node:path';
import * as vscode from 'vscode';
import { Dataset } from '../../dataset/Dataset';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import { captionPathOf } from '../../dataset/files/imageFiles';
import { Disposable } from '../shared/Disposable';
import type { EditorFiles } from '../document/EditorFiles';
import { datasetOptions } from '../settings/settings';

/** A folder that was read is kept for so long after its last use, in milliseconds. */
const keptFor = 60_000;
/** A folder of 100,000 images takes some 100 MB. */
const mostKept = 2;

interface Kept {
  dataset: Dataset;
  timer: NodeJS.Timeout;
}

/** Folders that other extensions ask about and that no editor shows. */
export class ClosedDatasets extends Disposable {
  private readonly kept = new Map<string, Kept>();

  constructor(
    /** what writes the caption files */
    private readonly files: EditorFiles,
  ) {
    super();
    this.register({
      dispose: () => {
        for (const folder of [...this.kept.keys()]) this.forget(folder);
      },
    });
  }

  /** Reads a folder; of one that was read a moment ago only what changed. @throws CaptionError when it cannot be read */
  async load(folder: string, signal: AbortSignal): Promise<Dataset> {
    const { dataset } = this.keep(folder);
    await dataset.load({ changedOnly: true, signal });
    const unsaved = this.files.unsavedIn(folder);
    if (unsaved.length > 0) await dataset.reconcile(unsaved);
    this.keep(folder);
    return dataset;
  }

  /** The dataset of one image: that of a folder which was read a moment ago and shows it, else one with it alone. */
  async ofImage(file: string): Promise<{ dataset: Dataset; path: string }> {
    for (const [folder, { dataset }] of this.kept) {
      const relative = datasetPathOf(folder, file);
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

  private keep(folder: string): Kept {
    const options = datasetOptions(vscode.Uri.file(folder));
    const known = this.kept.get(folder);
    this.forget(folder);
    const same =
      known?.dataset.options.captionExtension === options.captionExtension &&
      known.dataset.options.emptiedCaption === options.emptiedCaption;
    const dataset = known !== undefined && same ? known.dataset : new Dataset(folder, options, this.files);
    const timer = setTimeout(() => {
      this.forget(folder);
    }, keptFor);
    const kept = { dataset, timer };
    this.kept.set(folder, kept);
    const [oldest] = this.kept.keys();
    if (this.kept.size > mostKept && oldest !== undefined) this.forget(oldest);
    return kept;
  }

  private forget(folder: string): void {
    clearTimeout(this.kept.get(folder)?.timer);
    this.kept.delete(folder);
  }
}
