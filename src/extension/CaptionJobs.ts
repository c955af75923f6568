import path from 'node:path';
import * as vscode from 'vscode';
import type { Caption } from '../dataset/Caption';
import { planCaptionJob, runCaptionJob, type CaptionMode, type JobResult, type JobTarget } from '../dataset/captionJob';
import type { DatasetImage } from '../dataset/Dataset';
import type { ScanProblem } from '../dataset/scanDataset';
import type { WriteOptions } from '../dataset/writeMode';
import { describeExecution, describeNotUsed } from '../protocol/executionText';
import type { JobView } from '../protocol/gridProtocol';
import { JobRate } from '../protocol/JobRate';
import { loadTagger } from '../protocol/loadTagger';
import { taggerCrashed, type TaggerProcess } from '../protocol/TaggerProcess';
import type { TaggerSetup } from '../protocol/taggerProtocol';
import { errorCode } from '../protocol/wireError';
import type { CudaSupport } from './CudaSupport';
import type { DatasetDocument } from './DatasetDocument';
import { Disposable } from './Disposable';
import { questionBeforeWriting } from './questionBeforeWriting';
import { captionOptions, writeOptions } from './settings';
import type { Taggers } from './Taggers';
import { hasChosenTagger } from './taggerSettings';

/** A finished job stays on screen for so long, in milliseconds. */
const finishedJobStays = 5000;
/** So many failures travel to the grid; the log has all of them. */
const shownFailures = 100;

/** A captioning job of one dataset. */
export interface RunningJob {
  readonly document: DatasetDocument;
  /** replaced as a whole whenever the job moves on */
  view: JobView;
  readonly cancel: AbortController;
}

/** What a job is to do. */
interface JobPlan {
  label: string;
  targets: readonly JobTarget[];
  mode: CaptionMode;
  write: WriteOptions;
  problems: readonly ScanProblem[];
}

/** Which images a job is to caption; all of the dataset where none are named. */
interface JobWish {
  label: string;
  mode: CaptionMode;
  images?: readonly DatasetImage[];
}

/** Runs captioning jobs and knows how far they are. */
export class CaptionJobs extends Disposable {
  private readonly jobs = new Set<RunningJob>();
  private readonly queued = new Map<Caption, 'queued' | 'captioning'>();
  private readonly failures = new Map<Caption, string>();
  /** documents whose next job is being prepared or asked about: a second click must not start another one */
  private readonly preparing = new Set<DatasetDocument>();
  private nextId = 1;
  private anyRunning = false;
  private readonly changeEmitter = this.register(new vscode.EventEmitter<DatasetDocument>());
  /** A job of this document moved on. */
  readonly onDidChange = this.changeEmitter.event;

  constructor(
    private readonly process: TaggerProcess,
    private readonly taggers: Taggers,
    private readonly cuda: CudaSupport,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.register({
      dispose: () => {
        this.cancelAll();
      },
    });
  }

  /** The jobs that are on screen: running ones and those that ended a moment ago. */
  get shown(): readonly RunningJob[] {
    return [...this.jobs];
  }

  get running(): RunningJob[] {
    return [...this.jobs].filter((job) => isRunning(job));
  }

  viewsOf(document: DatasetDocument): JobView[] {
    return [...this.jobs].filter((job) => job.document === document).map((job) => job.view);
  }

  /** What a job does with a caption right now. */
  stateOf(caption: Caption): 'queued' | 'captioning' | undefined {
    return this.queued.get(caption);
  }

  /** Why the last job could not caption this image. */
  failureOf(caption: Caption): string | undefined {
    return this.failures.get(caption);
  }

  /** Captions all images of a dataset or the empty ones. Asks before it replaces captions. */
  captionDataset(document: DatasetDocument, mode: CaptionMode): Promise<void> {
    const label = mode === 'all' ? vscode.l10n.t('Caption All') : vscode.l10n.t('Caption Empty');
    return this.captionAfterAsking(document, { label, mode });
  }

  /** Captions some images of a dataset. Asks before it replaces captions. */
  captionImages(document: DatasetDocument, images: readonly DatasetImage[], label: string): Promise<void> {
    return this.captionAfterAsking(document, { label, mode: 'all', images });
  }

  private async captionAfterAsking(document: DatasetDocument, wish: JobWish): Promise<void> {
    if (this.preparing.has(document)) return;
    this.preparing.add(document);
    let start: (() => Promise<void>) | undefined;
    try {
      start = await this.prepare(document, wish);
    } finally {
      this.preparing.delete(document);
    }
    await start?.();
  }

