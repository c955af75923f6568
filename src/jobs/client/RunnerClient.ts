import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { serverTokenVariable } from '../../protocol/tagging/execution';
import { errorCode, errorMessage } from '../../protocol/channel/wireError';
import { JobFolder } from '../folder/JobFolder';
import { readJobInfo } from '../folder/jobInfo';
import type { JobInfo } from '../jobTypes';
import { AnsweredChannel, answerLimits, type AnswerLimits, RunnerSilentError } from './AnsweredChannel';
import { readEndpoint, runnerLogFile, type RunnerEndpoint } from './runnerEndpoint';
import { runnerEvents, runnerResults } from './runnerChecks';
import { runnerProtocolVersion, type RunnerRequests } from './runnerProtocol';
import { socketPort } from './socketPort';

/** Timeout for the start of a runner, in milliseconds. */
const startLimit = 20_000;
/** Interval of the attempts to connect to a runner that was started, in milliseconds. */
const pollPause = 40;

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
}

/** The runner cannot be started or reached. */
export class RunnerError extends Error {
  readonly code = 'RUNNER_UNREACHABLE';

  constructor(
    message: string,
    /** absolute path of the runner's log */
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

  /** Why a live runner is not connected: it does not answer; undefined if there is none, or it is connected. */
  get silence(): RunnerSilentError | undefined {
    return this.isConnected ? undefined : this.silent;
  }

  /**
   * Connects to a live runner, or reads the jobs from disk if there is none, or it does not answer. Starts no runner.
   * @throws the signal's reason
   */
  async refresh(): Promise<void> {
    if ((await this.connected().catch(ifSilent)) !== undefined || this.disposed) return;
    const jobs = new Map<string, JobInfo>();
    for (const folder of await JobFolder.list(this.options.jobsFolder)) {
      try {
        const info = await readJobInfo(folder);
        // Without a runner, a queued job will never get its turn.
        jobs.set(info.id, { ...info, interrupted: info.interrupted || info.status === 'queued' });
      } catch (thrown) {
        this.options.onLog?.(`${folder.path}: ${errorMessage(thrown)}`);
      }
    }
    // What was read from disk is stale if a runner was started meanwhile.
    if (this.isConnected) return;
    this.known = jobs;
    this.emitChange();
  }

  /**
   * Sends a request to the runner; starts one if none lives.
   * @throws RemoteError with the error that the runner threw; RunnerError if it cannot be started; RunnerSilentError;
   *   the signal's reason
   */
  async request<K extends keyof RunnerRequests>(
    method: K,
    params: Parameters<RunnerRequests[K]>[0],
  ): Promise<ReturnType<RunnerRequests[K]>> {
    const { channel } = (await this.connected()) ?? (await this.started());
    return channel.request(method, params);
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
    this.connection?.socket.destroy();
    this.connection = undefined;
  }

  private connected(): Promise<Connection | undefined> {
    if (this.connection !== undefined) return Promise.resolve(this.connection);
    this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  private async connect(): Promise<Connection | undefined> {
    const endpoint = await readEndpoint(this.options.jobsFolder);
    if (endpoint === undefined || this.disposed) return undefined;
    const socket = await open(endpoint.address);
    if (socket === undefined) return undefined;
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
        pid: endpoint.pid,
        limits: this.options.limits ?? answerLimits,
        signal: this.options.signal,
        onSilent: () => socket.destroy(),
      },
    );
    socket.on('close', () => {
      channel.close();
    });
    this.silent = undefined;
    try {
      return await this.greet(endpoint, { socket, channel });
    } catch (thrown) {
      socket.destroy();
      this.options.signal?.throwIfAborted();
      if (thrown instanceof RunnerSilentError) {
        this.silent = thrown;
        this.options.onLog?.(thrown.message);
        throw thrown;
      }
      if (errorCode(thrown) === 'RUNNER_VERSION') return undefined;
      this.options.onLog?.(`The job runner did not answer: ${errorMessage(thrown)}`);
      return undefined;
    }
  }

  private async greet({ token }: RunnerEndpoint, connection: Connection): Promise<Connection> {
    const { channel, socket } = connection;
    try {
      const { jobs } = await channel.request('hello', { token, version: runnerProtocolVersion });
      this.known = new Map(jobs.map((job) => [job.id, job]));
    } catch (thrown) {
      // Version mismatch: ask the old runner to retire; the new one resumes its jobs.
      if (errorCode(thrown) === 'RUNNER_VERSION') await channel.request('retire', { token });
      throw thrown;
    }
    this.connection = connection;
    socket.on('close', () => {
      if (this.connection !== connection) return;
      this.connection = undefined;
      this.refresh().catch((thrown: unknown) => this.options.onLog?.(errorMessage(thrown)));
    });
    this.emitChange();
    return connection;
  }

  private started(): Promise<Connection> {
    this.starting ??= this.start().finally(() => (this.starting = undefined));
    return this.starting;
  }

  private async start(): Promise<Connection> {
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
    const why = ended ?? l10n.t('it did not answer within {0} s', startLimit / 1000);
    throw new RunnerError(
      l10n.t('The process that runs jobs cannot be started: {0}. {1} may say more.', why, logFile),
      logFile,
    );
  }

  private emitChange(): void {
    for (const listener of this.changeListeners) listener();
  }
}

/** Opens a connection; undefined if nobody listens. */
function open(address: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', () => {
      resolve(undefined);
    });
  });
}

/** In place of a connection that fails because the runner does not answer. @throws all other errors */
function ifSilent(thrown: unknown): undefined {
  if (!(thrown instanceof RunnerSilentError)) throw thrown;
}
