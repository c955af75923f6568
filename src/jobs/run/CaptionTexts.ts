import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { Caption } from '../../dataset/captions/Caption';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import { errorMessage } from '../../protocol/channel/wireError';
import { readHistory } from '../../records/edits/readHistory';
import type { Renamed } from '../../records/edits/renamedCaptions';
import { originsByHand } from '../../records/originsOf';
import type { RecordHistory } from '../../records/RecordHistory';
import { recordRootOf } from '../../records/recordFolder';
import { updatedCaption } from '../../records/updateCaption';
import type { FoundTags } from '../../tags/FoundTags';
import type { WriteOptions } from '../../tags/writeMode';
import { captionWithTags } from '../../tags/writeTags';
import type { JobManifest } from '../jobTypes';

/**
 * The new texts of captions as a job writes them: for the write mode `update` by what is recorded of who wrote what.
 * Writes nothing.
 */
export class CaptionTexts {
  /** beside whose images the records lie, absolute */
  readonly root: string;
  /** whether the records say what a caption becomes */
  readonly needsRecords: boolean;
  private history: RecordHistory | undefined;

  /** @param job `root` is the dataset, absolute */
  constructor(private readonly job: Pick<JobManifest, 'root' | 'mode' | 'write'>) {
    const { root, mode, write } = job;
    const isOn = write.records !== 'off';
    this.root = isOn ? recordRootOf(root) : root;
    this.needsRecords = isOn && mode !== 'empty' && write.mode === 'update';
  }

  /**
   * Reads what is known of captions.
   * @returns those that turned out to be renamed, which no record says yet
   * @throws errors of the disk: then what captions have counts as written by hand; the signal's reason
   */
  async read(captions: readonly Caption[], signal: AbortSignal): Promise<readonly Renamed[]> {
    const present = captions.map((caption) => {
      const picture = path.join(this.job.root, caption.images[0] ?? '');
      return { caption: this.pathOf(caption), text: caption.text, picture };
    });
    const { history, renamed } = await readHistory(this.root, present, signal);
    this.history = history;
    return renamed;
  }

  /**
   * Makes the new text of a caption.
   * @param mayRemove whether what machines wrote may go: where that is not recorded, it would count as deleted by hand
   */
  textOf(caption: Caption, existing: string, found: FoundTags, options: WriteOptions, mayRemove = true): string {
    if (options.mode !== 'update') return captionWithTags(existing, found.tags, options);
    const known = this.history?.originsOf(this.pathOf(caption), existing);
    const byHand = originsByHand(existing);
    const origins = mayRemove ? (known ?? byHand) : { ...byHand, deleted: known?.deleted ?? [] };
    return updatedCaption(existing, origins, found.tags, options);
  }

  private pathOf(caption: Caption): string {
    return datasetPathOf(this.root, path.join(this.job.root, caption.path));
  }
}

/** What is said where records could not be read. */
export function notLookedUp(thrown: unknown): string {
  return l10n.t(
    'Who wrote what could not be looked up ({0}): what the captions have counts as written by hand, and tags are only added.',
    errorMessage(thrown),
  );
}
