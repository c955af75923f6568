import { setMaxListeners } from 'node:events';
import { stat } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import type { Caption, CaptionChange } from '../dataset/captions/Caption';
import { CaptionError, fileError, type CaptionErrorCode } from '../dataset/files/CaptionError';
import { errno } from '../base/errno';
import { isEmptyCaption } from '../tags/captionText';
import type { Dataset } from '../dataset/Dataset';
import type { DatasetImage } from '../dataset/captions/DatasetImage';
import { inSlices } from '../base/inSlices';
import type { ScanProblem } from '../dataset/scan/scanDataset';
import type { WriteMode, WriteOptions } from '../tags/writeMode';
import { captionWithTags } from '../tags/writeTags';

export type CaptionScope = 'all' | 'empty';

/** One caption file that a job fills, from the first image that it belongs to. */
export interface JobTarget {
  /** of the image, relative to the dataset */
  path: string;
  caption: Caption;
  /** what the caption held when the job was made */
  expected: string | null;
}

/**
 * What became of an image:
 * - `written`: its caption file was written; `same`: it held that text already
 * - `untagged`: no tag passed the threshold, the caption was kept
 * - `kept`: somebody else wrote a caption meanwhile, which was kept
 * - `failed`: it could not be captioned
 */
export const imageOutcomes = ['written', 'same', 'untagged', 'kept', 'failed'] as const;
export type ImageOutcome = (typeof imageOutcomes)[number];

export interface JobProgress {
  handled: number;
  total: number;
  failed: number;
  untagged: number;
}

export interface JobOptions {
  /** finds the tags of an image, given its absolute path; none when no tag passes */
  makeTags: (imagePath: string, signal: AbortSignal) => Promise<string[]>;
  /** whether an error means that the tagger's process died, which may be the fault of any image in work */
  isCrash: (thrown: unknown) => boolean;
  /** whether no image is to blame for an error (`machine`), or perhaps none (`unclear`): `taggerFault` */
  faultOf?: (thrown: unknown) => 'machine' | 'unclear' | undefined;
  mode: CaptionScope;
  /** how tags are written; with mode `empty` into empty captions only */
  write: WriteOptions;
  /** what the scan found that looks like an image and is none: failures from the start */
  problems: readonly ScanProblem[];
  /** images in work at a time: more than one, so that reading the next overlaps with inference */
  concurrency: number;
  signal: AbortSignal;
  onStart?: (target: JobTarget) => void;
  /** called once for each image that is done, before {@link JobOptions.onProgress} */
  onOutcome?: (target: JobTarget, outcome: ImageOutcome, reason: string | undefined) => void;
  onProgress?: (progress: JobProgress, target: JobTarget, failure: string | undefined) => void;
}

export interface JobResult {
  /** `error`: the tagger or the disk failed for good; `error` and `message` say how, and images are left */
  status: 'completed' | 'cancelled' | 'error';
  message: string;
  error?: Error;
  total: number;
  /** the whole caption of each image that is done, by relative path; empty where no tag passed */
  results: Map<string, string>;
  /** the reason of each image that could not be captioned, by relative path */
  failed: Map<string, string>;
  untagged: number;
  /** what was written, to undo it */
  changes: CaptionChange[];
}

/** What no image is to blame for: going on would only fail for each of them. */
const systemicErrors: ReadonlySet<CaptionErrorCode> = new Set(['DISK_FULL', 'READ_ONLY', 'DISK_ERROR']);
/**
 * After so many failures in a row that no single image explains, the job ends: the tagger or the disk is broken. A death
 * of the tagger's process is one failure, however many images were in work.
 */
const failuresInARow = 8;

/**
 * What a job has to do: every caption file once (`all`), or those that are empty, also where the write mode fills
 * no others; in the order of the images.
 * @param images the ones to caption
 */
export async function planCaptionJob(
  images: readonly DatasetImage[],
  mode: CaptionScope,
  writeMode: WriteMode,
): Promise<JobTarget[]> {
  const all = mode === 'all' && writeMode !== 'onlyEmpty';
  const targets: JobTarget[] = [];
  const seen = new Set<Caption>();
  await inSlices(images, ({ path, caption }) => {
    if (seen.has(caption)) return;
    seen.add(caption);
    if (all || caption.isEmpty) targets.push({ path, caption, expected: caption.raw });
  });
  return targets;
}

/**
 * Captions images and writes the captions. One bad image never stops it: it is listed with its reason and the others go
 * on. When the tagger's process dies, the images that were in work are tried again one by one, and the one that kills
 * it again is set aside.
 */
export async function runCaptionJob(
  dataset: Dataset,
  targets: readonly JobTarget[],
  options: JobOptions,
): Promise<JobResult> {
  return new CaptionJob(dataset, targets, options).run();
}

interface Written {
  text: string;
  outcome: ImageOutcome;
}

const untagged: Written = { text: '', outcome: 'untagged' };

class CaptionJob {
  private readonly result: JobResult;
  private readonly suspects: JobTarget[] = [];
  private next = 0;
  private inARow = 0;
  private readonly giveUp = new AbortController();
  private readonly signal: AbortSignal;
  private readonly writeOptions: WriteOptions;

