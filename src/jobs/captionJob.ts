import { setMaxListeners } from 'node:events';
import { lstat, stat } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import type { Caption, CaptionChange } from '../dataset/captions/Caption';
import { editedMeanwhile, refuseUnwritable } from '../dataset/captions/captionFile';
import { captionHash, contentHash } from '../dataset/captions/captionHash';
import { CaptionError, fileError, type CaptionErrorCode } from '../dataset/files/CaptionError';
import { errno } from '../base/errno';
import { isEmptyCaption } from '../tags/captionText';
import type { Dataset } from '../dataset/Dataset';
import type { DatasetImage } from '../dataset/captions/DatasetImage';
import { inSlices } from '../base/inSlices';
import { JobError } from './JobError';
import type { ImageOutcome } from './imageOutcomes';
import type { FoundTags } from '../tags/FoundTags';
import type { CaptionAnswer } from '../protocol/captioning/captionerProfile';
import { flagReasonText } from '../protocol/captioning/flagReasonText';
import type { WriteMode, WriteOptions } from '../tags/writeMode';
import { captionWithTags, keepsJson } from '../tags/writeTags';

export type CaptionScope = 'all' | 'empty';

/** A caption file that a job fills. Where several images share it, `path` is the first of them. */
export interface JobTarget {
  /** of the image, relative to the dataset */
  path: string;
  caption: Caption;
  /** what the caption held when the job was made or resumed */
  expected: string | null;
  /** `captionHash` of the caption file when the job was made, if `expected` is later than that */
  planned?: string | null;
}

export interface JobProgress {
  handled: number;
  total: number;
  failed: number;
  untagged: number;
}

/** What was found for an image that is to be written: the tags of a tagger, or the prose of a captioner. */
export type Found = FoundTags | Exclude<CaptionAnswer, FlaggedAnswer>;

/** An answer of a captioner that is no caption, with the reason. */
export type FlaggedAnswer = Extract<CaptionAnswer, { flagged: unknown }>;

export interface JobOptions {
  /**
   * Finds the tags of an image, given its absolute path, empty if no tag passes the threshold; or asks a captioner for
   * prose, whose answer may be flagged.
   */
  makeTags: (imagePath: string, signal: AbortSignal, target: JobTarget) => Promise<Found | FlaggedAnswer>;
  /**
   * makes the new text of a caption, for write modes that have to know more of it than its text, and for prose, which
   * is written with a template
   */
  makeText?: (caption: Caption, existing: string, found: Found, write: WriteOptions) => string;
  /** called with what would be written; with it, nothing is written. Not called for images without a tag */
  preview?: (target: JobTarget, text: string, found: Found) => void;
  /** whether an error means that the tagger's process crashed; any image in flight may be the cause */
  isCrash: (thrown: unknown) => boolean;
  /** whether an error is no fault of the image (`machine`), or perhaps not (`unclear`), such as `taggerFault` */
  faultOf?: (thrown: unknown) => 'machine' | 'unclear' | undefined;
  mode: CaptionScope;
  /** how tags are written; with mode `empty` into empty captions only */
  write: WriteOptions;
  /** maximum number of images in flight; more than one, so that reading the next image overlaps with inference */
  concurrency: number;
  signal: AbortSignal;
  onStart?: (target: JobTarget) => void;
  /** called once for each image that is done, before {@link JobOptions.onProgress} */
  onOutcome?: (
    target: JobTarget,
    outcome: ImageOutcome,
    reason: string | undefined,
    answer: FlaggedAnswer | undefined,
  ) => void;
  onProgress?: (progress: JobProgress, target: JobTarget, failure: string | undefined) => void;
}

export interface JobResult {
  /** `error`: the tagger or the disk failed for good; `error` and `message` say how, and some images have no outcome */
  status: 'completed' | 'cancelled' | 'error';
  message: string;
  error?: Error;
  total: number;
  /** the whole caption of each image that is done, by relative path; empty if no tag passed the threshold */
  results: Map<string, string>;
  /** the reason of each image that could not be captioned or was not, by relative path */
  failed: Map<string, string>;
  untagged: number;
  /** what was written, for undo */
  changes: CaptionChange[];
}

/**
 * Errors that are no image's fault, unless only one caption has them: if the job continued, every image would fail.
 */
const systemicErrors: ReadonlySet<CaptionErrorCode> = new Set(['DISK_FULL', 'READ_ONLY', 'DISK_ERROR']);
/**
 * The job ends after this many consecutive failures that no single image explains: the tagger or the disk is broken. A
 * crash of the tagger's process counts as one failure, however many images were in flight.
 */
