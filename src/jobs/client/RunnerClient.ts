import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { FileLock } from '../../base/machine/FileLock';
import { isFolderOfAnother } from '../../base/machine/ownership';
import { serverTokenVariable } from '../../protocol/tagging/execution';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { JobFolder } from '../folder/JobFolder';
import { readJobInfo } from '../folder/jobInfo';
import { askToStop, nameOf, notStopped } from '../folder/JobLock';
import { isLive } from '../jobSteps';
import type { JobInfo } from '../jobTypes';
import { AnsweredChannel, answerLimits, type AnswerLimits, RunnerSilentError } from './AnsweredChannel';
import { connectTo } from './connectTo';
import { readEndpoint, runnerLockFile, runnerLogFile, type RunnerEndpoint } from './runnerEndpoint';
import { runnerEvents, runnerResults } from './runnerChecks';
import { runnerProtocolVersion, type RunnerRequests } from './runnerProtocol';
import { socketPort } from './socketPort';

/** Timeout for the start of a runner, in milliseconds. */
const startLimit = 20_000;
/** Interval of the attempts to connect to a runner that was started, in milliseconds. */
const pollPause = 40;
/** Interval of reading jobs from disk again while another process runs one that is not connected, in milliseconds. */
const lookPause = 20_000;

export interface RunnerClientOptions {
  /** where all jobs are, absolute */
  jobsFolder: string;
  /** the runner's script, `dist/runner.js` */
  entry: string;
  /** the Node program that runs it; by default that of this process, which is Electron in a desktop VS Code */
  execPath?: string | undefined;
  onLog?: (line: string) => void;
  /** aborting it ends every request at once */
  signal?: AbortSignal;
  /** how long a runner may take to answer */
  limits?: AnswerLimits;
  /** interval of reading jobs again that another process runs, in milliseconds; 20 s if not given */
  lookPause?: number;
}

/**
 * There is no runner to send a request to.
 * - `RUNNER_UNREACHABLE`: it cannot be started or reached
 * - `RUNNER_NEWER`: that of a later version runs the jobs
 * - `JOBS_OF_OTHERS`: the folder of jobs belongs to another user
 */
export class RunnerError extends Error {
  constructor(
    readonly code: 'RUNNER_UNREACHABLE' | 'RUNNER_NEWER' | 'JOBS_OF_OTHERS',
    message: string,
    /** absolute path of the runner's log or of the folder of jobs */
    readonly path: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'RunnerError';
  }
}

interface Connection {
  socket: Socket;
  channel: AnsweredChannel;
}

/** A runner whose protocol is another one. */
interface OtherRunner {
  pid: number;
  version: number;
}

export interface HandledImages {
  id: string;
  root: string;
  /** relative to the root */
  paths: string[];
}

/**
 * The connection of a window or command to the process that runs jobs. While no runner lives, jobs are read from their
 * folders; the first request that needs a runner starts one.
 */
export class RunnerClient {
  private known = new Map<string, JobInfo>();
  private connection: Connection | undefined;
  private connecting: Promise<Connection | undefined> | undefined;
  private starting: Promise<Connection> | undefined;
  private disposed = false;
  private silent: RunnerSilentError | undefined;
  /** the live runner of another version, as of the last attempt to connect */
  private other: OtherRunner | undefined;
  /** what was read from disk, by job id, with {@link JobFolder.version} */
  private readonly onDisk = new Map<string, { version: string; info: JobInfo }>();
  private lookTimer: NodeJS.Timeout | undefined;
  private readonly changeListeners = new Set<() => void>();
  private readonly handledListeners = new Set<(handled: HandledImages) => void>();

  constructor(private readonly options: RunnerClientOptions) {}

