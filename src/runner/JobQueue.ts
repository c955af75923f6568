import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { ClusterJobRun } from '../cluster/ClusterJobRun';
import type { FileWriter } from '../dataset/files/FileWriter';
import { JobFolder } from '../jobs/folder/JobFolder';
import { jobFault } from '../jobs/run/jobFault';
import { readJobInfo } from '../jobs/folder/jobInfo';
import { isEnded } from '../jobs/jobSteps';
import { LocalJobRun } from '../jobs/run/LocalJobRun';
import type { JobInfo, JobManifest } from '../jobs/jobTypes';
import type { JobStop, JobRunBase } from '../jobs/run/JobRunBase';
import type { JobSecrets } from '../jobs/client/runnerProtocol';
import { errorMessage } from '../protocol/channel/wireError';
import { TaggerProcess } from '../protocol/child/TaggerProcess';
import { serverTokenVariable } from '../protocol/tagging/execution';

/** Maximum number of ended jobs that are kept; a runner deletes older ones when it starts. */
const keptJobs = 200;

/** The runner refuses a request. */
export class RunnerRefusal extends Error {
  constructor(
    readonly code: 'RUNNER_REFUSED' | 'RUNNER_VERSION' | 'JOB_MISSING' | 'JOB_RUNNING',
    message: string,
  ) {
    super(message);
    this.name = 'RunnerRefusal';
  }
}

/** How a client wants a job to run; see `start` in `RunnerRequests`. */
export interface StartWish {
  atOnce?: boolean;
  retryFailed?: boolean;
  secrets?: JobSecrets;
}

interface Job {
  folder: JobFolder;
  manifest: JobManifest;
  info: JobInfo;
  run: JobRunBase | undefined;
  /** resolves when the last run has finished all its writes */
  ended: Promise<void>;
  /** set while it waits for its turn; not for queued jobs of an earlier runner, which nobody started in this one */
  wish: StartWish | undefined;
  secrets: JobSecrets;
  /** its last run lost the provider that the tagger ran on */
  lostProvider: boolean;
}

export interface JobQueueOptions {
  jobsFolder: string;
  /** `dist/tagger.js` */
  taggerEntry: string;
  /** writes the caption files */
  writer: FileWriter;
  onChange: (job: JobInfo) => void;
  onHandled: (job: JobInfo, image: string) => void;
  onRemoved: (id: string) => void;
  onLog: (line: string) => void;
}

/** The jobs of a folder: running, queued and ended ones. On each device, one job runs at a time. */
export class JobQueue {
  private readonly jobs = new Map<string, Job>();
  private readonly lanes = new Map<string, Lane>();

  constructor(private readonly options: JobQueueOptions) {}

  get infos(): JobInfo[] {
    return [...this.jobs.values()].map(({ info }) => info);
  }

  /** Whether a job runs or waits for its turn. */
  get isBusy(): boolean {
    return [...this.jobs.values()].some(({ run, wish }) => run !== undefined || wish !== undefined);
  }

  /** Reads all jobs. Those that were running or queued when the last runner ended are interrupted now. */
  async load(): Promise<void> {
    await JobFolder.removeUnfinished(this.options.jobsFolder);
    for (const folder of await JobFolder.list(this.options.jobsFolder)) {
      await this.read(folder).catch((thrown: unknown) => {
        this.options.onLog(`${folder.path}: ${errorMessage(thrown)}`);
      });
    }
    const ended = [...this.jobs.values()].filter(({ info }) => isEnded(info));
    for (const { info } of ended.slice(0, -keptJobs)) await this.remove(info.id);
  }

  /** Queues or resumes a job; idempotent while it runs or waits. @throws RunnerRefusal, JobError */
  async start(id: string, wish: StartWish): Promise<JobInfo> {
    const job = this.jobs.get(id) ?? (await this.read(this.folderOf(id)));
    // A client that starts a job whose run is just ending has seen that end and wants another run.
    if (job.run?.isEnding === true) await job.ended;
    if (job.run !== undefined || job.wish !== undefined) return job.info;
    job.wish = wish;
    if (wish.secrets !== undefined) job.secrets = wish.secrets;
    try {
      const state = await job.folder.readState();
      job.lostProvider = state.fault?.code === 'PROVIDER_LOST';
      delete state.fault;
      delete state.finished;
      await job.folder.writeState({ ...state, status: 'queued' });
    } catch (thrown) {
      job.wish = undefined;
      throw thrown;
    }
    await this.reread(job);
    this.startWaiting();
    return job.info;
  }

