import { performance } from 'node:perf_hooks';
import type { JobResult } from '../captionJob';
import { imageOutcomes } from '../imageOutcomes';
import { JobRate } from '../../protocol/text/JobRate';
import type { JobFaultError } from './jobFault';
import { newState, type JobFolder } from '../folder/JobFolder';
import { handledOf, jobInfo } from '../folder/jobInfo';
import type { JobLock } from '../folder/JobLock';
import type { JobInfo, JobManifest, JobState, JobStatus } from '../jobTypes';

/**
 * The status of a job after its run is stopped. `running` is for a process that has to end: a job that has this status
 * and no process is shown as interrupted.
 */
export type JobStop = Extract<JobStatus, 'paused' | 'cancelled' | 'running'>;

/** How a run of a job ended. */
export interface JobRunEnd {
  info: JobInfo;
  /** of this run only; undefined if it ended before it began with the images */
  result: JobResult | undefined;
}

/** Callbacks of a run. */
export interface RunListener {
  /** called whenever {@link JobRunBase.info} changes */
  onChange: () => void;
  /** called with the path of each image that got an outcome */
  onHandled?: (image: string, failure: string | undefined) => void;
}

/**
 * A run of a job, on this machine or on a cluster: holds the job's lock, reports the progress and saves it in
 * `state.json`.
 */
export abstract class JobRunBase {
  protected state = newState(0);
  /** what is wrong with the machine; the job is paused then */
  protected fault: JobFaultError | undefined;
  private current: JobInfo;
  private readonly stopper = new AbortController();
  private stoppedAs: JobStop | undefined;
  private lock: JobLock | undefined;
  private readonly rate = new JobRate();
  private stateWritten = 0;
  private readonly begun = performance.now();

  /**
   * @param manifest as read from the folder
   * @param statePause minimum time between two writes of `state.json` while only counts change, in milliseconds
   */
  constructor(
    protected readonly folder: JobFolder,
    protected readonly manifest: JobManifest,
    private readonly listener: RunListener,
    private readonly statePause: number,
  ) {
    this.current = jobInfo(manifest, { ...this.state, status: 'running' }, false);
  }

  /** The progress of the job. Immutable: each change makes a new object. */
  get info(): JobInfo {
    return this.current;
  }

  /** Whether it was stopped, or only its final state is left to be written. */
  get isEnding(): boolean {
    return this.stopped !== undefined || this.current.status !== 'running';
  }

  /** Ends the run once the writes in flight are done. Images in flight get no outcome: the next run captions them. */
  stop(as: JobStop): void {
    this.stoppedAs = as;
    this.stopper.abort(new DOMException('Stopped', 'AbortError'));
  }

  /**
   * Runs the job until its end, a stop or a fault of the machine, which pauses it. Another process may ask it to stop.
   * @param taken the job's lock, if the caller has it; it is released at the end
   * @throws JobError JOB_BUSY if another process has it; JOB_TAKEN if the lock or the folder is gone: then nothing more
   *   was written; other codes if its folder cannot be read or written
   */
  async run(taken?: JobLock): Promise<JobRunEnd> {
    const lock = taken ?? (await this.folder.lock());
    this.lock = lock;
    lock.whenAskedToStop((as) => {
      this.stop(as);
    });
    // What is in flight must not end as an outcome of images.
    lock.lost.addEventListener('abort', () => {
      this.stop('running');
    });
    try {
      await lock.check();
      this.state = await this.folder.readState();
      const result = await this.runLocked();
      if (lock.lost.aborted) throw await lock.lossError();
      return { info: this.current, result };
    } finally {
      await lock.release();
    }
  }

  /** Checks whether this run still has the job; must be called before each write. @throws JobError JOB_TAKEN */
  protected async checkLock(): Promise<void> {
    await this.lock?.check();
  }

  /** Does the work and calls {@link finish} at the end. */
  protected abstract runLocked(): Promise<JobResult | undefined>;

  /** Aborts when the run is stopped. */
  protected get signal(): AbortSignal {
    return this.stopper.signal;
  }

  /** The status with which the run was stopped; undefined if it was not. */
  protected get stopped(): JobStop | undefined {
    return this.stoppedAs;
  }

  protected update(change: Partial<JobInfo>): void {
    this.current = { ...this.current, ...change };
    this.listener.onChange();
  }

  /**
   * Updates the counts of outcomes, the failures and the rate, and emits a change if the counts changed.
   * @param change further fields of the info to update in that case
   */
  protected updateCounts(
    { counts, failures }: Pick<JobState, 'counts' | 'failures'>,
    change: Partial<JobInfo> = {},
  ): void {
    const now = performance.now();
    const rate = this.rate.measure(now, handledOf(counts), this.manifest.total);
    if (imageOutcomes.every((outcome) => counts[outcome] === this.state.counts[outcome])) return;
    Object.assign(this.state, { counts, failures });
    this.update({ counts, failures, ...change, ...rate });
    if (now - this.stateWritten < this.statePause || this.lock?.lost.aborted === true) return;
    this.stateWritten = now;
    // A failure does not matter: the state only informs other processes, and the journal is the record of what was
    // done.
    this.folder.writeState({ ...this.state }).catch(() => undefined);
  }

  /** Reports an image that got an outcome. */
  protected reportHandled(image: string, failure: string | undefined): void {
    this.listener.onHandled?.(image, failure);
  }

  /** Saves how the run ended. */
  protected async finish(status: JobStatus): Promise<void> {
    const { state, fault } = this;
    state.status = status;
    if (fault !== undefined && status === 'paused') state.fault = { code: fault.code, message: fault.message };
    state.ran += Math.round(performance.now() - this.begun);
    if (status === 'completed' || status === 'cancelled') state.finished = new Date().toISOString();
    this.update(jobInfo(this.manifest, state, false));
    // The state is another run's by now.
    if ((await this.lock?.isOurs()) === false) return;
    // On a full disk the state may not be written. Then the job shows as interrupted, with the counts of its journal.
    await this.folder.writeState(state).catch(() => undefined);
  }
}