  /** All known jobs, oldest first. */
  get jobs(): readonly JobInfo[] {
    return [...this.known.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Whether a runner is connected. If not, the runner of this machine runs no job. */
  get isConnected(): boolean {
    return this.connection !== undefined;
  }

  /** The error if a live runner is not connected because it does not answer; undefined otherwise. */
  get silence(): RunnerSilentError | undefined {
    return this.isConnected ? undefined : this.silent;
  }

  /** Whether a runner of a later version runs the jobs here: then they are read-only. */
  get isOutdated(): boolean {
    return this.other !== undefined && this.other.version > runnerProtocolVersion;
  }

  /**
   * Connects to a live runner, or reads the jobs from disk if there is none of this version, or it does not answer.
   * Starts and ends no runner. While another process runs a job that is not connected, the jobs are read again from
   * time to time.
   * @throws RunnerError JOBS_OF_OTHERS; errors of the file system; the signal's reason
   */
  async refresh(): Promise<void> {
    clearTimeout(this.lookTimer);
    const wasOutdated = this.isOutdated;
    if ((await this.connected().catch(ifSilent)) !== undefined || this.disposed) return;
    const jobs = new Map<string, JobInfo>();
    for (const folder of await JobFolder.list(this.options.jobsFolder)) {
      try {
        jobs.set(folder.id, await this.readFromDisk(folder));
      } catch (thrown) {
        this.options.onLog?.(`${folder.path}: ${errorMessage(thrown)}`);
      }
    }
    for (const id of this.onDisk.keys()) if (!jobs.has(id)) this.onDisk.delete(id);
    // What was read from disk is stale if a runner was started meanwhile.
    if (this.isConnected) return;
    const isSame =
      jobs.size === this.known.size && [...jobs.values()].every((info) => this.known.get(info.id) === info);
    this.known = jobs;
    if (!isSame || wasOutdated !== this.isOutdated) this.emitChange();
    this.lookAgain();
  }

  /**
   * Sends a request to the runner; starts one if none lives. A runner of an earlier version is asked to end first.
   * @throws RemoteError with the error that the runner threw; RunnerError; RunnerSilentError; the signal's reason
   */
  async request<K extends keyof RunnerRequests>(
    method: K,
    params: Parameters<RunnerRequests[K]>[0],
  ): Promise<ReturnType<RunnerRequests[K]>> {
    const { channel } = (await this.connected()) ?? (await this.started());
    return channel.request(method, params);
  }

  /**
   * Pauses or cancels a job. If the runner does not answer, the process that has the job, mostly that runner, finds
   * the request in the job's folder when it continues, and stops before its next write.
   * @throws as {@link request}; JobError JOB_BUSY, which says that it was asked
   */
  async stop(id: string, how: 'pause' | 'cancel'): Promise<void> {
    try {
      await this.request(how, { id });
    } catch (thrown) {
      if (!(thrown instanceof RunnerSilentError)) throw thrown;
      const folder = new JobFolder(path.join(this.options.jobsFolder, id));
      const holder = await folder.holder();
      if (holder === undefined) throw thrown;
      await askToStop(folder.path, holder, how === 'pause' ? 'paused' : 'cancelled');
      throw notStopped(folder.path, holder);
    }
  }

  /**
   * Calls `listener` when {@link jobs} changed, at most 4 times a second.
   * @returns a function that removes the listener
   */
  onDidChange(listener: () => void): () => void {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  }

  /**
   * Calls `listener` with the images that got an outcome, at most 4 times a second for each job.
   * @returns a function that removes the listener
   */
  onHandled(listener: (handled: HandledImages) => void): () => void {
    this.handledListeners.add(listener);
    return () => this.handledListeners.delete(listener);
  }

  /** Closes the connection; the runner continues. */
  dispose(): void {
    this.disposed = true;
    clearTimeout(this.lookTimer);
    this.connection?.socket.destroy();
    this.connection = undefined;
  }

  private connected(): Promise<Connection | undefined> {
    if (this.connection !== undefined) return Promise.resolve(this.connection);
    this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  private async readFromDisk(folder: JobFolder): Promise<JobInfo> {
    const version = await folder.version();
    const known = this.onDisk.get(folder.id);
    if (known?.version === version) return known.info;
    const info = await readJobInfo(folder);
    this.onDisk.set(folder.id, { version, info });
    return info;
  }

  /** A process that runs a job may die, or its machine restart, without a message to anybody. */
  private lookAgain(): void {
    clearTimeout(this.lookTimer);
    if (this.disposed || !(this.isOutdated || [...this.known.values()].some(isLive))) return;
    this.lookTimer = setTimeout(() => {
      this.refresh().catch((thrown: unknown) => this.options.onLog?.(errorMessage(thrown)));
    }, this.options.lookPause ?? lookPause).unref();
  }

  private async connect(): Promise<Connection | undefined> {
    this.refuseFolderOfOthers();
    const endpoint = await readEndpoint(this.options.jobsFolder);
    const socket = endpoint === undefined || this.disposed ? undefined : await connectTo(endpoint.address);
    this.other = this.silent = undefined;
    if (endpoint === undefined || socket === undefined) return undefined;
    const connection = this.channelOn(socket, endpoint.pid);
    try {
      this.other = await this.greet(endpoint, connection);
      if (this.other === undefined) return connection;
      const { pid, version } = this.other;
      this.options.onLog?.(`The job runner, process ${pid}, is of another version (${version}).`);
    } catch (thrown) {
      socket.destroy();
      this.options.signal?.throwIfAborted();
      if (thrown instanceof RunnerSilentError) {
        this.silent = thrown;
        this.options.onLog?.(thrown.message);
        throw thrown;
      }
      this.options.onLog?.(`The job runner did not answer: ${errorMessage(thrown)}`);
    }
    socket.destroy();
    return undefined;
  }

  private refuseFolderOfOthers(): void {
    const { jobsFolder } = this.options;
    if (!isFolderOfAnother(jobsFolder)) return;
    throw new RunnerError(
      'JOBS_OF_OTHERS',
      l10n.t('The folder of jobs {0} belongs to another user, who could have your files changed.', jobsFolder),
      jobsFolder,
    );
  }

  private channelOn(socket: Socket, pid: number): Connection {
    const channel = new AnsweredChannel(
      socketPort(socket),
      {
        jobs: ({ jobs }) => {
          for (const job of jobs) this.known.set(job.id, job);
          this.emitChange();
        },
        removed: ({ id }) => {
          this.known.delete(id);
          this.emitChange();
        },
        handled: (handled) => {
          for (const listener of this.handledListeners) listener(handled);
        },
        log: ({ line }) => this.options.onLog?.(line),
      },
      {
        params: {},
        results: runnerResults,
        events: runnerEvents,
        onInvalid: (problem) => this.options.onLog?.(`From the job runner: ${problem}`),
      },
      {
        pid,
        limits: this.options.limits ?? answerLimits,
        signal: this.options.signal,
        onSilent: () => socket.destroy(),
      },
    );
    socket.on('close', () => {
      channel.close();
    });
    return { socket, channel };
  }

  /** @returns the runner, if its version is another: then this is no connection */
  private async greet({ token, pid }: RunnerEndpoint, connection: Connection): Promise<OtherRunner | undefined> {
    const { channel, socket } = connection;
    try {
      const answer = await channel.request('hello', { token, version: runnerProtocolVersion });
      const { version = runnerProtocolVersion } = answer;
      if (version !== runnerProtocolVersion) return { pid: answer.pid, version };
      this.known = new Map(answer.jobs.map((job) => [job.id, job]));
    } catch (thrown) {
      // An earlier version, from before runners reported one.
      if (errorCode(thrown) === 'RUNNER_VERSION') return { pid, version: 0 };
      throw thrown;
    }
    this.connection = connection;
    socket.on('close', () => {
      if (this.connection !== connection) return;
      this.connection = undefined;
      this.refresh().catch((thrown: unknown) => this.options.onLog?.(errorMessage(thrown)));
    });
    this.emitChange();
    return undefined;
  }

  private started(): Promise<Connection> {
    this.starting ??= this.start().finally(() => (this.starting = undefined));
    return this.starting;
  }

  private async start(): Promise<Connection> {
    await this.endEarlierVersion();
    const { jobsFolder, entry, execPath } = this.options;
    const logFile = runnerLogFile(jobsFolder);
    let ended: string | undefined;
    mkdirSync(jobsFolder, { recursive: true, mode: 0o700 });
    const log = openSync(logFile, 'w', 0o600);
    try {
      // Detached: in a process group of its own, so that neither Ctrl+C nor a closed connection ends it. Its working
      // directory is the jobs folder, as any other folder could not be deleted or unmounted while it runs. Without the
      // server token: it would be sent to the servers of all jobs, and each job has its own token.
      const env: NodeJS.ProcessEnv = { ...process.env, ELECTRON_RUN_AS_NODE: '1', [serverTokenVariable]: undefined };
      delete env.NODE_OPTIONS;
      const child = spawn(execPath ?? process.execPath, [entry, jobsFolder], {
        detached: true,
        stdio: ['ignore', log, log],
        cwd: jobsFolder,
        windowsHide: true,
        env,
      });
      child.on('error', (error) => (ended = error.message));
      child.on(
        'exit',
        (code, signal) => (ended ??= l10n.t('it ended with {0}', signal ?? l10n.t('exit code {0}', String(code)))),
      );
      child.unref();
    } finally {
      closeSync(log);
    }
    const until = Date.now() + startLimit;
    // A runner that ended may have found that another window had started one: keep trying to connect for a while.
    for (let triesLeft = 10; Date.now() < until && triesLeft > 0;) {
      if (ended !== undefined) triesLeft--;
      const connection = await this.connected();
      if (connection !== undefined) return connection;
      await delay(pollPause, undefined, { signal: this.options.signal });
    }
    const holder = await FileLock.holder(runnerLockFile(jobsFolder));
    const taken = holder === undefined ? undefined : l10n.t('{0} runs jobs here and does not answer', nameOf(holder));
    const why = taken ?? ended ?? l10n.t('it did not answer within {0} s', startLimit / 1000);
    throw new RunnerError(
      'RUNNER_UNREACHABLE',
      l10n.t('The process that runs jobs cannot be started: {0}. {1} may say more.', why, logFile),
      logFile,
    );
  }

  /** Asks a runner of an earlier version to end; the next one can resume its jobs. @throws RunnerError RUNNER_NEWER */
  private async endEarlierVersion(): Promise<void> {
    const { other } = this;
    const { jobsFolder } = this.options;
    if (other === undefined) return;
    if (this.isOutdated) {
      throw new RunnerError(
        'RUNNER_NEWER',
        l10n.t(
          'A newer version of this program runs the jobs (process {0}). Reload this window, or update the command line.',
          String(other.pid),
        ),
        jobsFolder,
      );
    }
    const endpoint = await readEndpoint(jobsFolder);
    const socket = endpoint === undefined ? undefined : await connectTo(endpoint.address);
    if (endpoint === undefined || socket === undefined) return;
    const { channel } = this.channelOn(socket, endpoint.pid);
    try {
      await channel.request('retire', { token: endpoint.token });
    } finally {
      socket.destroy();
    }
  }

  private emitChange(): void {
    for (const listener of this.changeListeners) listener();
  }
}

/** In place of a connection that fails because the runner does not answer. @throws all other errors */
function ifSilent(thrown: unknown): undefined {
  if (!(thrown instanceof RunnerSilentError)) throw thrown;
}
