import { fork, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import * as l10n from '@vscode/l10n';
import { giveWay } from '../../base/giveWay';
import { Channel, type Port } from '../channel/Channel';
import { fastEnvironment } from './fastEnvironment';
import type { DownloadProgress } from '../tagging/modelListing';
import { taggerEvents, taggerResults } from '../tagging/taggerChecks';
import type { TaggerEvents, TaggerRequests } from '../tagging/taggerProtocol';

/** Error code of the requests that are in flight when the child process dies. */
export const taggerCrashed = 'TAGGER_CRASHED';

/** The child process ended while a request was in flight. */
export class TaggerCrashError extends Error {
  readonly code = taggerCrashed;

  /**
   * @param how the signal or exit code
   * @param hint a sentence that says what may help
   */
  constructor(how: string, hint?: string) {
    super(
      hint === undefined
        ? l10n.t('The tagger process ended unexpectedly ({0}).', how)
        : l10n.t('The tagger process ended unexpectedly ({0}). {1}', how, hint),
    );
    this.name = 'TaggerCrashError';
  }
}

export interface TaggerProcessOptions {
  /** absolute path of the child's script, `dist/tagger.js` */
  entry: string;
  /**
   * where children note which execution providers they try, so that the next one leaves out a provider that ended the
   * last: absolute, of this user alone; without it nothing is noted
   */
  stateFolder?: string;
  /** called with each line that the child prints on standard output or error */
  onLog?: (line: string) => void;
  /** the program that runs the child; by default that of this process, which is Electron in a desktop VS Code */
  execPath?: string | undefined;
  onDownloadProgress?: (progress: DownloadProgress) => void;
  /**
   * runs the child at a lower priority, where the system allows it: for work that must not slow other processes down
   */
  inBackground?: boolean;
}

type ChildChannel = Channel<Record<string, never>, TaggerRequests, TaggerEvents, Record<string, never>>;

interface Running {
  child: ChildProcess;
  channel: ChildChannel;
  openRequests: number;
}

/**
 * Runs the tagger in a child process: a crash in native code ends that process and nothing else. The first request
 * starts the child, and so does the next request after a crash; requests that are in flight during a crash fail with
 * {@link TaggerCrashError}.
 */
export class TaggerProcess {
  private running: Running | undefined;
  private disposed = false;
  private environment: Record<string, string> = {};
  /** process ids of children that crashed: the next child skips the providers that they were trying */
  private readonly crashed: number[] = [];

  constructor(private readonly options: TaggerProcessOptions) {}

  /** The process id of the running child; undefined while there is none. */
  get pid(): number | undefined {
    return this.running?.child.pid;
  }

  /**
   * Sends a request to the child and waits for the response.
   * @param signal aborting it tells the child to stop working on the request
   * @throws TaggerCrashError when the child dies before it responds; RemoteError with what the child threw
   */
  async request<K extends keyof TaggerRequests>(
    method: K,
    params: Parameters<TaggerRequests[K]>[0],
    signal?: AbortSignal,
  ): Promise<ReturnType<TaggerRequests[K]>> {
    if (this.disposed) throw new TaggerCrashError(l10n.t('it was stopped'));
    const running = (this.running ??= this.start());
    running.openRequests++;
    try {
      return await running.channel.request(method, params, signal);
    } finally {
      running.openRequests--;
    }
  }

  /**
   * Sets the variables that the child gets in its environment in addition to those of this process. A library path
   * takes effect only when a process starts, so a child that runs with other variables is ended; its requests in flight
   * fail.
   */
  useEnvironment(environment: Record<string, string>): void {
    if (JSON.stringify(environment) === JSON.stringify(this.environment)) return;
    this.environment = environment;
    this.stop();
  }

  /** Starts the child unless it is running, so that the first request does not have to wait for that. */
  warmUp(): void {
    if (!this.disposed) this.running ??= this.start();
  }

  /** Ends the child; requests in flight fail. The next request starts a new child. */
  stop(): void {
    this.running?.child.kill();
    this.running = undefined;
  }

  /** Ends the child for good; every later request fails. */
  dispose(): void {
    this.disposed = true;
    this.stop();
  }

  private start(): Running {
    // The editor's NODE_OPTIONS (debuggers, loaders) break children. VIPS_BLOCK_UNTRUSTED keeps libvips from loading
    // formats that were never hardened (SVG, PDF, ...). ORT_DISABLE_TELEMETRY keeps ONNX Runtime from reporting its use
    // to its maker.
    const env: NodeJS.ProcessEnv = {
      ...fastEnvironment(),
      ...(this.options.stateFolder === undefined ? {} : { DATASET_CAPTIONS_STATE: this.options.stateFolder }),
      ...process.env,
      VIPS_BLOCK_UNTRUSTED: '1',
      ORT_DISABLE_TELEMETRY: '1',
      DATASET_CAPTIONS_CRASHED: this.crashed.join(','),
      ...this.environment,
    };
    delete env.NODE_OPTIONS;
    const child = fork(this.options.entry, [], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env,
      ...(this.options.execPath === undefined ? {} : { execPath: this.options.execPath }),
    });
    if (this.options.inBackground === true && child.pid !== undefined) giveWay(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.options.onLog?.(line));
    }
    const channel: ChildChannel = new Channel<
      Record<string, never>,
      TaggerRequests,
      TaggerEvents,
      Record<string, never>
    >(
      childPort(child),
      {},
      {
        downloadProgress: (progress) => this.options.onDownloadProgress?.(progress),
        idle: () => {
          if (this.running === running && running.openRequests === 0) this.stop();
        },
      },
      {
        params: {},
        results: taggerResults,
        events: taggerEvents,
        onInvalid: (problem) => this.options.onLog?.(`From the tagger's process: ${problem}`),
      },
    );
    const running: Running = { child, channel, openRequests: 0 };
    const end = (how: string, hint?: string): void => {
      if (this.running === running) this.running = undefined;
      channel.close(new TaggerCrashError(how, hint));
    };
    child.on('exit', (code, signal) => {
      const isOwn = this.running === running;
      if (isOwn && child.pid !== undefined) this.crashed.push(child.pid);
      end(signal ?? l10n.t('exit code {0}', String(code)), crashHint(signal, this.options.execPath));
    });
    child.on('error', (error) => {
      end(error.message);
    });
    return running;
  }
}

/**
 * A hint for crashes of Electron's allocator, which ends a process with SIGTRAP when it asks for 1 to 2 GB at once
 * (electron#44291).
 */
function crashHint(signal: NodeJS.Signals | null, execPath: string | undefined): string | undefined {
  const inElectron = process.versions.electron !== undefined && execPath === undefined;
  if (!inElectron || (signal !== 'SIGTRAP' && signal !== 'SIGABRT')) return undefined;
  return l10n.t(
    "The model is probably too large for VS Code's built-in Node.js: install Node.js 20 or later and name it in the setting datasetCaptions.nodePath, or choose a smaller model.",
  );
}

function childPort(child: ChildProcess): Port {
  return {
    post: (message) => {
      // The callback keeps a failed send to a dying child from being thrown as an 'error' event; 'exit' follows anyway.
      if (child.connected) child.send(message as object, () => undefined);
    },
    listen: (listener) => {
      child.on('message', listener);
      return () => child.off('message', listener);
    },
  };
}
