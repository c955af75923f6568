import path from 'node:path';
import * as vscode from 'vscode';
import type { Caption } from '../../dataset/captions/Caption';
import type { CaptionScope } from '../../jobs/captionJob';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { hasStopped, inShownOrder, isEnded, isLive, isResumable, jobSteps, type JobStep } from '../../jobs/jobSteps';
import type { JobInfo } from '../../jobs/jobTypes';
import type { RunnerClient } from '../../jobs/client/RunnerClient';
import type { CaptionerProfile } from '../../protocol/captioning/captionerProfile';
import type { JobAction, JobView } from '../../protocol/page/gridProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import { Attempts } from './Attempts';
import type { JobCluster } from './ClusterAddress';
import type { DatasetDocument } from '../document/DatasetDocument';
import { DatasetJobs } from './DatasetJobs';
import { Disposable } from '../shared/Disposable';
import { ExpiringMap } from '../shared/ExpiringMap';
import { showJobProgress } from './jobProgress';
import { isReviewable, jobView } from './jobText';
import { ReviewCounts } from './ReviewCounts';
import type { CaptionPreviews } from './CaptionPreviews';
import type { LanguageModelCaptions } from './LanguageModelCaptions';
import type { JobPlan, JobSource, JobStarter, JobWish, PreviewPlan } from './JobStarter';
import type { Captioners } from '../captioners/Captioners';
import type { Taggers } from '../taggers/Taggers';

/** How long a job that ended stays on screen, in milliseconds. */
const endedJobStays = 5000;

/** A job as the status bar and the grid show it. */
export interface ShownJob {
  /** absolute path of the folder of the job's dataset */
  root: string;
  view: JobView;
}

/** How a job is started. */
export interface StartOptions {
  /** shows a progress notification: for commands, which may be called while no grid is visible */
  notify?: boolean;
  /** the cluster whose workers caption the images; if undefined, this machine captions them */
  cluster?: JobCluster;
}

/**
 * The captioning jobs of this machine as this window sees them; another process, the runner, does the work. Starts and
 * controls jobs, keeps the marks in open datasets up to date, and fires events when jobs change.
 */
export class CaptionJobs extends Disposable {
  private known: ReadonlyMap<string, JobInfo> = new Map();
  /** whether a newer runner ran the jobs when they were updated last */
  private wasOutdated = false;
  private readonly datasets = new Map<DatasetDocument, DatasetJobs>();
  private readonly attempts: Attempts;
  /** jobs that ended a moment ago and are still shown, by their ids */
  private readonly leaving = this.register(
    new ExpiringMap<string, JobInfo>(endedJobStays, () => {
      for (const document of this.datasets.keys()) this.changeEmitter.fire(document);
      this.listEmitter.fire();
    }),
  );
  /** ids of the jobs that this window started or resumed */
  private readonly own = new Set<string>();
  private readonly singles = new Set<string>();
  private readonly reviews: ReviewCounts;
  /** ids of the jobs that ended since this window was opened, until the user takes them from the page */
  private readonly endedHere = new Set<string>();
  /**
   * Jobs as the runner returned them from requests, by id, until the runner's list of jobs contains them too. `older`
   * is the entry of that list when the answer arrived: as long as the list still has that entry, the answer is newer.
   */
  private readonly answered = new Map<string, { answer: JobInfo; older: JobInfo | undefined }>();
  private readonly waiting = new Map<string, ((job: JobInfo) => void)[]>();
  private readonly changeEmitter = this.register(new vscode.EventEmitter<DatasetDocument>());
  /** The state of jobs in this document changed. */
  readonly onDidChange = this.changeEmitter.event;
  private readonly listEmitter = this.register(new vscode.EventEmitter<void>());
  /** Any job changed; throttled to 4 events per second, except for starts and ends. */
  readonly onDidChangeJobs = this.listEmitter.event;
  private readonly stepEmitter = this.register(new vscode.EventEmitter<JobStep>());
  /** A job changed, and open datasets show it already. */
  readonly onDidStep = this.stepEmitter.event;

