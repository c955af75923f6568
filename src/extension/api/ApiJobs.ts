import path from 'node:path';
import * as vscode from 'vscode';
import type { Batch, BatchMode, BatchStatus, ImageResult } from '../../../api';
import { planCaptionJob, type CaptionScope, type JobTarget } from '../../jobs/captionJob';
import { imageOutcomes } from '../../jobs/imageOutcomes';
import { normalizeLineEnds } from '../../tags/captionText';
import type { Dataset } from '../../dataset/Dataset';
import { pathBelow } from '../../dataset/files/datasetPath';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { inSlices } from '../../base/inSlices';
import { JobFolder } from '../../jobs/folder/JobFolder';
import { isLive } from '../../jobs/jobSteps';
import { jobImages } from '../../jobs/folder/jobTargets';
import type { JobInfo } from '../../jobs/jobTypes';
import type { CaptionJobs } from '../captioning/CaptionJobs';
import type { JobPlan } from '../captioning/JobStarter';
import type { DatasetDocument } from '../document/DatasetDocument';
import { writeOptions } from '../settings/settings';
import { ApiError } from './ApiError';
import { batchOf, outcomeOf } from './batchOf';
import { absoluteIn, type DatasetAccess, type FoundDirectory, type FoundImage } from './DatasetAccess';

/**
 * Above this number of images, reading the whole folder in worker threads is faster than reading one caption after
 * another.
 */
const fewImages = 500;

/** Captions images for other extensions: with the same jobs as the commands, but without asking the user. */
export class ApiJobs {
  constructor(
    private readonly access: DatasetAccess,
    private readonly jobs: CaptionJobs,
  ) {}

  /** The captioner that the user has selected, as part of a plan. @throws Error in words if no job can ask it */
  private get captioner(): Pick<JobPlan, 'captioner'> {
    const { captioner } = this.jobs;
    return captioner === undefined ? {} : { captioner };
  }

  /**
   * Starts a job for the images of a directory; resolves when it runs or is queued.
   * @throws ApiError UNSAVED_EDIT, BATCH_RUNNING, NOTHING_TO_DO; any error that prevents a job from starting
   */
  async startBatch(found: FoundDirectory, mode: BatchMode, signal: AbortSignal): Promise<Batch> {
    const { dataset, document } = found;
    const captionMode: CaptionScope = mode === 'all' ? 'all' : 'empty';
    const label = mode === 'all' ? vscode.l10n.t('Caption All') : vscode.l10n.t('Caption Empty');
    await saved(document);
    const uri = vscode.Uri.file(dataset.folder);
    const write = writeOptions(uri);
    const images = await this.access.imagesOf(found, undefined, signal);
    const targets = await planCaptionJob(images, captionMode, write.mode);
    if (targets.length === 0) {
      const text = vscode.l10n.t('No image of {0} is to be captioned.', found.directory);
      throw new ApiError('NOTHING_TO_DO', text, found.directory);
    }
    this.refuseTaken(dataset, document, targets);
    await this.refuseUnsaved(found, targets);
    const work = await jobImages(targets);
    signal.throwIfAborted();
    const plan = { label, mode: captionMode, write, work, single: false, ...this.captioner };
    return batchOf(await this.jobs.start({ uri, dataset }, plan, signal, ignore));
  }

  /**
   * Captions one image; resolves when it is done. Aborting the signal cancels the job.
   * @throws ApiError UNSAVED_EDIT, BATCH_RUNNING, TAGGER_FAILED; any error that prevents a job from starting
   */
  async captionImage(found: FoundImage, signal: AbortSignal): Promise<ImageResult> {
    await saved(found.document);
    const now = await this.access.readAgain(found);
    const { dataset, document, file, image } = now;
    const { caption } = image;
    const uri = vscode.Uri.file(dataset.folder);
    const write = writeOptions(uri);
    if (write.mode === 'onlyEmpty' && !caption.isEmpty) {
      const text = vscode.l10n.t('{0} has a caption, and the setting "Write Mode" fills empty ones only.', image.path);
      return { path: file, outcome: 'kept', caption: normalizeLineEnds(caption.text), reason: text };
    }
    const target: JobTarget = { path: image.path, caption, expected: caption.raw };
    this.refuseTaken(dataset, document, [target]);
    if (this.access.describeOne(now).unsaved) throw unsavedEdit(file);
    const label = vscode.l10n.t('Caption {0}', path.basename(file));
    const work = await jobImages([target]);
    const plan = { label, mode: 'all' as const, write, work, single: true, ...this.captioner };
    const { id } = await this.jobs.start({ uri, dataset }, plan, signal, ignore);
    const cancel = (): void => {
      void this.jobs.control(id, 'cancel').catch(ignore);
    };
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    const job = await this.jobs.whenStopped(id).finally(() => {
      signal.removeEventListener('abort', cancel);
    });
    signal.throwIfAborted();
    const outcome = imageOutcomes.find((one) => (job?.counts[one] ?? 0) > 0);
    if (job === undefined || outcome === undefined) {
      // Nobody would resume a paused job of a single image.
      if (job?.status === 'paused') cancel();
      throw new ApiError('TAGGER_FAILED', job?.fault?.message ?? vscode.l10n.t('The job was cancelled.'), file);
    }
    const reason = job.failures[0]?.reason;
    const written = this.access.describeOne(await this.access.readAgain(now));
    return {
      path: file,
      outcome: outcomeOf(outcome),
      caption: written.caption,
      ...(reason === undefined ? {} : { reason }),
    };
  }

