import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { SerialQueue } from '../base/SerialQueue';
import { ClusterJobRun } from '../cluster/ClusterJobRun';
import type { FileWriter } from '../dataset/files/FileWriter';
import { JobFolder } from '../jobs/folder/JobFolder';
import { jobFault } from '../jobs/run/jobFault';
import { readJobInfo } from '../jobs/folder/jobInfo';
import { askToStop, busy, notStopped, type JobLock } from '../jobs/folder/JobLock';
import { JobError } from '../jobs/JobError';
import { isJobName } from '../jobs/jobNames';
import { isEnded } from '../jobs/jobSteps';
import { LocalJobRun } from '../jobs/run/LocalJobRun';
import { captionedBy, type JobInfo, type JobManifest } from '../jobs/jobTypes';
import { keysOfEnvironment } from '../jobs/client/endpointKeys';
import type { JobStop, JobRunBase } from '../jobs/run/JobRunBase';
import type { JobSecrets } from '../jobs/client/runnerProtocol';
import { errorCode, errorMessage } from '../protocol/channel/wireError';
import { TaggerProcess } from '../protocol/child/TaggerProcess';
import { serverTokenVariable } from '../protocol/tagging/execution';

/** Maximum number of ended jobs that are kept; a runner deletes older ones when it starts. */
const keptJobs = 200;
/** Interval at which jobs are looked for that other processes made, run or removed, in milliseconds. */
const lookPause = 15_000;
/** How long another process that runs a job is waited for after it was asked to stop, in milliseconds. */
const stopLimit = 10_000;
/** Interval of looking whether it has stopped, in milliseconds. */
const stopPoll = 100;

/** The runner refuses a request. */
export class RunnerRefusal extends Error {
  constructor(
    readonly code: 'RUNNER_REFUSED' | 'JOB_MISSING' | 'JOB_RUNNING',
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
  retryFlagged?: boolean;
  secrets?: JobSecrets;
}

interface Job {
  folder: JobFolder;
  manifest: JobManifest;
  info: JobInfo;
  /** what {@link JobFolder.version} was when `info` was read */
  version: string;
  run: JobRunBase | undefined;
  /** the job's lock, while it waits here; its run has it from then on */
  lock: JobLock | undefined;
  /** requests about this job are done one after the other */
  readonly requests: SerialQueue;
  /** resolves when the last run has finished all its writes */
  ended: Promise<void>;
  /** set while it waits for its turn; not for queued jobs of an earlier runner, which were not started in this one */
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
  /** interval of looking what other processes did, in milliseconds; 15 s if not given */
  lookPause?: number;
  /** how long another process is waited for that was asked to stop a job, in milliseconds; 10 s if not given */
  stopLimit?: number;
  /** how many ended jobs are kept; 200 if not given */
  keptJobs?: number;
}

/**
 * The jobs of a folder: running, queued and ended ones. On each device, one job runs at a time. Other processes may
 * have jobs in the same folder: command lines, and runners of other machines and containers. Whoever has a job's lock
 * has the job; this queue has those that wait or run in it, and asks or takes the lock for whatever else it does.
 */
export class JobQueue {
  private readonly jobs = new Map<string, Job>();
  private readonly lanes = new Map<string, Lane>();
  private readonly looking: NodeJS.Timeout;
  /** the look that is under way: a slow disk may take longer than the interval */
  private look: Promise<void> | undefined;

  constructor(private readonly options: JobQueueOptions) {
    this.looking = setInterval(() => {
      this.look ??= this.lookAtOthers().finally(() => (this.look = undefined));
    }, options.lookPause ?? lookPause).unref();
  }

  get infos(): JobInfo[] {
    return [...this.jobs.values()].map(({ info }) => info);
  }

  /** Whether a job runs or waits for its turn. */
  get isBusy(): boolean {
    return [...this.jobs.values()].some(({ run, wish }) => run !== undefined || wish !== undefined);
  }

