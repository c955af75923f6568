import path from 'node:path';
import * as vscode from 'vscode';
import { Dataset } from '../../dataset/Dataset';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import { captionPathOf } from '../../dataset/files/imageFiles';
import { Disposable } from '../shared/Disposable';
import { ExpiringMap } from '../shared/ExpiringMap';
import type { EditorFiles } from '../document/EditorFiles';
import { WindowRecords } from '../document/WindowRecords';
import { RecordedWriter } from '../../records/edits/RecordedWriter';
import type { FileWriter } from '../../dataset/files/FileWriter';
import { datasetOptions } from '../settings/settings';

/** How long a folder stays in memory after its last use, in milliseconds. */
const keptFor = 60_000;
/** Maximum number of folders in memory: one of 100,000 images takes about 100 MB. */
const maxKept = 2;

/** Datasets that other extensions ask about and that are not open in an editor: a small LRU cache of folders. */
export class ClosedDatasets extends Disposable {
  /** by their folders */
  private readonly kept = this.register(new ExpiringMap<string, Dataset>(keptFor));

  /** who wrote what in them, by their folders */
  private readonly records = new ExpiringMap<string, WindowRecords>(keptFor, (records) => {
    records.dispose();
  });

  constructor(
    /** writes the caption files */
    private readonly files: EditorFiles,
    /** called with a line for the log */
    private readonly warn: (line: string) => void,
  ) {
    super();
    this.register({
      dispose: () => {
        const records = this.records.values();
        this.records.dispose();
        for (const one of records) one.dispose();
      },
    });
  }

  /**
   * Reads a folder, or updates it with what changed on disk if it is still in memory.
   * @throws CaptionError when it cannot be read; the signal's reason
   */
  async load(folder: string, signal: AbortSignal): Promise<Dataset> {
    const dataset = this.keep(folder);
    await dataset.load({ changedOnly: true, signal });
    const unsaved = this.files.unsavedIn(folder);
    if (unsaved.length > 0) await dataset.reconcile(unsaved);
    this.keep(folder);
    return dataset;
  }

  /** The dataset of one image file: a folder in memory that contains it, otherwise a dataset of that image alone. */
  async ofImage(file: string): Promise<{ dataset: Dataset; path: string }> {
    for (const dataset of this.kept.values()) {
      const relative = datasetPathOf(dataset.folder, file);
      if (dataset.image(relative) !== undefined) return { dataset, path: relative };
    }
    const name = path.basename(file);
    return { dataset: await this.ofImages(path.dirname(file), [name]), path: name };
  }

  /** Reads a dataset of these images only. @param images relative to the folder, with `/` */
  async ofImages(folder: string, images: readonly string[]): Promise<Dataset> {
    const options = datasetOptions(vscode.Uri.file(folder));
    const listed = images.map((image) => ({
      path: image,
      captionPath: captionPathOf(image, options.captionExtension),
    }));
    const made: { dataset?: Dataset } = {};
    const writer = this.writerOf(folder, (file) => made.dataset?.pictureOf(file));
    return (made.dataset = await Dataset.ofImages(folder, listed, options, writer));
  }

  /** The writer of the captions of a folder, which also records its writes. */
  private writerOf(folder: string, pictureOf: (file: string) => string | undefined): FileWriter {
    const records = this.records.get(folder) ?? new WindowRecords(vscode.Uri.file(folder), this.warn);
    this.records.set(folder, records);
    return new RecordedWriter(this.files, records, pictureOf);
  }

  /**
   * Marks the dataset of a folder as used now; makes a new one if there is none or the settings of the folder changed.
   */
  private keep(folder: string): Dataset {
    const options = datasetOptions(vscode.Uri.file(folder));
    const known = this.kept.get(folder);
    const isUsable =
      known?.options.captionExtension === options.captionExtension &&
      known.options.emptiedCaption === options.emptiedCaption;
    const pictureOf = (file: string): string | undefined => dataset.pictureOf(file);
    const dataset: Dataset =
      known !== undefined && isUsable ? known : new Dataset(folder, options, this.writerOf(folder, pictureOf));
    this.kept.set(folder, dataset);
    const [oldest] = this.kept.keys();
    if (this.kept.size > maxKept && oldest !== undefined) this.kept.delete(oldest);
    return dataset;
  }
}