  /** Stops a job after the writes in flight, or takes it out of the queue. @throws RunnerRefusal, JobError */
  pause(id: string): Promise<void> {
    return this.stop(this.job(id), 'paused');
  }

  /** Ends a job for good; the captions that it wrote stay. @throws RunnerRefusal, JobError */
  cancel(id: string): Promise<void> {
    return this.stop(this.job(id), 'cancelled');
  }

  /** Moves a queued job in front of another one, or to the end. @throws RunnerRefusal, JobError */
  async move(id: string, before: string | null): Promise<void> {
    const waiting = this.waiting().filter(({ info }) => info.id !== id);
    const found = before === null ? -1 : waiting.findIndex(({ info }) => info.id === before);
    waiting.splice(found === -1 ? waiting.length : found, 0, this.job(id));
    const positions = waiting.map(({ info }) => info.position).sort((a, b) => a - b);
    for (const [place, job] of waiting.entries()) {
      const position = positions[place] ?? 0;
      if (job.info.position === position) continue;
      await job.folder.writeState({ ...(await job.folder.readState()), position });
      await this.reread(job);
    }
  }

  /** Deletes a job with its journal. @throws RunnerRefusal JOB_RUNNING while it runs */
  async remove(id: string): Promise<void> {
    const job = this.job(id);
    if (job.run !== undefined) throw new RunnerRefusal('JOB_RUNNING', l10n.t('The job is running. Cancel it first.'));
    job.wish = undefined;
    await job.ended;
    await job.folder.remove();
    this.jobs.delete(id);
    this.options.onRemoved(id);
  }

  /** Reads a job again that another process changed, unless it runs here. @throws RunnerRefusal, JobError */
  async rereadIfIdle(id: string): Promise<void> {
    const job = this.job(id);
    if (job.run === undefined) await this.reread(job);
  }

  /** Ends the processes of taggers that no job uses. Returns whether all are gone. */
  unloadTaggers(): boolean {
    let all = true;
    for (const { running, tagger } of this.lanes.values()) {
      if (running.size === 0) tagger.stop();
      else all = false;
    }
    return all;
  }

  /** Stops everything for good. Jobs that were running count as interrupted. */
  async close(): Promise<void> {
    const jobs = [...this.jobs.values()];
    for (const job of jobs) {
      job.wish = undefined;
      job.run?.stop('running');
    }
    await Promise.all(jobs.map(({ ended }) => ended));
    for (const { tagger } of this.lanes.values()) tagger.dispose();
  }

  private async stop(job: Job, as: JobStop): Promise<void> {
    job.wish = undefined;
    if (job.run !== undefined) {
      job.run.stop(as);
      await job.ended;
      return;
    }
    if (isEnded(job.info)) return;
    const finished = as === 'cancelled' ? { finished: new Date().toISOString() } : {};
    await job.folder.writeState({ ...(await job.folder.readState()), status: as, ...finished });
    await this.reread(job);
  }

  /** Starts the waiting jobs whose device is free, and those that are to start at once. */
  private startWaiting(): void {
    for (const job of this.waiting()) {
      const { wish } = job;
      const lane = this.laneOf(job);
      if (wish !== undefined && (lane.main === undefined || wish.atOnce === true)) this.startRun(job, lane, wish);
    }
  }

  private startRun(job: Job, lane: Lane, wish: StartWish): void {
    const { folder, manifest } = job;
    const { id, label } = job.info;
    job.wish = undefined;
    lane.prepare(manifest, job.secrets, job.lostProvider);
    lane.running.add(id);
    if (wish.atOnce !== true) lane.main = id;
    const common = {
      retryFailed: wish.retryFailed === true,
      onChange: () => {
        this.update(job, run.info);
      },
      onHandled: (image: string, failure: string | undefined) => {
        if (failure !== undefined) this.options.onLog(`${image}: ${failure}`);
        this.options.onHandled(job.info, image);
      },
    };
    const redisUrl = job.secrets.redisUrl ?? process.env.DATASET_CAPTIONS_REDIS_URL;
    const run: JobRunBase =
      manifest.place.kind === 'cluster'
        ? new ClusterJobRun(folder, manifest, { ...common, redisUrl })
        : new LocalJobRun(folder, manifest, {
            ...common,
            tagger: lane.tagger,
            writer: this.options.writer,
            onLog: this.options.onLog,
          });
    job.run = run;
    this.options.onLog(`${label}: ${manifest.total} image(s) of ${manifest.root} with ${manifest.tagger.name}`);
    job.ended = this.whenEnded(job, run.run()).then(() => {
      job.run = undefined;
      lane.running.delete(id);
      if (lane.main === id) lane.main = undefined;
      this.options.onChange(job.info);
      this.startWaiting();
    });
  }