  /** Reads all jobs. Those that were running or queued when their process ended are interrupted now. */
  async load(): Promise<void> {
    await JobFolder.removeUnfinished(this.options.jobsFolder);
    for (const folder of await JobFolder.list(this.options.jobsFolder)) await this.readOrLog(folder);
    const ended = [...this.jobs.values()].filter(({ info }) => isEnded(info));
    for (const { info } of ended.slice(0, -(this.options.keptJobs ?? keptJobs))) {
      await this.remove(info.id).catch((thrown: unknown) => {
        this.options.onLog(`${info.id}: ${errorMessage(thrown)}`);
      });
    }
  }

  /**
   * Queues or resumes a job; idempotent while it runs or waits here.
   * @throws RunnerRefusal; JobError, JOB_BUSY with the name of the process that has the job
   */
  async start(id: string, wish: StartWish): Promise<JobInfo> {
    const job = await this.job(id);
    return job.requests.run(async () => {
      // A client that starts a job whose run is just ending has seen that end and wants another run.
      if (job.run?.isEnding === true) await job.ended;
      if (job.run !== undefined || job.wish !== undefined) return job.info;
      const lock = await job.folder.lock();
      try {
        const state = await job.folder.readState();
        job.lostProvider = state.fault?.code === 'PROVIDER_LOST';
        delete state.fault;
        delete state.finished;
        await job.folder.writeState({ ...state, status: 'queued' });
      } catch (thrown) {
        await lock.release();
        throw thrown;
      }
      job.lock = lock;
      job.wish = wish;
      if (wish.secrets !== undefined) job.secrets = wish.secrets;
      lock.whenAskedToStop((as) => {
        this.stop(job, as).catch((thrown: unknown) => {
          this.options.onLog(`${id}: ${errorMessage(thrown)}`);
        });
      });
      lock.lost.addEventListener('abort', () => {
        if (job.lock === lock) void this.letGo(job);
      });
      await this.reread(job);
      this.startWaiting();
      return job.info;
    });
  }

  /** Stops a job after the writes in flight, or takes it out of the queue. @throws as {@link cancel} */
  async pause(id: string): Promise<void> {
    await this.stop(await this.job(id), 'paused');
  }

  /**
   * Ends a job for good; the captions that it wrote stay. Another process that runs the job is asked to stop.
   * @throws RunnerRefusal; JobError, JOB_BUSY if that process does not stop
   */
  async cancel(id: string): Promise<void> {
    await this.stop(await this.job(id), 'cancelled');
  }

  /**
   * Moves a queued job in front of another one, or to the end.
   * @throws RunnerRefusal; JobError, JOB_BUSY if it waits in another process
   */
  async move(id: string, before: string | null): Promise<void> {
    const moved = await this.job(id);
    if (moved.wish === undefined) {
      const holder = moved.run === undefined ? await moved.folder.holder() : undefined;
      if (holder !== undefined) throw busy(moved.folder.path, holder);
      throw new RunnerRefusal('JOB_MISSING', l10n.t('The job does not wait for its turn.'));
    }
    const waiting = this.waiting().filter((job) => job !== moved);
    const found = before === null ? -1 : waiting.findIndex(({ info }) => info.id === before);
    waiting.splice(found === -1 ? waiting.length : found, 0, moved);
    const positions = waiting.map(({ info }) => info.position).sort((a, b) => a - b);
    for (const [place, job] of waiting.entries()) {
      const position = positions[place] ?? 0;
      // One that has begun meanwhile is its run's.
      if (job.info.position === position || (await job.lock?.isOurs()) !== true) continue;
      await job.folder.writeState({ ...(await job.folder.readState()), position });
      await this.reread(job);
    }
  }

  /**
   * Deletes a job with its journal.
   * @throws RunnerRefusal JOB_RUNNING while it runs here; JobError JOB_BUSY while another process has it
   */
  async remove(id: string): Promise<void> {
    const job = await this.job(id);
    await job.requests.run(async () => {
      if (job.run?.isEnding === true) await job.ended;
      if (job.run !== undefined) throw new RunnerRefusal('JOB_RUNNING', l10n.t('The job is running. Cancel it first.'));
      const { lock } = job;
      job.wish = undefined;
      job.lock = undefined;
      await job.folder.remove(lock);
      this.forget(id);
    });
  }

