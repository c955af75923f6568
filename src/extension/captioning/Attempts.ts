import type { JobInfo } from '../../jobs/jobTypes';
import { errorMessage } from '../../protocol/channel/wireError';
import type { JobView } from '../../protocol/page/gridProtocol';
import type { DatasetDocument } from '../document/DatasetDocument';
import { Disposable } from '../shared/Disposable';
import { ExpiringMap } from '../shared/ExpiringMap';
import type { JobPlan } from './JobStarter';

/** A job that this window is preparing, or that it could not start. */
export interface Attempt {
  readonly document: DatasetDocument;
  /** immutable: replaced by a new object when it changes */
  readonly view: JobView;
  /** the id of the job, once it has been started */
  readonly jobId?: string;
}

interface OwnAttempt extends Attempt {
  view: JobView;
  jobId?: string;
  readonly cancel: AbortController;
}

/** What attempts call. */
export interface AttemptHost {
  /**
   * Starts a planned job; resolves when it runs or is queued.
   * @throws any error that prevents it from starting; the signal's reason
   */
  start(
    document: DatasetDocument,
    plan: JobPlan,
    signal: AbortSignal,
    onStatus: (line: string) => void,
  ): Promise<JobInfo>;
  /** An attempt of this document was added, changed or removed. */
  changed(document: DatasetDocument): void;
  /** Tells the user that a job could not be started. @param label of the job */
  failed(label: string, message: string): void;
}

/**
 * Jobs in preparation: from the plan until the runner has accepted the job. An attempt that failed or was cancelled
 * stays visible for a while, so that the user sees why.
 */
export class Attempts extends Disposable {
  /** by the ids of their views */
  private readonly attempts = new Map<string, OwnAttempt>();
  private readonly stopped: ExpiringMap<string, OwnAttempt>;
  /** documents whose next job is being planned or confirmed: a second click must not start a second job */
  private readonly preparing = new Set<DatasetDocument>();
  private nextId = 1;

  /** @param stoppedStays how long an attempt that was cancelled or failed stays, in milliseconds */
  constructor(
    private readonly host: AttemptHost,
    stoppedStays: number,
  ) {
    super();
    this.stopped = this.register(
      new ExpiringMap(stoppedStays, (attempt) => {
        this.attempts.delete(attempt.view.id);
        this.host.changed(attempt.document);
      }),
    );
    this.register({
      dispose: () => {
        this.cancelAll();
      },
    });
  }

  /** All attempts, the oldest first. */
  get all(): readonly Attempt[] {
    return [...this.attempts.values()];
  }

  /** Whether a job is being prepared in this window. */
  get isPreparing(): boolean {
    return this.all.some(({ view }) => view.state === 'starting');
  }

  /** @param id of the attempt's view */
  get(id: string): Attempt | undefined {
    return this.attempts.get(id);
  }

  /** Cancels the attempt whose view has this id. @returns whether there is one */
  cancel(id: string): boolean {
    const attempt = this.attempts.get(id);
    attempt?.cancel.abort();
    return attempt !== undefined;
  }

  cancelAll(): void {
    for (const { cancel } of this.attempts.values()) cancel.abort();
  }

  /**
   * Plans a job and starts it. Does nothing while another job of the document is being prepared.
   * @param makePlan may ask the user; resolves with undefined if there is nothing to do or the user declines
   * @param onPlanned called as soon as the attempt can be shown
   * @returns undefined if no job was started; {@link AttemptHost.failed} reports errors
   * @throws only what `makePlan` throws
   */
  async run(
    document: DatasetDocument,
    makePlan: () => Promise<JobPlan | undefined>,
    onPlanned: (attempt: Attempt) => void,
  ): Promise<JobInfo | undefined> {
    if (this.preparing.has(document)) return undefined;
    this.preparing.add(document);
    try {
      const plan = await makePlan();
      if (plan === undefined) return undefined;
      const attempt: OwnAttempt = { document, cancel: new AbortController(), view: this.newView(plan) };
      this.attempts.set(attempt.view.id, attempt);
      onPlanned(attempt);
      return await this.start(attempt, plan);
    } finally {
      this.preparing.delete(document);
    }
  }

  private async start(attempt: OwnAttempt, plan: JobPlan): Promise<JobInfo | undefined> {
    const { document, cancel } = attempt;
    this.host.changed(document);
    try {
      const job = await this.host.start(document, plan, cancel.signal, (message) => {
        attempt.view = { ...attempt.view, message };
        this.host.changed(document);
      });
      attempt.jobId = job.id;
      this.attempts.delete(attempt.view.id);
      return job;
    } catch (thrown) {
      const cancelled = cancel.signal.aborted;
      const message = cancelled ? '' : errorMessage(thrown);
      attempt.view = { ...attempt.view, state: cancelled ? 'cancelled' : 'error', message };
      if (!cancelled) this.host.failed(plan.label, message);
      this.stopped.set(attempt.view.id, attempt);
      return undefined;
    } finally {
      this.host.changed(document);
    }
  }

  private newView({ label, work }: JobPlan): JobView {
    return {
      id: `new-${String(this.nextId++)}`,
      label,
      state: 'starting',
      message: '',
      total: work.length,
      handled: 0,
      failed: 0,
      untagged: 0,
      kept: 0,
      flagged: 0,
      execution: [],
      failures: [],
      moreFailures: 0,
    };
  }
}