  constructor(
    readonly runner: RunnerClient,
    readonly jobsFolder: string,
    private readonly starter: JobStarter,
    readonly previews: CaptionPreviews,
    private readonly taggers: Taggers,
    private readonly captioners: Captioners,
    private readonly late: () => { readonly languageModels: LanguageModelCaptions },
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.register({
      dispose: runner.onDidChange(() => {
        void this.onRunnerUpdate();
      }),
    });
    this.register({
      dispose: runner.onHandled(({ id, root, paths }) => {
        for (const jobs of this.datasetsAt(root)) jobs.handled(id, paths);
      }),
    });
    this.reviews = new ReviewCounts(
      jobsFolder,
      (id) => {
        const job = this.known.get(id);
        for (const { document } of job === undefined ? [] : this.datasetsAt(job.root))
          this.changeEmitter.fire(document);
        this.listEmitter.fire();
      },
      (line) => {
        this.log.warn(line);
      },
    );
    this.attempts = this.register(
      new Attempts(
        {
          start: (document, plan, signal, onStatus) => this.start(document, plan, signal, onStatus),
          changed: (document) => {
            this.changed(document);
          },
          failed: (label, message) => void this.showFailure(label, message),
        },
        endedJobStays,
      ),
    );
  }

  /** The captioner that jobs are to ask; undefined where the taggers are to tag. @throws Error in words */
  get captioner(): CaptionerProfile | undefined {
    return this.captioners.ofJobs();
  }

  /** All known jobs, in the order in which they are shown. */
  get all(): JobInfo[] {
    return inShownOrder([...this.known.values()].map((job) => this.reviews.added(job)));
  }

  get(id: string): JobInfo | undefined {
    const job = this.known.get(id);
    return job === undefined ? undefined : this.reviews.added(job);
  }

  /** Reads again how many flagged answers of a job wait for a person. */
  reviewed(id: string): void {
    void this.reviews.read(id);
  }

  /** Takes a job that ended from the pages, though answers of it wait: the list of jobs goes on to name it. */
  dismiss(id: string): void {
    this.endedHere.delete(id);
    this.leaving.delete(id);
    for (const document of this.datasets.keys()) this.changeEmitter.fire(document);
  }

  /** Whether this window started or resumed a job. */
  isOwn(id: string): boolean {
    return this.own.has(id);
  }

  /** Whether a job is being prepared in this window. */
  get isPreparing(): boolean {
    return this.attempts.isPreparing;
  }

  /** Whether a dataset with this folder is open in this window. */
  isOpen(root: string): boolean {
    return this.datasetsAt(root).length > 0;
  }

  /** All jobs to show: running, being prepared, queued, and ended a moment ago, in this order. */
  get shown(): ShownJob[] {
    const live = this.all.filter((job) => isLive(job) || (job.status === 'paused' && this.isOpen(job.root)));
    return [
      ...this.onScreen(live.filter(({ status }) => status === 'running')),
      ...this.attempts.all.map(({ document, view }) => ({ root: document.uri.fsPath, view })),
      ...this.onScreen([...live.filter(({ status }) => status !== 'running'), ...this.leaving.values().reverse()]),
    ];
  }

  /** The jobs that the grid of a dataset shows. */
  viewsOf({ uri }: DatasetDocument): JobView[] {
    const here = (job: JobInfo): boolean => job.root === uri.fsPath;
    const current = this.all.filter((job) => here(job) && (isLive(job) || isResumable(job)));
    const leaving = this.leaving.values().filter(here);
    const waiting = this.all.filter(
      (job) => here(job) && isEnded(job) && this.endedHere.has(job.id) && !leaving.some(({ id }) => id === job.id),
    );
    const ended = [...leaving, ...waiting.filter(isReviewable)];
    const attempts = this.attempts.all.filter(({ document }) => document.uri.fsPath === uri.fsPath);
    return [...attempts.map(({ view }) => view), ...this.onScreen([...ended, ...current]).map(({ view }) => view)];
  }

  /** Whether a job is working on a caption or will. */
  stateOf(document: DatasetDocument, caption: Caption): 'queued' | 'captioning' | undefined {
    return this.datasets.get(document)?.stateOf(caption);
  }

  /** Why the last job could not caption this image; undefined if it could. */
  failureOf(document: DatasetDocument, caption: Caption): string | undefined {
    return this.datasets.get(document)?.failureOf(caption);
  }

  /** Keeps the job marks of a document up to date until the returned object is disposed. */
  watch(document: DatasetDocument): vscode.Disposable {
    const jobs = new DatasetJobs(
      document,
      this.jobsFolder,
      () => {
        this.changeEmitter.fire(document);
      },
      (line) => {
        this.log.warn(line);
      },
    );
    this.datasets.set(document, jobs);
    for (const job of this.known.values()) {
      if (job.root === document.uri.fsPath && isLive(job)) void jobs.onStep({ job, before: undefined });
    }
    return new vscode.Disposable(() => this.datasets.delete(document));
  }

