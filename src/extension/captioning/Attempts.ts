import type { JobInfo } from '../../jobs/jobTypes';
import { errorMessage } from '../../protocol/channel/wireError';
import type { JobView } from '../../protocol/page/gridProtocol';
import type { DatasetDocument } from '../document/DatasetDocument';
import { Disposable } from '../shared/Disposable';
import { ExpiringMap } from '../shared/ExpiringMap';
import type { JobPlan } from './JobStarter';

/** A job that is being prepared in this window, or could not be started. */
export interface Attempt {
  readonly document: DatasetDocument;
  /** replaced as a whole whenever it changes */
  readonly view: JobView;
  /** the job that came of it */
  readonly jobId?: string;
}

interface OwnAttempt extends Attempt {
  view: JobView;
  jobId?: string;
  readonly cancel: AbortController;
}

/** What attempts need of the jobs. */
export interface AttemptHost {
  /**
   * Starts a job that is planned; resolves when it runs or waits for its turn.
   * @throws what keeps it from starting; the signal's reason
   */
  start(
    document: DatasetDocument,
    plan: JobPlan,
    signal: AbortSignal,
    onStatus: (line: string) => void,
  ): Promise<JobInfo>;
  /** An attempt of this document came, changed or went. */
  changed(document: DatasetDocument): void;
  /** Tells the user that a job could not be started. @param label of the job */
  failed(label: string, message: string): void;
}

/**
 * The jobs in preparation: from the moment in which one is planned until the process that runs jobs has it. One that could
 * not be started stays for a while, so that its user sees why.
 */
export class Attempts extends Disposable {
  /** by the id of the view */
  private readonly attempts = new Map<string, OwnAttempt>();
  private readonly stopped: ExpiringMap<string, OwnAttempt>;
  /** documents whose next job is being prepared or asked about: a second click must not start a second job */
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

  /** @param id of its view */
  get(id: string): Attempt | undefined {
    return this.attempts.get(id);
  }

  /** @returns whether there is an attempt whose view has this id */
  cancel(id: string): boolean {
    const attempt = this.attempts.get(id);
    attempt?.cancel.abort();
    return attempt !== undefined;
  }

  cancelAll(): void {
    for (const { cancel } of this.attempts.values()) cancel.abort();
  }

  /**
   * Plans a job and starts it, unless one of the document is being prepared already.
   * @param makePlan asks the user what has to be asked; undefined where there is nothing to do
   * @param onPlanned called as soon as the attempt can be shown
   * @returns undefined where no job came of it: not wanted, cancelled, or failed, which {@link AttemptHost.failed} tells
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
      execution: [],
      failures: [],
      moreFailures: 0,
    };
  }
}
