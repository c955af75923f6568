import * as vscode from 'vscode';
import type { Caption } from '../../dataset/captions/Caption';
import type { CaptionScope } from '../../jobs/captionJob';
import type { DatasetImage } from '../../dataset/captions/DatasetImage';
import { hasStopped, inShownOrder, isEnded, isLive, isResumable, jobSteps, type JobStep } from '../../jobs/jobSteps';
import type { JobInfo } from '../../jobs/jobTypes';
import type { RunnerClient } from '../../jobs/client/RunnerClient';
import type { JobAction, JobView } from '../../protocol/page/gridProtocol';
import { errorMessage } from '../../protocol/channel/wireError';
import type { JobCluster } from './ClusterAddress';
import type { DatasetDocument } from '../document/DatasetDocument';
import { DatasetJobs } from './DatasetJobs';
import { Disposable } from '../shared/Disposable';
import { showJobProgress } from './jobProgress';
import { jobView } from './jobText';
import type { JobPlan, JobSource, JobStarter, JobWish } from './JobStarter';
import type { Taggers } from '../taggers/Taggers';

/** A job that ended stays on screen for so long, in milliseconds. */
const endedJobStays = 5000;

/** A job that is being prepared in this window, or could not be started. */
interface Attempt {
  readonly document: DatasetDocument;
  /** replaced as a whole whenever it moves on */
  view: JobView;
  /** the job that came of it */
  jobId?: string;
  readonly cancel: AbortController;
}

/** A job on screen. */
export interface ShownJob {
  /** the folder of its dataset */
  root: string;
  view: JobView;
}

/** How a job is started. */
export interface StartOptions {
  /** shows a notification with its progress: for commands, which may come from anywhere */
  notify?: boolean;
  /** whose workers caption; this machine where none is named */
  cluster?: JobCluster;
}

/**
 * The captioning jobs of this machine, which another process runs, as this window sees them: starts and controls them,
 * shows in open datasets what they do, and tells what became of them.
 */
export class CaptionJobs extends Disposable {
  private known: ReadonlyMap<string, JobInfo> = new Map();
  private readonly datasets = new Map<DatasetDocument, DatasetJobs>();
  private readonly attempts = new Set<Attempt>();
  /** jobs that ended a moment ago */
  private readonly leaving = new Map<string, JobInfo>();
  /** ids of the jobs that this window started or resumed */
  private readonly own = new Set<string>();
  private readonly singles = new Set<string>();
  /** jobs as the runner answered, and what it had told of them before: that is older */
  private readonly answered = new Map<string, { answer: JobInfo; older: JobInfo | undefined }>();
  private readonly waiting = new Map<string, ((job: JobInfo) => void)[]>();
  /** documents whose next job is being prepared or asked about: a second click must not start another one */
  private readonly preparing = new Set<DatasetDocument>();
  private nextAttempt = 1;
  private readonly changeEmitter = this.register(new vscode.EventEmitter<DatasetDocument>());
  /** What jobs do with this document changed. */
  readonly onDidChange = this.changeEmitter.event;
  private readonly listEmitter = this.register(new vscode.EventEmitter<void>());
  /** The jobs are others than they were; at most 4 times a second but for starts and ends. */
  readonly onDidChangeJobs = this.listEmitter.event;
  private readonly stepEmitter = this.register(new vscode.EventEmitter<JobStep>());
  /** A job moved on, and open datasets show it. */
  readonly onDidStep = this.stepEmitter.event;

  constructor(
    readonly runner: RunnerClient,
    readonly jobsFolder: string,
    private readonly starter: JobStarter,
    private readonly taggers: Taggers,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.register({
      dispose: runner.onDidChange(() => {
        void this.follow();
      }),
    });
    this.register({
      dispose: runner.onHandled(({ id, root, paths }) => {
        for (const jobs of this.of(root)) jobs.handled(id, paths);
      }),
    });
    this.register({
      dispose: () => {
        for (const { cancel } of this.attempts) cancel.abort();
      },
    });
  }