  /**
   * Captions all images of a dataset, or only those whose caption is empty. Asks before it replaces captions. Resolves
   * when the job stops.
   */
  captionDataset(document: DatasetDocument, mode: CaptionScope, options: StartOptions = {}): Promise<void> {
    const label = mode === 'all' ? vscode.l10n.t('Caption All') : vscode.l10n.t('Caption Empty');
    const { cluster } = options;
    const model = this.captioners.chosen;
    if (model.by === 'languageModel') {
      return this.late().languageModels.caption(document, {
        ...model,
        images: document.dataset.allImages,
        label,
        mode,
      });
    }
    const wish = { label, mode, ...(cluster === undefined ? {} : { cluster }) };
    return this.caption(document, options, () => this.plan(document, wish));
  }

  /** Captions some images of a dataset. Asks before it replaces captions. Resolves when the job stops. */
  captionImages(
    document: DatasetDocument,
    images: readonly DatasetImage[],
    label: string,
    options: StartOptions = {},
  ): Promise<void> {
    const model = this.captioners.chosen;
    if (model.by === 'languageModel') {
      return this.late().languageModels.caption(document, { ...model, images, label, mode: 'all' });
    }
    return this.caption(document, options, () => this.plan(document, { label, mode: 'all', images }));
  }

  /** Captions one image. Asks before it replaces a caption. Resolves when the job stops. */
  async captionImage(document: DatasetDocument, image: DatasetImage): Promise<void> {
    if (this.stateOf(document, image.caption) !== undefined) return;
    const model = this.captioners.chosen;
    if (model.by === 'languageModel') {
      const label = vscode.l10n.t('Caption {0}', path.posix.basename(image.path));
      await this.late().languageModels.caption(document, { ...model, images: [image], label, mode: 'all' });
      return;
    }
    await this.caption(document, {}, () => this.starter.planSingle(document, image));
  }

  /** Pauses, resumes or cancels a job; cancels one that is being prepared. Captions already written stay. */
  async control(id: string, action: JobAction): Promise<void> {
    if (this.attempts.cancel(id)) return;
    if (action === 'resume') await this.resume(id);
    else await this.runner.stop(id, action);
  }

  /**
   * Resumes a job that is paused or was interrupted.
   * @param retryFailed runs a completed job again for failed images
   */
  async resume(id: string, retryFailed = false): Promise<void> {
    this.own.add(id);
    const secrets = await this.starter.secretsOf(id);
    const job = await this.runner.request('start', { id, secrets, ...(retryFailed ? { retryFailed } : {}) });
    await this.onRunnerUpdate(job);
  }

  /** Makes the runner read a job again, because this window changed the job's folder. */
  async reread(id: string): Promise<void> {
    await this.runner.refresh();
    if (this.runner.isConnected) await this.runner.request('reread', { id });
  }

  /** Cancels all jobs that run, are queued or are being prepared; captions already written stay. */
  async cancelAll(): Promise<void> {
    this.attempts.cancelAll();
    await Promise.all(this.all.filter(isLive).map(({ id }) => this.runner.stop(id, 'cancel')));
  }

  /** The view of a job, or of one that is being prepared. */
  viewOf(id: string): JobView | undefined {
    const job = this.known.get(id);
    if (job !== undefined) return this.onScreen([job])[0]?.view;
    return this.attempts.get(id)?.view;
  }

  /** Resolves when a job has ended, is paused or was interrupted, and open datasets show that. */
  whenStopped(id: string): Promise<JobInfo | undefined> {
    const job = this.known.get(id);
    if (job === undefined || !isLive(job)) return Promise.resolve(job);
    return new Promise((resolve) => {
      this.waiting.set(id, [...(this.waiting.get(id) ?? []), resolve]);
    });
  }

  private plan(document: DatasetDocument, wish: JobWish): Promise<JobPlan | PreviewPlan | undefined> {
    return this.starter.plan(document, wish, ({ caption }) => this.stateOf(document, caption) !== undefined);
  }

  private async caption(
    document: DatasetDocument,
    { notify = false }: StartOptions,
    makePlan: () => Promise<JobPlan | PreviewPlan | undefined>,
  ): Promise<void> {
    const previews: PreviewPlan[] = [];
    const job = await this.attempts.run(
      document,
      async () => {
        const plan = await makePlan();
        if (plan === undefined || 'work' in plan) return plan;
        previews.push(plan);
        return undefined;
      },
      (attempt) => {
        if (notify) void showJobProgress(this, attempt.view.label, attempt.view.id, () => attempt.jobId);
      },
    );
    for (const preview of previews) await this.previews.make(document, preview);
    if (job !== undefined) await this.whenStopped(job.id);
  }