  /**
   * The state of a job with the result of each image that is done.
   * @throws ApiError BATCH_NOT_FOUND; JobError
   */
  async status(id: string, signal: AbortSignal): Promise<BatchStatus> {
    const job = await this.job(id);
    const folder = new JobFolder(path.join(this.jobs.jobsFolder, job.id));
    const images = await folder.readImages();
    const records = await folder.readJournal();
    signal.throwIfAborted();
    const done: { path: string; outcome: ImageResult['outcome']; reason: string | undefined }[] = [];
    for (const [index, { outcome, reason }] of records) {
      const image = images[index];
      if (image !== undefined && outcome !== undefined) {
        done.push({ path: image.path, outcome: outcomeOf(outcome), reason });
      }
    }
    const names = done.map((one) => one.path);
    const captionOf = await this.captionsOf(job.root, names, signal);
    const absolute = absoluteIn(job.root);
    const results: ImageResult[] = [];
    await inSlices(
      done,
      ({ path: image, outcome, reason }) => {
        const caption = normalizeLineEnds(captionOf(image)?.caption.text ?? '');
        results.push({ path: absolute(image), outcome, caption, ...(reason === undefined ? {} : { reason }) });
      },
      { signal },
    );
    // The journal may be ahead of the last message of the runner.
    const batch = batchOf(this.jobs.get(id) ?? job);
    return { ...batch, done: Math.max(batch.done, results.length), results };
  }

  /**
   * Cancels a job; one that has ended stays as it is.
   * @throws ApiError BATCH_NOT_FOUND; the error that the runner answers with
   */
  async cancel(id: string): Promise<void> {
    const job = await this.job(id);
    if (job.status !== 'completed' && job.status !== 'cancelled') await this.jobs.control(id, 'cancel');
  }

  /** Finds a job by its id. Only an id that a known job has is ever used as part of a path. */
  private async job(id: string): Promise<JobInfo> {
    const known = this.jobs.get(id);
    if (known !== undefined) return known;
    await this.jobs.runner.refresh();
    const job = this.jobs.runner.jobs.find((one) => one.id === id);
    if (job === undefined) throw new ApiError('BATCH_NOT_FOUND', vscode.l10n.t('There is no batch {0}.', id));
    return job;
  }

  private async captionsOf(
    root: string,
    images: readonly string[],
    signal: AbortSignal,
  ): Promise<(image: string) => DatasetImage | undefined> {
    const document = [...this.access.documents].find(({ uri }) => uri.fsPath === root);
    const { closed } = this.access;
    const read = (): Promise<Dataset> =>
      images.length > fewImages ? closed.load(root, signal) : closed.ofImages(root, images);
    const dataset = document?.dataset ?? (await read());
    return (image) => dataset.image(image);
  }

  private refuseTaken(dataset: Dataset, document: DatasetDocument | undefined, targets: readonly JobTarget[]): void {
    const taken =
      document === undefined
        ? this.jobs.all.some((job) => isLive(job) && isSameOrInside(job.root, dataset.folder))
        : targets.some(({ caption }) => this.jobs.stateOf(document, caption) !== undefined);
    if (!taken) return;
    const text = vscode.l10n.t(
      'A job is already captioning images of {0}. Cancel it first or wait until it is done.',
      dataset.folder,
    );
    throw new ApiError('BATCH_RUNNING', text, dataset.folder);
  }

  /** Refuses captions with unsaved edits: a job must not overwrite text that exists only in this window. */
  private async refuseUnsaved(found: FoundDirectory, targets: readonly JobTarget[]): Promise<void> {
    const { dataset } = found;
    const isUnsaved = this.access.unsavedIn(found);
    await inSlices(targets, ({ path: image, caption }) => {
      if (isUnsaved(caption)) throw unsavedEdit(dataset.absolute(image));
    });
  }
}

/** Saves what was typed so far, unless the user turned autosave off. */
async function saved(document: DatasetDocument | undefined): Promise<void> {
  document?.commit();
  await document?.autoSave();
}

export function unsavedEdit(file: string): ApiError {
  return new ApiError('UNSAVED_EDIT', vscode.l10n.t('The caption of {0} has an edit that is not saved.', file), file);
}

function isSameOrInside(a: string, b: string): boolean {
  return pathBelow(a, b) !== undefined || pathBelow(b, a) !== undefined;
}

function ignore(): void {
  // Other extensions see the state of the job, not what happens on the way to it.
}
