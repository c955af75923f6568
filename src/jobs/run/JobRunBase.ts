import { performance } from 'node:perf_hooks';
import * as l10n from '@vscode/l10n';
import { imageOutcomes, type JobResult } from '../captionJob';
import { JobRate } from '../../protocol/text/JobRate';
import { JobError } from '../JobError';
import type { JobFaultError } from './jobFault';
import { newState, type JobFolder } from '../folder/JobFolder';
import { handledOf, jobInfo } from '../folder/jobInfo';
import type { JobInfo, JobManifest, JobState, JobStatus } from '../jobTypes';

/**
 * What becomes of a job whose run is stopped. `running` is for a process that has to end: whoever finds the job says that it
 * was interrupted.
 */
export type JobStop = Extract<JobStatus, 'paused' | 'cancelled' | 'running'>;

/** How a run of a job ended. */
export interface JobRunEnd {
  info: JobInfo;
  /** of this run only; undefined where it did not come to its first image */
  result: JobResult | undefined;
}

/** Who is told of a run. */
export interface RunListener {
  /** called whenever {@link JobRunBase.info} is another one */
  onChange: () => void;
  /** called with the path of each image that got an outcome */
  onHandled?: (image: string, failure: string | undefined) => void;
}

/** A run of a job, whoever captions its images: it holds the job's lock, tells how far it is and writes that down. */
export abstract class JobRunBase {
  protected state = newState(0);
  /** what is wrong with the machine; it pauses the job */
  protected fault: JobFaultError | undefined;
  private current: JobInfo;
  private readonly stopper = new AbortController();
  private stoppedAs: JobStop | undefined;
  private readonly rate = new JobRate();
  private stateWritten = 0;
  private readonly begun = performance.now();

  /**
   * @param manifest that of the folder
   * @param statePause `state.json` is written at most this often while nothing but numbers changes, in milliseconds
   */
  constructor(
    protected readonly folder: JobFolder,
    protected readonly manifest: JobManifest,
    private readonly listener: RunListener,
    private readonly statePause: number,
  ) {
    this.current = jobInfo(manifest, { ...this.state, status: 'running' }, false);
  }

  /** Where it is; another object whenever it moved on. */
  get info(): JobInfo {
    return this.current;
  }

  /** Whether it was stopped, or has nothing left but to write down how it ended. */
  get isEnding(): boolean {
    return this.stopped !== undefined || this.current.status !== 'running';
  }

  /** Ends the run after what has begun; images in work are taken up again by the next run. */
  stop(as: JobStop): void {
    this.stoppedAs = as;
    this.stopper.abort(new DOMException('Stopped', 'AbortError'));
  }

  /**
   * Runs the job. What goes wrong with the machine is noted as a fault and pauses it.
   * @throws JobError when another process runs it, or its folder cannot be read or written
   */
  async run(): Promise<JobRunEnd> {
    const lock = await this.folder.lock();
    if (lock === undefined) throw new JobError('JOB_BUSY', l10n.t('Another process runs this job.'), this.folder.path);
    try {
      this.state = await this.folder.readState();
      const result = await this.runLocked();
      return { info: this.current, result };
    } finally {
      await lock.release();
    }
  }

  /** Does the work and ends with {@link finish}. */
  protected abstract runLocked(): Promise<JobResult | undefined>;

  /** Aborted when the run is stopped. */
  protected get signal(): AbortSignal {
    return this.stopper.signal;
  }

  /** What the run was stopped as; undefined while it was not. */
  protected get stopped(): JobStop | undefined {
    return this.stoppedAs;
  }

  protected update(change: Partial<JobInfo>): void {
    this.current = { ...this.current, ...change };
    this.listener.onChange();
  }

  /** Takes in how many images have which outcome, if that is news. @param change what else is another one then */
  protected updateCounts(
    { counts, failures }: Pick<JobState, 'counts' | 'failures'>,
    change: Partial<JobInfo> = {},
  ): void {
    const now = performance.now();
    const rate = this.rate.measure(now, handledOf(counts), this.manifest.total);
    if (imageOutcomes.every((outcome) => counts[outcome] === this.state.counts[outcome])) return;
    Object.assign(this.state, { counts, failures });
    this.update({ counts, failures, ...change, ...rate });
    if (now - this.stateWritten < this.statePause) return;
    this.stateWritten = now;
    // Only for those who look from outside: the journal is what counts.
    this.folder.writeState({ ...this.state }).catch(() => undefined);
  }

  /** Tells of an image that got an outcome. */
  protected reportHandled(image: string, failure: string | undefined): void {
    this.listener.onHandled?.(image, failure);
  }

  /** Writes down how the run ended. */
  protected async finish(status: JobStatus): Promise<void> {
    const { state, fault } = this;
    state.status = status;
    if (fault !== undefined && status === 'paused') state.fault = { code: fault.code, message: fault.message };
    state.ran += Math.round(performance.now() - this.begun);
    if (status === 'completed' || status === 'cancelled') state.finished = new Date().toISOString();
    this.update(jobInfo(this.manifest, state, false));
    // On a full disk the state may not be written; then the journal tells how far it is, and that nobody runs it.
    await this.folder.writeState(state).catch(() => undefined);
  }
}