  /**
   * Starts a planned job; resolves when it runs or is queued.
   * @param onStatus gets one line for each step that takes time
   * @throws any error that prevents the job from starting; the signal's reason when aborted
   */
  async start(
    source: JobSource,
    plan: JobPlan,
    signal: AbortSignal,
    onStatus: (line: string) => void,
  ): Promise<JobInfo> {
    const { label, work, single } = plan;
    const root = source.uri.fsPath;
    this.log.info(
      `${label}: ${work.length} image(s) of ${root} with ${plan.captioner?.name ?? this.taggers.displayName()}`,
    );
    const job = await this.starter.start(source, plan, signal, onStatus);
    this.own.add(job.id);
    if (single) this.singles.add(job.id);
    await Promise.all(this.datasetsAt(root).map((jobs) => jobs.begin(job.id, work)));
    await this.onRunnerUpdate(job);
    // The user cancelled while the request was in flight; it may take long, because the runner may have to start first.
    if (signal.aborted) await this.control(job.id, 'cancel');
    return job;
  }

  private async showFailure(label: string, message: string): Promise<void> {
    this.log.error(`${label}: ${message}`);
    const showLog = vscode.l10n.t('Show Log');
    const text = vscode.l10n.t('{0} stopped: {1}', label, message);
    if ((await vscode.window.showWarningMessage(text, showLog)) === showLog) this.log.show();
  }

  /**
   * Updates the known jobs from the runner, and resolves when open datasets show the changes.
   * @param answer a job that the runner returned from a request
   */
  private async onRunnerUpdate(answer?: JobInfo): Promise<void> {
    const before = this.known;
    const { isOutdated } = this.runner;
    const isOther = isOutdated !== this.wasOutdated;
    this.wasOutdated = isOutdated;
    const now = new Map(this.runner.jobs.map((job) => [job.id, job]));
    if (answer !== undefined) this.answered.set(answer.id, { answer, older: now.get(answer.id) });
    for (const [id, { answer: job, older }] of this.answered) {
      if (now.get(id) === older) now.set(id, job);
      else this.answered.delete(id);
    }
    this.known = now;
    const steps = jobSteps(before, [...now.values()]);
    const gone = [...before.values()].filter(({ id }) => !now.has(id));
    await Promise.all(steps.map((step) => this.onStep(step)));
    for (const job of gone) {
      this.resolveWaiting(job);
      this.reviews.forget(job.id);
      this.endedHere.delete(job.id);
    }
    this.reviews.meet(this.known.values());
    if (gone.length > 0) for (const document of this.datasets.keys()) this.changeEmitter.fire(document);
    if (steps.length + gone.length > 0 || isOther) this.listEmitter.fire();
  }

  private async onStep(step: JobStep): Promise<void> {
    const { job } = step;
    const stopped = hasStopped(step);
    if (isLive(job)) {
      this.leaving.delete(job.id);
      this.reviews.forget(job.id);
    }
    if (stopped && isEnded(job)) {
      this.leaving.set(job.id, job);
      this.endedHere.add(job.id);
    }
    await Promise.all(this.datasetsAt(job.root).map((jobs) => jobs.onStep(step)));
    this.stepEmitter.fire(step);
    if (!stopped) return;
    this.resolveWaiting(job);
    // A job of a single image is removed: it would only clutter the list. One with a flagged answer stays: the answer
    // lies in its folder.
    if (isEnded(job) && this.singles.delete(job.id) && job.counts.flagged === 0) {
      await this.runner.request('remove', { id: job.id }).catch((thrown: unknown) => {
        this.log.warn(`${job.id}: ${errorMessage(thrown)}`);
      });
    }
  }

  private resolveWaiting(job: JobInfo): void {
    for (const resolve of this.waiting.get(job.id) ?? []) resolve(job);
    this.waiting.delete(job.id);
  }

  private onScreen(jobs: readonly JobInfo[]): ShownJob[] {
    return jobs.map((job) => ({ root: job.root, view: jobView(this.reviews.added(job)) }));
  }

  private datasetsAt(root: string): DatasetJobs[] {
    return [...this.datasets.values()].filter(({ document }) => document.uri.fsPath === root);
  }

  private changed(document: DatasetDocument): void {
    if (this.isDisposed) return;
    this.changeEmitter.fire(document);
    this.listEmitter.fire();
  }
}