  /** All jobs that are known, in the order in which they are shown. */
  get all(): JobInfo[] {
    return inShownOrder([...this.known.values()]);
  }

  get(id: string): JobInfo | undefined {
    return this.known.get(id);
  }

  /** Whether this window started or resumed a job. */
  isOwn(id: string): boolean {
    return this.own.has(id);
  }

  /** Whether a job is being prepared in this window. */
  get isPreparing(): boolean {
    return [...this.attempts].some(({ view }) => view.state === 'starting');
  }

  /** Whether a dataset with this folder is open in this window. */
  isOpen(root: string): boolean {
    return this.of(root).length > 0;
  }

  /** What is on screen of all jobs: those that run or wait, that are being started, and that ended a moment ago. */
  get shown(): ShownJob[] {
    const live = this.all.filter((job) => isLive(job) || (job.status === 'paused' && this.isOpen(job.root)));
    return [
      ...this.onScreen(live.filter(({ status }) => status === 'running')),
      ...[...this.attempts].map(({ document, view }) => ({ root: document.uri.fsPath, view })),
      ...this.onScreen([...live.filter(({ status }) => status !== 'running'), ...[...this.leaving.values()].reverse()]),
    ];
  }

  /** The jobs that the grid of a dataset shows. */
  viewsOf({ uri }: DatasetDocument): JobView[] {
    const here = (job: JobInfo): boolean => job.root === uri.fsPath;
    const current = this.all.filter((job) => here(job) && (isLive(job) || isResumable(job)));
    const ended = [...this.leaving.values()].filter(here);
    const attempts = [...this.attempts].filter(({ document }) => document.uri.fsPath === uri.fsPath);
    return [...attempts.map(({ view }) => view), ...this.onScreen([...ended, ...current]).map(({ view }) => view)];
  }

  /** What a job does with a caption right now. */
  stateOf(document: DatasetDocument, caption: Caption): 'queued' | 'captioning' | undefined {
    return this.datasets.get(document)?.stateOf(caption);
  }

  /** Why the last job could not caption this image. */
  failureOf(document: DatasetDocument, caption: Caption): string | undefined {
    return this.datasets.get(document)?.failureOf(caption);
  }