  constructor(
    private readonly dataset: Dataset,
    private readonly targets: readonly JobTarget[],
    private readonly options: JobOptions,
  ) {
    const failed = new Map(options.problems.map((problem) => [problem.path, problem.reason]));
    const total = targets.length + failed.size;
    this.result = { status: 'completed', message: '', total, results: new Map(), failed, untagged: 0, changes: [] };
    this.signal = AbortSignal.any([options.signal, this.giveUp.signal]);
    // Each image in work listens; more than ten look like a leak to Node.
    setMaxListeners(options.concurrency + 10, this.signal);
    this.writeOptions = options.mode === 'empty' ? { ...options.write, mode: 'onlyEmpty' } : options.write;
  }

  async run(): Promise<JobResult> {
    const worker = async (): Promise<void> => {
      for (let target = this.nextTarget(); target !== undefined; target = this.nextTarget())
        await this.caption(target, false);
    };
    await Promise.all(Array.from({ length: this.options.concurrency }, worker));
    // Alone, so that a crash has one cause; twice, because the process may have been killed from outside.
    for (const target of this.suspects) {
      if (this.signal.aborted) break;
      if (!(await this.caption(target, true))) await this.caption(target, true, true);
    }
    if (this.options.signal.aborted) this.result.status = 'cancelled';
    else if (this.giveUp.signal.aborted) {
      const error = this.giveUp.signal.reason as Error;
      Object.assign(this.result, { status: 'error', message: error.message, error });
    }
    return this.result;
  }

  private nextTarget(): JobTarget | undefined {
    return this.signal.aborted ? undefined : this.targets[this.next++];
  }

  /** @returns false when the tagger's process died under it and it may be tried again */
  private async caption(target: JobTarget, alone: boolean, last = false): Promise<boolean> {
    this.options.onStart?.(target);
    const file = this.dataset.absolute(target.path);
    try {
      const tags = await this.options.makeTags(file, this.signal);
      const { text, outcome } = tags.length === 0 ? untagged : await this.write(target, tags);
      this.inARow = 0;
      this.result.results.set(target.path, text);
      if (tags.length === 0) this.result.untagged++;
      this.options.onOutcome?.(target, outcome, undefined);
      this.report(target, undefined);
    } catch (thrown) {
      if (this.signal.aborted) return true;
      const crash = this.options.isCrash(thrown);
      const code = thrown instanceof CaptionError ? thrown.code : undefined;
      const fault = this.options.faultOf?.(thrown);
      if (fault === 'machine' || (code !== undefined && systemicErrors.has(code))) {
        // The image is as it was: another run takes it up again.
        this.giveUp.abort(thrown);
        return true;
      }
      if (fault === 'unclear') this.countFailures(1, thrown as Error);
      // The second crash on the same image is explained by it.
      else if (crash && !last) this.countFailures(alone ? 1 : 1 / this.options.concurrency, thrown as Error);
      const gone = await this.folderGone();
      if (gone !== undefined) {
        this.giveUp.abort(gone);
        return true;
      }
      if (crash && !last) {
        if (!alone) this.suspects.push(target);
        return false;
      }
      const reason = crash ? l10n.t('The tagger crashed on this image.') : reasonOf(thrown);
      this.result.failed.set(target.path, reason);
      this.options.onOutcome?.(target, code === 'CAPTION_EDITED' ? 'kept' : 'failed', reason);
      this.report(target, reason);
    }
    return true;
  }

  /** @returns the whole caption, and whether it had to be written */
  private async write(target: JobTarget, tags: readonly string[], again = false): Promise<Written> {
    const { caption, expected } = target;
    const { mode } = this.writeOptions;
    let text = '';
    const makeText = (existing: string): string => (text = captionWithTags(existing, tags, this.writeOptions));
    try {
      const change = await this.dataset.writeGenerated(caption, makeText, expected, mode !== 'replace');
      if (change !== undefined) this.result.changes.push(change);
      return { text, outcome: change === undefined ? 'same' : 'written' };
    } catch (thrown) {
      if (!(thrown instanceof CaptionError) || thrown.code !== 'CAPTION_EDITED' || mode === 'replace') throw thrown;
      // Somebody wrote a caption meanwhile: the image is no longer empty, which is what the job was for.
      if (mode === 'onlyEmpty' && !isEmptyCaption(caption.text)) return { text: caption.text, outcome: 'kept' };
      // Another program wrote the file since it was read; what it wrote is known now.
      if (again) throw thrown;
      return this.write(target, tags, true);
    }
  }

  /** A folder that was renamed or deleted is no image's fault. */
  private async folderGone(): Promise<CaptionError | undefined> {
    const root = this.dataset.absolute('');
    try {
      await stat(root);
      return undefined;
    } catch (thrown) {
      return errno(thrown) === 'ENOENT' ? fileError(thrown, root, 'read') : undefined;
    }
  }

  private countFailures(count: number, thrown: Error): void {
    this.inARow += count;
    if (this.inARow >= failuresInARow) this.giveUp.abort(thrown);
  }

  private report(target: JobTarget, failure: string | undefined): void {
    const { results, failed, total, untagged } = this.result;
    const progress = { handled: results.size + failed.size, total, failed: failed.size, untagged };
    this.options.onProgress?.(progress, target, failure);
  }
}

function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return errno(thrown) === undefined && !(thrown instanceof CaptionError)
    ? l10n.t('Unexpected error: {0}', message)
    : message;
}