  /**
   * Reads a job again that another process changed, unless it runs here. One that is gone by now, as when another
   * machine removed it, is forgotten.
   * @throws RunnerRefusal for what is no name of a job; JobError JOB_UNREADABLE
   */
  async rereadIfIdle(id: string): Promise<void> {
    try {
      const job = await this.job(id);
      if (job.run === undefined) await this.reread(job);
    } catch (thrown) {
      if (!(thrown instanceof JobError) || thrown.code !== 'JOB_MISSING') throw thrown;
      this.forget(id);
    }
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

  /** Stops everything for good. Jobs that were running or waiting count as interrupted. */
  async close(): Promise<void> {
    clearInterval(this.looking);
    const jobs = [...this.jobs.values()];
    for (const job of jobs) {
      job.wish = undefined;
      job.run?.stop('running');
    }
    await Promise.all(jobs.map(({ ended }) => ended));
    for (const { lock } of jobs) await lock?.release();
    for (const { tagger } of this.lanes.values()) tagger.dispose();
  }

  private async stop(job: Job, as: Exclude<JobStop, 'running'>): Promise<void> {
    // At once, so that it does not begin while this waits.
    job.wish = undefined;
    job.run?.stop(as);
    await job.requests.run(async () => {
      if (job.run !== undefined) {
        job.run.stop(as);
        await job.ended;
        return;
      }
      const taken = job.lock;
      job.lock = undefined;
      if (taken === undefined && isEnded(await job.folder.readState())) {
        await this.reread(job);
        return;
      }
      const lock = taken ?? (await lockOnceStopped(job.folder, as, this.options.stopLimit ?? stopLimit));
      try {
        // The other process that ran it has written how it ended, unless it died.
        const state = await job.folder.readState();
        if (!isEnded(state) && state.status !== as) {
          const finished = as === 'cancelled' ? { finished: new Date().toISOString() } : {};
          await job.folder.writeState({ ...state, status: as, ...finished });
        }
      } finally {
        await lock.release();
      }
      await this.reread(job);
    });
  }

  /** Releases a job that another process has taken over, and reads its state again. */
  private async letGo(job: Job): Promise<void> {
    const { lock } = job;
    job.wish = undefined;
    job.lock = undefined;
    await lock?.release();
    await this.reread(job).catch(() => {
      this.forget(job.info.id);
    });
  }

  /** Looks what other processes did: new jobs, jobs that are gone, jobs that they run, run no more, or changed. */
  private async lookAtOthers(): Promise<void> {
    const folders = await JobFolder.list(this.options.jobsFolder).catch(() => undefined);
    if (folders === undefined) return;
    const names = new Set(folders.map(({ id }) => id));
    for (const [id, job] of this.jobs) {
      if (!names.has(id) && job.run === undefined && job.requests.isIdle) this.forget(id);
    }
    for (const folder of folders) {
      const job = this.jobs.get(folder.id);
      if (job === undefined) await this.readOrLog(folder);
      else if (job.run === undefined && job.wish === undefined && job.requests.isIdle) {
        const version = await folder.version().catch(() => job.version);
        if (version !== job.version) await this.reread(job).catch(() => undefined);
      }
    }
  }

  private async readOrLog(folder: JobFolder): Promise<void> {
    await this.read(folder).catch((thrown: unknown) => {
      this.options.onLog(`${folder.path}: ${errorMessage(thrown)}`);
    });
  }

  private forget(id: string): void {
    if (this.jobs.delete(id)) this.options.onRemoved(id);
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
    const { lock } = job;
    job.wish = undefined;
    job.lock = undefined;
    lane.prepare(manifest, job.secrets, job.lostProvider);
    lane.running.add(id);
    if (wish.atOnce !== true) lane.main = id;
    const common = {
      retryFailed: wish.retryFailed === true,
      retryFlagged: wish.retryFlagged === true,
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
            endpointKeys: keysFor(manifest, job.secrets),
            writer: this.options.writer,
            onLog: this.options.onLog,
          });
    job.run = run;
    this.options.onLog(`${label}: ${manifest.total} image(s) of ${manifest.root} with ${captionedBy(manifest)}`);
    job.ended = this.whenEnded(job, run.run(lock)).then(() => {
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
      if (errorCode(thrown) === 'JOB_TAKEN') {
        // Its files say what the process does that has it now.
        await this.reread(job).catch(() => {
          this.forget(job.info.id);
        });
        return;
      }
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
    const version = await folder.version();
    const job: Job = {
      folder,
      manifest,
      info: await readJobInfo(folder),
      version,
      run: undefined,
      lock: undefined,
      requests: new SerialQueue(),
      ended: Promise.resolve(),
      wish: undefined,
      secrets: {},
      lostProvider: false,
    };
    const known = this.jobs.get(folder.id);
    if (known !== undefined) return known;
    this.jobs.set(folder.id, job);
    this.options.onChange(job.info);
    return job;
  }

  private async reread(job: Job): Promise<void> {
    const version = await job.folder.version();
    const info = await readJobInfo(job.folder);
    // A run that began meanwhile knows better.
    if (job.run !== undefined && !job.run.isEnding) return;
    job.version = version;
    this.update(job, info);
  }

  private update(job: Job, info: JobInfo): void {
    job.info = info;
    this.options.onChange(info);
  }

  /**
   * A job that is known, or that another process has made. Checks the id, which comes from a client and becomes part of
   * a path.
   */
  private async job(id: string): Promise<Job> {
    const known = this.jobs.get(id);
    if (known !== undefined) return known;
    if (!isJobName(id)) throw new RunnerRefusal('JOB_MISSING', l10n.t('There is no job {0}.', id));
    return this.read(new JobFolder(path.join(this.options.jobsFolder, id)));
  }
}

/**
 * Takes the lock of a job; where another process has it, after that process was asked to stop the job and did.
 * @throws JobError JOB_BUSY if it does not within some seconds
 */
async function lockOnceStopped(folder: JobFolder, as: Exclude<JobStop, 'running'>, limit: number): Promise<JobLock> {
  const lock = await folder.tryLock();
  if (lock !== undefined) return lock;
  const holder = await folder.holder();
  if (holder === undefined) return folder.lock();
  await askToStop(folder.path, holder, as);
  const until = Date.now() + limit;
  for (;;) {
    await delay(stopPoll);
    const now = await folder.holder();
    // Yet another process may have it by now: that one was not meant.
    if (now?.token !== holder.token) return folder.lock();
    if (Date.now() < until) continue;
    throw notStopped(folder.path, now);
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
  prepare(job: JobManifest, { serverToken }: JobSecrets, afresh: boolean): void {
    if (this.running.size > 0) return;
    if (afresh) this.tagger.stop();
    const secret = serverToken === undefined ? {} : { [serverTokenVariable]: serverToken };
    this.tagger.useEnvironment({ ...('tagger' in job ? job.tagger.environment : {}), ...secret });
  }
}

/** The device that a job needs. Jobs that need the same one wait for each other. */
function deviceOf(job: JobManifest): string {
  if (job.place.kind === 'cluster') return `cluster ${job.place.queue}`;
  // Their servers are elsewhere, and take as much as they can.
  if ('captioner' in job) return `captioner ${[...job.captioner.profile.endpoints].sort().join(' ')}`;
  const { provider, server } = job.tagger.setup.execution;
  return provider === 'server' ? `server ${server?.url ?? ''}` : 'local';
}

/** The keys for the servers of a captioner: those that a client sent, or those of the environment. */
function keysFor(job: JobManifest, { endpointKeys }: JobSecrets): Record<string, string> {
  if (!('captioner' in job)) return {};
  return { ...keysOfEnvironment(job.captioner.profile.endpoints), ...endpointKeys };
}
