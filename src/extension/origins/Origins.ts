import * as vscode from 'vscode';
import type { Caption } from '../../dataset/captions/Caption';
import type { Dataset } from '../../dataset/Dataset';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import type { OriginTerm } from '../../dataset/query/QueryNode';
import { matchCaptions, type MatchOptions, type MatchSome } from '../../records/lookup/matchCaptions';
import { matchesWithoutRecords } from '../../records/lookup/originTerms';
import type { CaptionQuestion } from '../../records/lookup/RecordIndex';
import { RecordLookup } from '../../records/lookup/RecordLookup';
import type { CaptionOrigins } from '../../records/originsOf';
import { recordRootOf } from '../../records/recordFolder';
import { normalizeLineEnds } from '../../tags/captionText';
import { writeOptions } from '../settings/settings';

/** Who wrote what in the captions of datasets, by their records, which are read on the first question. */
export class Origins {
  private readonly lookups = new WeakMap<Dataset, RecordLookup>();

  private readonly saidLater = new Set<string>();

  /**
   * @param workerFile `dist/lookupWorker.js`
   * @param warn called with a line for the log
   */
  constructor(
    private readonly workerFile: string,
    private readonly warn: (line: string) => void,
  ) {}

  /**
   * Who wrote what in captions, as they are in the window.
   * @returns undefined if nothing is recorded, or records are off
   * @throws RecordError
   */
  async of(dataset: Dataset, captions: readonly Caption[]): Promise<CaptionOrigins[] | undefined> {
    const lookup = this.lookupOf(dataset);
    return lookup?.originsOf(captions.map((caption) => questionOf(lookup.root, dataset, caption)));
  }

  /** Which captions match which terms of a search, as `AskOrigins` says. @throws RecordError; the signal's reason */
  matching(
    dataset: Dataset,
    captions: readonly Caption[],
    terms: readonly OriginTerm[],
    options: MatchOptions,
  ): Promise<Uint8Array> {
    const lookup = this.lookupOf(dataset);
    const match: MatchSome =
      lookup === undefined
        ? (questions) => Promise.resolve(matchesWithoutRecords(questions, terms))
        : (...asked) => lookup.matches(...asked);
    const root = lookup?.root ?? dataset.folder;
    return matchCaptions(match, captions, (caption) => questionOf(root, dataset, caption), terms, options);
  }

  /** The names of taggers and captioners that wrote captions; none if records are off. @throws RecordError */
  async names(dataset: Dataset): Promise<readonly string[]> {
    return (await this.lookupOf(dataset)?.names()) ?? [];
  }

  /** Tells the user once per file of records that this version cannot read it. */
  private sayLater(file: string): void {
    if (this.saidLater.has(file)) return;
    this.saidLater.add(file);
    const text = vscode.l10n.t(
      'A newer version of Dataset Captions wrote {0}. What it says is not known here: what it explains counts as written by hand.',
      file,
    );
    this.warn(text);
    void vscode.window.showWarningMessage(text);
  }

  /** The lookup in the records of a dataset; undefined if records are off. */
  private lookupOf(dataset: Dataset): RecordLookup | undefined {
    if (writeOptions(vscode.Uri.file(dataset.folder)).records === 'off') return undefined;
    const known = this.lookups.get(dataset);
    if (known?.isReading === true) return known;
    // A folder of records may have come since, in the dataset or in a folder around it.
    const root = recordRootOf(dataset.folder);
    if (known?.root === root) return known;
    const lookup = new RecordLookup(root, this.workerFile, (file) => {
      this.sayLater(file);
    });
    this.lookups.set(dataset, lookup);
    return lookup;
  }
}

function questionOf(root: string, dataset: Dataset, caption: Caption): CaptionQuestion {
  const { modified } = caption.stamp;
  return {
    caption: datasetPathOf(root, dataset.absolute(caption.path)),
    text: normalizeLineEnds(caption.text),
    // A part that is missing was deleted at the latest when the file was last written.
    ...(Number.isNaN(modified) || caption.isDirty ? {} : { seen: Math.round(modified) }),
  };
}
