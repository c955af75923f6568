import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { Caption } from '../../dataset/captions/Caption';
import { datasetPathOf } from '../../dataset/files/datasetPath';
import { errorMessage } from '../../protocol/channel/wireError';
import { readHistory, type KnownHistory } from '../../records/edits/readHistory';
import { originsByHand } from '../../records/originsOf';
import { recordRootOf } from '../../records/recordFolder';
import { updatedCaption } from '../../records/updateCaption';
import { isEmptyCaption } from '../../tags/captionText';
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
  private known: KnownHistory | undefined;

  /** @param job `root` is the dataset, absolute */
  constructor(private readonly job: Pick<JobManifest, 'root' | 'write'>) {
    const { root, write } = job;
    const isOn = write.records !== 'off';
    this.root = isOn ? recordRootOf(root) : root;
    this.needsRecords = isOn && write.mode === 'update';
  }

  /**
   * Reads what is known of captions.
   * @returns also what no record says yet
   * @throws errors of the disk: then what captions have counts as written by hand; the signal's reason
   */
  async read(captions: readonly Caption[], signal: AbortSignal): Promise<KnownHistory> {
    const present = captions.map((caption) => {
      const picture = path.join(this.job.root, caption.images[0] ?? '');
      return { caption: this.pathOf(caption), text: caption.text, picture };
    });
    this.known = await readHistory(this.root, present, signal);
    return this.known;
  }

  /**
   * Makes the new text of a caption.
   * @param mayRemove whether what machines wrote may go: where that is not recorded, it would count as deleted by hand
   */
  textOf(caption: Caption, existing: string, found: FoundTags, options: WriteOptions, mayRemove = true): string {
    // What was deleted by hand from a caption that is empty by now does not come back either.
    const isUpdate = options.mode === 'update' || (this.needsRecords && isEmptyCaption(existing));
    if (!isUpdate) return captionWithTags(existing, found.tags, options);
    const history = this.known?.history;
    const known = history?.originsOf(this.pathOf(caption), existing);
    const byHand = originsByHand(existing);
    const isSure = mayRemove && (history === undefined || history.laterFiles.size === 0);
    const origins = isSure ? (known ?? byHand) : { ...byHand, deleted: known?.deleted ?? [] };
    return updatedCaption(existing, origins, found.tags, { ...options, mode: 'update' });
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

/** What is said where a later version has written records; undefined where none has. */
export function laterRecords({ history }: KnownHistory): string | undefined {
  const [later] = history.laterFiles;
  if (later === undefined) return undefined;
  return l10n.t(
    'A newer version of Dataset Captions wrote {0}. What it says is not known here: what the captions have counts as written by hand, and tags are only added.',
    later,
  );
}