  /**
   * Publishes how a run ended. If it could not even begin, its job's files do not say why: then the error is shown as a
   * fault.
   */
  private async whenEnded(job: Job, run: Promise<unknown>): Promise<void> {
    const { label } = job.info;
    try {
      await run;
      await this.reread(job);
      const { status, fault } = job.info;
      this.options.onLog(`${label}: ${status}${fault === undefined ? '' : `. ${fault.message}`}`);
    } catch (thrown) {
      const { code, message } = jobFault(thrown);
      this.options.onLog(`${label}: ${message}`);
      this.update(job, { ...job.info, status: 'paused', interrupted: false, fault: { code, message } });
    }
  }

  private waiting(): Job[] {
    return [...this.jobs.values()]
      .filter(({ wish }) => wish !== undefined)
      .sort((a, b) => a.info.position - b.info.position);
  }

  private laneOf({ manifest }: Job): Lane {
    const device = deviceOf(manifest);
    let lane = this.lanes.get(device);
    if (lane === undefined) {
      const stateFolder = path.join(this.options.jobsFolder, '.providers');
      lane = new Lane(this.options.taggerEntry, stateFolder, (line) => {
        this.options.onLog(`[tagger] ${line}`);
      });
      this.lanes.set(device, lane);
    }
    return lane;
  }

  private async read(folder: JobFolder): Promise<Job> {
    const manifest = await folder.readManifest();
    const info = await readJobInfo(folder);
    const job: Job = {
      folder,
      manifest,
      info: { ...info, interrupted: info.interrupted || info.status === 'queued' },
      run: undefined,
      ended: Promise.resolve(),
      wish: undefined,
      secrets: {},
      lostProvider: false,
    };
    this.jobs.set(folder.id, job);
    return job;
  }

  private async reread(job: Job): Promise<void> {
    const info = await readJobInfo(job.folder);
    const isForgotten = info.status === 'queued' && job.wish === undefined;
    this.update(job, { ...info, interrupted: info.interrupted || isForgotten });
  }

  private update(job: Job, info: JobInfo): void {
    job.info = info;
    this.options.onChange(info);
  }

  private job(id: string): Job {
    const job = this.jobs.get(id);
    if (job === undefined) throw new RunnerRefusal('JOB_MISSING', l10n.t('There is no job {0}.', id));
    return job;
  }

  /** The folder of a job. Checks the id, which comes from a client and becomes part of a path. */
  private folderOf(id: string): JobFolder {
    if (!/^[0-9A-Za-z-]+$/.test(id)) throw new RunnerRefusal('JOB_MISSING', l10n.t('There is no job {0}.', id));
    return new JobFolder(path.join(this.options.jobsFolder, id));
  }
}

/** The work of one device: one job at a time, and jobs of single images beside it. */
class Lane {
  readonly tagger: TaggerProcess;
  /** ids of the running jobs */
  readonly running = new Set<string>();
  /** id of the job whose turn it is; undefined while the device is free */
  main: string | undefined;

  constructor(taggerEntry: string, stateFolder: string, onLog: (line: string) => void) {
    this.tagger = new TaggerProcess({ entry: taggerEntry, stateFolder, onLog });
  }

  /**
   * Prepares the environment of the tagger's process for a job. Does nothing while other jobs use that process.
   * @param secrets needed by the tagger, and in no file
   * @param afresh start a new process: a lost GPU comes back in a new process only
   */
  prepare({ tagger }: JobManifest, { serverToken }: JobSecrets, afresh: boolean): void {
    if (this.running.size > 0) return;
    if (afresh) this.tagger.stop();
    const secret = serverToken === undefined ? {} : { [serverTokenVariable]: serverToken };
    this.tagger.useEnvironment({ ...tagger.environment, ...secret });
  }
}

/** The device that a job needs. Jobs that need the same one wait for each other. */
function deviceOf({ place, tagger }: JobManifest): string {
  if (place.kind === 'cluster') return `cluster ${place.queue}`;
  const { provider, server } = tagger.setup.execution;
  return provider === 'server' ? `server ${server?.url ?? ''}` : 'local';
}