  /** What starts the job, once the user agreed; undefined when there is nothing to do. */
  private async prepare(document: DatasetDocument, wish: JobWish): Promise<(() => Promise<void>) | undefined> {
    const { label, mode } = wish;
    await document.whenLoaded();
    if (this.running.some((job) => job.document === document)) {
      void vscode.window.showWarningMessage(
        vscode.l10n.t('A job is already captioning this dataset. Cancel it first or wait until it is done.'),
      );
      return undefined;
    }
    if (document.dataset.allImages.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('There are no images to caption in {0}.', document.name));
      return undefined;
    }
    // What is typed so far counts; it is on disk before anything is replaced.
    await document.autoSave();
    const write = writeOptions(document.uri);
    const { dataset } = document;
    const targets = planCaptionJob(wish.images ?? dataset.allImages, mode, write.mode);
    if (targets.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Every image has a caption; nothing to do.'));
      return undefined;
    }
    const replaced = targets.filter(({ caption }) => !caption.isEmpty).length;
    if (replaced > 0 && !(await this.agrees(write, targets.length, replaced, label))) return undefined;
    // Images that were chosen are not to blame for the files beside them.
    const problems = wish.images === undefined ? dataset.problems : [];
    return () => this.run(document, { label, targets, mode, write, problems });
  }

  /** Captions one image. Asks before it replaces a caption. */
  async captionImage(document: DatasetDocument, image: DatasetImage): Promise<void> {
    const { caption } = image;
    if (this.queued.has(caption)) return;
    const label = vscode.l10n.t('Caption {0}', path.posix.basename(image.path));
    const write = writeOptions(document.uri);
    if (!caption.isEmpty) {
      if (write.mode === 'onlyEmpty') {
        void vscode.window.showInformationMessage(
          vscode.l10n.t('{0} has a caption, and the setting "Write Mode" fills empty ones only.', image.path),
        );
        return;
      }
      const action = write.mode === 'replace' ? vscode.l10n.t('Replace Caption') : vscode.l10n.t('Add Tags');
      if (!(await this.agrees(write, 1, 1, action))) return;
    }
    document.commit();
    // A single image is not to blame for the files beside it: no problems of the folder.
    const targets = [{ path: image.path, caption, expected: caption.raw }];
    await this.run(document, { label, targets, mode: 'all', write, problems: [] });
  }

  /** Cancels a job by its id; captions already written stay. */
  cancel(id: string): void {
    for (const job of this.jobs) if (job.view.id === id) job.cancel.abort();
  }

  /** Cancels all jobs; captions already written stay. */
  cancelAll(): void {
    for (const job of this.running) job.cancel.abort();
  }

  private async agrees(write: WriteOptions, images: number, changed: number, action: string): Promise<boolean> {
    const question = questionBeforeWriting(write, images, changed, (text, ...values) => vscode.l10n.t(text, ...values));
    const detail = vscode.l10n.t('Undo brings the old captions back.');
    return (await vscode.window.showWarningMessage(question, { modal: true, detail }, action)) === action;
  }

  private async run(document: DatasetDocument, plan: JobPlan): Promise<void> {
    const { label, targets, problems } = plan;
    const total = targets.length + problems.length;
    const job: RunningJob = {
      document,
      cancel: new AbortController(),
      view: {
        id: String(this.nextId++),
        label,
        state: 'starting',
        handled: 0,
        total,
        failed: 0,
        untagged: 0,
        message: vscode.l10n.t('Looking for the tagger…'),
        execution: [],
        failures: [],
      },
    };
    this.jobs.add(job);
    for (const { caption } of targets) {
      this.queued.set(caption, 'queued');
      this.failures.delete(caption);
    }
    this.changed(job);
    const tagger = this.taggers.displayName();
    this.log.info(`${label}: ${String(targets.length)} image(s) of ${document.uri.fsPath} with ${tagger}`);
    let result: JobResult | undefined;
    try {
      const { setup, imagesInWork } = await this.loadTagger(job);
      result = await this.captionTargets(job, plan, setup, imagesInWork);
    } catch (thrown) {
      const cancelled = job.cancel.signal.aborted;
      const message = cancelled ? '' : this.taggers.explain(thrown);
      job.view = { ...job.view, state: cancelled ? 'cancelled' : 'error', message };
    }
    for (const { caption } of targets) this.queued.delete(caption);
    this.finish(job, result);
  }

  /** Downloads what is missing, loads the models, and shows what they run on. */
  private async loadTagger(job: RunningJob): Promise<{ setup: TaggerSetup; imagesInWork: number }> {
    const { signal } = job.cancel;
    const setup = await this.taggers.setup(job.document.uri, signal, (message) => {
      job.view = { ...job.view, message };
      this.changed(job);
    });
    job.view = { ...job.view, message: vscode.l10n.t('Loading the tagger…') };
    this.changed(job);
    const environment = await this.cuda.environment();
    if (this.running.every((other) => other === job)) this.process.useEnvironment(environment);
    const { models, imagesInWork } = await loadTagger(this.process, setup, signal);
    const execution = models.map((model) => {
      const runsOn = vscode.l10n.t('{0} runs on {1}', path.basename(model.folder), describeExecution(model));
      return { runsOn, notUsed: describeNotUsed(model) };
    });
    for (const { runsOn, notUsed } of execution) this.log.info([runsOn, ...notUsed].join('. '));
    job.view = { ...job.view, state: 'running', message: '', execution };
    this.changed(job);
    return { setup, imagesInWork };
  }

  private captionTargets(
    job: RunningJob,
    { targets, mode, write, problems }: JobPlan,
    setup: TaggerSetup,
    imagesInWork: number,
  ): Promise<JobResult> {
    const { document } = job;
    const options = captionOptions(document.uri);
    const rate = new JobRate();
    return runCaptionJob(document.dataset, targets, {
      makeTags: async (imagePath, signal) =>
        (await this.process.request('captionImage', { imagePath, setup, options }, signal)).tags,
      isCrash: (thrown) => errorCode(thrown) === taggerCrashed,
      mode,
      write,
      problems,
      concurrency: imagesInWork,
      signal: job.cancel.signal,
      onStart: ({ caption }) => {
        this.queued.set(caption, 'captioning');
        this.changeEmitter.fire(document);
      },
      onProgress: (progress, target, failure) => {
        this.queued.delete(target.caption);
        let { failures } = job.view;
        if (failure !== undefined) {
          this.failures.set(target.caption, failure);
          this.log.warn(`${target.path}: ${failure}`);
          if (failures.length < shownFailures) failures = [...failures, { path: target.path, reason: failure }];
        }
        const message = rate.describe(performance.now(), progress.handled, progress.total);
        job.view = { ...job.view, ...progress, failures, message };
        this.changed(job);
      },
    });
  }

  private finish(job: RunningJob, result: JobResult | undefined): void {
    if (result !== undefined) {
      const { status, failed, results, untagged } = result;
      const failures = [...failed].slice(0, shownFailures).map(([file, reason]) => ({ path: file, reason }));
      job.view = {
        ...job.view,
        state: status,
        handled: failed.size + results.size,
        failed: failed.size,
        untagged,
        failures,
        message: status === 'error' ? result.message : vscode.l10n.t('{0} captioned', results.size - untagged),
      };
      job.document.recordEdit(job.view.label, result.changes);
      void job.document.autoSave();
    }
    const { view } = job;
    const single = view.total === 1;
    const summary = result === undefined || view.state === 'error' ? view.message : this.summary(result);
    this.log.info(`${view.label}: ${view.state}. ${summary}`);
    for (const { path: file, reason } of view.failures) this.log.info(`  not captioned: ${file}: ${reason}`);
    if (view.state === 'error') void this.offerLog(vscode.l10n.t('{0} stopped: {1}', view.label, view.message));
    else if (view.failed > 0) {
      const first = view.failures[0];
      const text = single
        ? vscode.l10n.t('{0}: {1}', first?.path ?? '', first?.reason ?? '')
        : vscode.l10n.t('{0}: {1}', view.label, summary);
      void this.offerLog(text);
    } else if (single && view.untagged > 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('{0}: no tag passed the threshold; the caption was kept.', view.label),
      );
    }
    if (view.state === 'completed' && !single && !hasChosenTagger()) void this.offerRealTaggers();
    this.changed(job);
    const timer = setTimeout(() => {
      this.jobs.delete(job);
      this.changed(job);
    }, finishedJobStays);
    this.register({
      dispose: () => {
        clearTimeout(timer);
      },
    });
  }

  private summary({ results, failed, untagged }: JobResult): string {
    const parts = [vscode.l10n.t('{0} captioned', results.size - untagged)];
    if (untagged > 0) parts.push(vscode.l10n.t('{0} without a tag above the threshold', untagged));
    if (failed.size > 0) parts.push(vscode.l10n.t('{0} failed', failed.size));
    return parts.join(', ');
  }

  private async offerLog(text: string): Promise<void> {
    const showLog = vscode.l10n.t('Show Log');
    if ((await vscode.window.showWarningMessage(text, showLog)) === showLog) this.log.show();
  }

  /** Whoever never chose a tagger may think that colours are all that taggers see. */
  private async offerRealTaggers(): Promise<void> {
    const text = vscode.l10n.t(
      'The built-in Palette wrote these captions: it sees colour and brightness only. A WD14 tagger sees what is in the picture.',
    );
    const select = vscode.l10n.t('Select Tagger');
    if ((await vscode.window.showInformationMessage(text, select)) === select) {
      await vscode.commands.executeCommand('datasetCaptions.selectTagger');
    }
  }

  private changed(job: RunningJob): void {
    if (this.isDisposed) return;
    const anyRunning = this.running.length > 0;
    if (anyRunning !== this.anyRunning) {
      this.anyRunning = anyRunning;
      void vscode.commands.executeCommand('setContext', 'datasetCaptions.jobRunning', anyRunning);
    }
    this.changeEmitter.fire(job.document);
  }
}

export function isRunning(job: RunningJob): boolean {
  return job.view.state === 'starting' || job.view.state === 'running';
}