const maxConsecutiveFailures = 8;

/**
 * Lists what a job has to do, in the order of the images: every caption file once, or only the empty ones (mode
 * `empty`, or a write mode that fills no others).
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
    // A caption that cannot be read is not empty, but is included, so that the job reports it as failed.
    if (all || caption.isEmpty || caption.unreadable !== undefined)
      targets.push({ path, caption, expected: caption.raw });
  });
  return targets;
}

/**
 * Captions images and writes the captions. A bad image never stops the job: it is listed as failed, with the reason,
 * and the others are captioned. When the tagger's process crashes, the images that were in flight are retried one by
 * one, and the one that crashes it again counts as failed.
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
  private consecutiveFailures = 0;
  private readonly giveUp = new AbortController();
  private readonly signal: AbortSignal;
  private readonly writeOptions: WriteOptions;

  constructor(
    private readonly dataset: Dataset,
    private readonly targets: readonly JobTarget[],
    private readonly options: JobOptions,
  ) {
    const [total, results, failed] = [targets.length, new Map<string, string>(), new Map<string, string>()];
    this.result = { status: 'completed', message: '', total, results, failed, untagged: 0, changes: [] };
    this.signal = AbortSignal.any([options.signal, this.giveUp.signal]);
    // Each image in flight has a listener; Node warns of a leak when there are more than ten.
    setMaxListeners(options.concurrency + 10, this.signal);
    this.writeOptions = options.mode === 'empty' ? { ...options.write, mode: 'onlyEmpty' } : options.write;
  }

  async run(): Promise<JobResult> {
    const worker = async (): Promise<void> => {
      for (let target = this.nextTarget(); target !== undefined; target = this.nextTarget())
        await this.caption(target, false);
    };
    await Promise.all(Array.from({ length: this.options.concurrency }, worker));
    // One at a time, so that a crash has one possible cause; twice, because the process may have been killed from
    // outside.
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

  /** @returns false when the tagger's process crashed and the image may be retried */
  private async caption(target: JobTarget, alone: boolean, last = false): Promise<boolean> {
    this.options.onStart?.(target);
    const file = this.dataset.absolute(target.path);
    if (target.caption.unreadable === undefined && keepsJson(target.caption.text, this.writeOptions.mode)) {
      this.finishWithout(target, 'kept', l10n.t('The caption is JSON: nothing was added to it.'));
      return true;
    }
    try {
      // A model costs time, and perhaps money: it is not asked for a caption that would be refused.
      refuseUnwritable(target.caption, this.dataset.absolute(target.caption.path));
      const found = await this.options.makeTags(file, this.signal, target);
      if ('flagged' in found) {
        // The tagger or captioner answered, so the machine works.
        this.consecutiveFailures = 0;
        this.finishWithout(target, 'flagged', flagReasonText(found.flagged), found);
        return true;
      }
      const isUntagged = 'tags' in found && found.tags.length === 0;
      const { text, outcome } = isUntagged ? untagged : await this.write(target, found);
      this.consecutiveFailures = 0;
      this.result.results.set(target.path, text);
      if (isUntagged) this.result.untagged++;
      this.options.onOutcome?.(target, outcome, undefined, undefined);
      this.report(target, undefined);
    } catch (thrown) {
      if (this.signal.aborted) return true;
      const crash = this.options.isCrash(thrown);
      const code = thrown instanceof CaptionError ? thrown.code : undefined;
      const fault = this.options.faultOf?.(thrown);
      const ofDisk = code !== undefined && systemicErrors.has(code);
      const ofOneCaption = ofDisk && (await this.isOfOneCaption(target, thrown as CaptionError));
      if (fault === 'machine' || (ofDisk && !ofOneCaption)) {
        // The image gets no outcome, so that the next run captions it.
        this.giveUp.abort(thrown);
        return true;
      }
      if (fault === 'unclear' || ofOneCaption) this.countFailures(1, thrown as Error);
      // Two crashes on the same image are the image's fault: they do not count.
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
      this.finishWithout(target, code === 'CAPTION_EDITED' ? 'kept' : 'failed', reason);
    }
    return true;
  }

  /** Lists an image that gets no caption. */
  private finishWithout(
    target: JobTarget,
    outcome: 'kept' | 'flagged' | 'failed',
    reason: string,
    answer?: FlaggedAnswer,
  ): void {
    this.result.failed.set(target.path, reason);
    this.options.onOutcome?.(target, outcome, reason, answer);
    this.report(target, reason);
  }

  private newText(caption: Caption, existing: string, found: Found): string {
    const { makeText } = this.options;
    if (makeText !== undefined) return makeText(caption, existing, found, this.writeOptions);
    return captionWithTags(existing, 'tags' in found ? found.tags : [found.prose], this.writeOptions);
  }

  /** Says what {@link write} would do now. @throws CaptionError as that does before it writes */
  private preview({ caption, expected }: JobTarget, found: Found): Written {
    const file = this.dataset.absolute(caption.path);
    refuseUnwritable(caption, file);
    const isEdited = caption.raw !== expected && (this.writeOptions.mode === 'replace' || caption.isDirty);
    if (isEdited || caption.inConflict) throw editedMeanwhile(file);
    const text = this.newText(caption, caption.text, found);
    const isSame = caption.isText(text, this.dataset.options.emptiedCaption);
    return { text, outcome: isSame ? 'same' : 'written' };
  }

  /** @returns the whole caption, and whether the file had to be written */
  private async write(target: JobTarget, found: Found, again = false): Promise<Written> {
    if (this.options.preview !== undefined) {
      const previewed = this.preview(target, found);
      this.options.preview(target, previewed.text, found);
      return previewed;
    }
    const { caption, expected, planned = captionHash(expected) } = target;
    const { mode } = this.writeOptions;
    const file = this.dataset.absolute(caption.path);
    const hasOtherNames = mode !== 'replace' && (await mayHaveOtherNames(file));
    let text = '';
    const makeText = (existing: string): string => {
      // The file may have been written under another name, with the tags of another image.
      if (hasOtherNames && contentHash(caption.onDisk) !== planned) throw changedByOtherName(file);
      text = this.newText(caption, existing, found);
      return text;
    };
    try {
      const change = await this.dataset.writeGenerated(caption, makeText, expected, mode !== 'replace');
      if (change !== undefined) this.result.changes.push(change);
      return { text, outcome: change === undefined ? 'same' : 'written' };
    } catch (thrown) {
      if (!(thrown instanceof CaptionError) || thrown.code !== 'CAPTION_EDITED' || mode === 'replace') throw thrown;
      // Somebody wrote a caption meanwhile: it is no longer empty, and the job only fills empty ones.
      if (mode === 'onlyEmpty' && !isEmptyCaption(caption.text)) return { text: caption.text, outcome: 'kept' };
      // Another program wrote the file since it was read. The dataset has read it again: retry once with the new text.
      if (again) throw thrown;
      return this.write(target, found, true);
    }
  }

  /**
   * Whether an error of the disk may be that of one caption alone: its file cannot be read, as on a bad sector, or is a
   * symbolic link, whose target may be on another disk. An error of the job's own journal never is.
   */
  private async isOfOneCaption({ caption }: JobTarget, thrown: CaptionError): Promise<boolean> {
    if (thrown.cause instanceof JobError) return false;
    if (caption.unreadable !== undefined) return true;
    return isSymbolicLink(this.dataset.absolute(caption.path));
  }

  /**
   * The error for a dataset folder that was renamed or deleted, which is no image's fault; undefined if it is there.
   */
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
    this.consecutiveFailures += count;
    if (this.consecutiveFailures >= maxConsecutiveFailures) this.giveUp.abort(thrown);
  }

  private report(target: JobTarget, failure: string | undefined): void {
    const { results, failed, total, untagged } = this.result;
    const progress = { handled: results.size + failed.size, total, failed: failed.size, untagged };
    this.options.onProgress?.(progress, target, failure);
  }
}

/** Whether a file may also be written under another name: it is a symbolic link, or has several hard links. */
async function mayHaveOtherNames(file: string): Promise<boolean> {
  try {
    const info = await lstat(file);
    return info.isSymbolicLink() || info.nlink > 1;
  } catch {
    return false;
  }
}

function changedByOtherName(file: string): CaptionError {
  const message = l10n.t(
    'The caption file has other names, and was changed since the job was made: it was kept, as it may be that of another image.',
  );
  return new CaptionError('CAPTION_EDITED', message, file);
}

/** Whether a path is a symbolic link, as far as the disk says. */
async function isSymbolicLink(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isSymbolicLink();
  } catch {
    return false;
  }
}

function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return errno(thrown) === undefined && !(thrown instanceof CaptionError)
    ? l10n.t('Unexpected error: {0}', message)
    : message;
}