  /** Shows in a document what jobs do with it, until the end of what is returned. */
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
      if (job.root === document.uri.fsPath && isLive(job)) void jobs.take({ job, before: undefined });
    }
    return new vscode.Disposable(() => this.datasets.delete(document));
  }

  /** Captions all images of a dataset or the empty ones. Asks before it replaces captions. Resolves when it is done. */
  captionDataset(document: DatasetDocument, mode: CaptionScope, options: StartOptions = {}): Promise<void> {
    const label = mode === 'all' ? vscode.l10n.t('Caption All') : vscode.l10n.t('Caption Empty');
    return this.caption(document, options, () => this.plan(document, { label, mode }));
  }

  /** Captions some images of a dataset. Asks before it replaces captions. Resolves when it is done. */
  captionImages(
    document: DatasetDocument,
    images: readonly DatasetImage[],
    label: string,
    options: StartOptions = {},
  ): Promise<void> {
    return this.caption(document, options, () => this.plan(document, { label, mode: 'all', images }));
  }

  /** Captions one image. Asks before it replaces a caption. Resolves when it is done. */
  async captionImage(document: DatasetDocument, image: DatasetImage): Promise<void> {
    if (this.stateOf(document, image.caption) !== undefined) return;
    await this.caption(document, {}, () => this.starter.planSingle(document, image));
  }

  /** Pauses, resumes or cancels a job, or one that is being started; captions already written stay. */
  async control(id: string, action: JobAction): Promise<void> {
    const attempt = [...this.attempts].find(({ view }) => view.id === id);
    if (attempt !== undefined) {
      attempt.cancel.abort();
      return;
    }
    if (action === 'resume') await this.resume(id);
    else await this.runner.request(action, { id });
  }

  /** Goes on with a job that stands still; with one that ended, for the images that failed. */
  async resume(id: string, retryFailed = false): Promise<void> {
    this.own.add(id);
    const secrets = await this.starter.secretsOf(id);
    const job = await this.runner.request('start', { id, secrets, ...(retryFailed ? { retryFailed } : {}) });
    await this.follow(job);
  }

  /** Looks at a job again that this window changed on the disk. */
  async reread(id: string): Promise<void> {
    await this.runner.refresh();
    if (this.runner.isConnected) await this.runner.request('reread', { id });
  }

  /** Cancels all jobs that run or wait; captions already written stay. */
  async cancelAll(): Promise<void> {
    for (const { cancel } of this.attempts) cancel.abort();
    await Promise.all(this.all.filter(isLive).map(({ id }) => this.runner.request('cancel', { id })));
  }

  /** What is on screen of a job, or of one that is being started. */
  viewOf(id: string): JobView | undefined {
    const job = this.known.get(id);
    if (job !== undefined) return this.onScreen([job])[0]?.view;
    return [...this.attempts].find(({ view }) => view.id === id)?.view;
  }

  /** Resolves when a job ended or stands still, and open datasets show that. */
  whenStopped(id: string): Promise<JobInfo | undefined> {
    const job = this.known.get(id);
    if (job === undefined || !isLive(job)) return Promise.resolve(job);
    return new Promise((resolve) => {
      this.waiting.set(id, [...(this.waiting.get(id) ?? []), resolve]);
    });
  }

  private plan(document: DatasetDocument, wish: JobWish): Promise<JobPlan | undefined> {
    return this.starter.plan(document, wish, ({ caption }) => this.stateOf(document, caption) !== undefined);
  }

  private async caption(
    document: DatasetDocument,
    { notify = false, cluster }: StartOptions,
    makePlan: () => Promise<JobPlan | undefined>,
  ): Promise<void> {
    if (this.preparing.has(document)) return;
    this.preparing.add(document);
    let job: JobInfo | undefined;
    const attempt: Attempt = { document, cancel: new AbortController(), view: this.newView() };
    try {
      const plan = await makePlan();
      if (plan === undefined) return;
      Object.assign(attempt.view, { label: plan.label, total: plan.work.length });
      this.attempts.add(attempt);
      if (notify) void showJobProgress(this, plan.label, attempt.view.id, () => attempt.jobId);
      job = await this.begin(attempt, cluster === undefined ? plan : { ...plan, cluster });
    } finally {
      this.preparing.delete(document);
    }
    if (job !== undefined) await this.whenStopped(job.id);
  }

  /** @returns undefined where it could not be started, which the grid says */
  private async begin(attempt: Attempt, plan: JobPlan): Promise<JobInfo | undefined> {
    const { document, cancel } = attempt;
    this.changed(document);
    try {
      const job = await this.start(document, plan, cancel.signal, (message) => {
        attempt.view = { ...attempt.view, message };
        this.changed(document);
      });
      attempt.jobId = job.id;
      this.attempts.delete(attempt);
      return job;
    } catch (thrown) {
      const cancelled = cancel.signal.aborted;
      const message = cancelled ? '' : errorMessage(thrown);
      attempt.view = { ...attempt.view, state: cancelled ? 'cancelled' : 'error', message };
      if (!cancelled) void this.failed(plan.label, message);
      this.stayAWhile(() => this.attempts.delete(attempt));
      return undefined;
    } finally {
      this.changed(document);
    }
  }

  /**
   * Starts a job that is planned; resolves when it runs or waits for its turn.
   * @throws what keeps it from starting; the signal's reason
   */
  async start(
    source: JobSource,
    plan: JobPlan,
    signal: AbortSignal,
    onStatus: (line: string) => void,
  ): Promise<JobInfo> {
    const { label, work, single } = plan;
    const root = source.uri.fsPath;
    this.log.info(`${label}: ${work.length} image(s) of ${root} with ${this.taggers.displayName()}`);
    const job = await this.starter.start(source, plan, signal, onStatus);
    this.own.add(job.id);
    if (single) this.singles.add(job.id);
    await Promise.all(this.of(root).map((jobs) => jobs.begin(job.id, work)));
    await this.follow(job);
    // Cancelled while the runner was asked, which may have had to be started first.
    if (signal.aborted) await this.control(job.id, 'cancel');
    return job;
  }

  private newView(): JobView {
    const counts = { handled: 0, total: 0, failed: 0, untagged: 0, kept: 0, moreFailures: 0 };
    const lists = { execution: [], failures: [] };
    return { id: `new-${String(this.nextAttempt++)}`, label: '', state: 'starting', message: '', ...counts, ...lists };
  }

  private async failed(label: string, message: string): Promise<void> {
    this.log.error(`${label}: ${message}`);
    const showLog = vscode.l10n.t('Show Log');
    const text = vscode.l10n.t('{0} stopped: {1}', label, message);
    if ((await vscode.window.showWarningMessage(text, showLog)) === showLog) this.log.show();
  }

  /**
   * Takes in what the runner tells.
   * @param answer a job that the runner answered with
   */
  private async follow(answer?: JobInfo): Promise<void> {
    const before = this.known;
    const now = new Map(this.runner.jobs.map((job) => [job.id, job]));
    if (answer !== undefined) this.answered.set(answer.id, { answer, older: now.get(answer.id) });
    for (const [id, { answer: job, older }] of this.answered) {
      if (now.get(id) === older) now.set(id, job);
      else this.answered.delete(id);
    }
    this.known = now;
    const steps = jobSteps(before, [...now.values()]);
    const gone = [...before.values()].filter(({ id }) => !now.has(id));
    await Promise.all(steps.map((step) => this.take(step)));
    for (const job of gone) this.resolve(job);
    if (gone.length > 0) for (const document of this.datasets.keys()) this.changeEmitter.fire(document);
    if (steps.length + gone.length > 0) this.listEmitter.fire();
  }

  private async take(step: JobStep): Promise<void> {
    const { job } = step;
    const stopped = hasStopped(step);
    if (isLive(job)) this.leaving.delete(job.id);
    if (stopped && isEnded(job)) {
      this.leaving.set(job.id, job);
      this.stayAWhile(() => this.leaving.delete(job.id));
    }
    await Promise.all(this.of(job.root).map((jobs) => jobs.take(step)));
    this.stepEmitter.fire(step);
    if (!stopped) return;
    this.resolve(job);
    // A single image is not worth a line in the list of jobs.
    if (isEnded(job) && this.singles.delete(job.id)) {
      await this.runner.request('remove', { id: job.id }).catch((thrown: unknown) => {
        this.log.warn(`${job.id}: ${errorMessage(thrown)}`);
      });
    }
  }

  private resolve(job: JobInfo): void {
    for (const resolve of this.waiting.get(job.id) ?? []) resolve(job);
    this.waiting.delete(job.id);
  }

  private onScreen(jobs: readonly JobInfo[]): ShownJob[] {
    return jobs.map((job) => ({ root: job.root, view: jobView(job) }));
  }

  private of(root: string): DatasetJobs[] {
    return [...this.datasets.values()].filter(({ document }) => document.uri.fsPath === root);
  }

  private stayAWhile(leave: () => void): void {
    const timer = setTimeout(() => {
      leave();
      for (const document of this.datasets.keys()) this.changeEmitter.fire(document);
      this.listEmitter.fire();
    }, endedJobStays);
    this.register({
      dispose: () => {
        clearTimeout(timer);
      },
    });
  }

  private changed(document: DatasetDocument): void {
    if (this.isDisposed) return;
    this.changeEmitter.fire(document);
    this.listEmitter.fire();
  }
}
