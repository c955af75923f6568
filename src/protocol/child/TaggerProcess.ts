import { fork, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import * as l10n from '@vscode/l10n';
import { giveWay } from '../../base/machine/giveWay';
import { Channel, type Port } from '../channel/Channel';
import { ChildHealth, healthLimits, type Hang, type HealthLimits, type WatchedKind } from './ChildHealth';
import { fastEnvironment } from './fastEnvironment';
import { heartbeatDescriptor, heartbeatEnds, parseHeartbeat } from '../tagging/heartbeat';
import type { DownloadProgress } from '../tagging/modelListing';
import { taggerEvents, taggerResults } from '../tagging/taggerChecks';
import type { TaggerEvents, TaggerRequests } from '../tagging/taggerProtocol';

/** Error code of the requests that are in flight when the child process dies. */
export const taggerCrashed = 'TAGGER_CRASHED';

/** How the child process ended, as Node tells it. */
export interface ChildEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** the images that it had begun to decode for pictures */
  decoding: readonly string[];
}

/** The child process ended while a request was in flight. */
export class TaggerCrashError extends Error {
  readonly code = taggerCrashed;

  /**
   * @param how the signal or exit code
   * @param hint a sentence that says what may help
   * @param end undefined if it was not started, or was ended by this process
   */
  constructor(
    how: string,
    hint?: string,
    readonly end?: ChildEnd,
  ) {
    super(
      hint === undefined
        ? l10n.t('The tagger process ended unexpectedly ({0}).', how)
        : l10n.t('The tagger process ended unexpectedly ({0}). {1}', how, hint),
    );
    this.name = 'TaggerCrashError';
  }
}

/** Error code of the requests that are in flight when the child process hangs and is ended. */
export const taggerHung = 'TAGGER_HUNG';
/** Error code of the images that keep the child process from answering while it answered all others. */
export const imageHangs = 'IMAGE_HANGS';

/** The child process hung while a request was in flight, and was ended. */
export class TaggerHungError extends Error {
  readonly code: typeof taggerHung | typeof imageHangs;

  constructor({ how, time, isOfImages }: Hang, pid: number | undefined) {
    const seconds = Math.round(time / 1000);
    super(
      isOfImages
        ? l10n.t('The tagger gave no answer about this image for {0} s and was ended.', seconds)
        : hangText(how, seconds, pid),
    );
    this.name = 'TaggerHungError';
    this.code = isOfImages ? imageHangs : taggerHung;
  }
}

function hangText(how: Hang['how'], seconds: number, pid: number | undefined): string {
  const child = String(pid ?? '?');
  switch (how) {
    case 'silent':
      return l10n.t(
        'The tagger process ({0}) gave no sign of life for {1} s and was ended: it was stopped, or the machine is out of memory.',
        child,
        seconds,
      );
    case 'idle':
      return l10n.t(
        'The tagger process ({0}) did nothing for {1} s and was ended: a driver or a disk does not answer.',
        child,
        seconds,
      );
    case 'busy':
      return l10n.t('The tagger process ({0}) gave no answer for {1} s and was ended.', child, seconds);
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
  /** after which times a child counts as hung */
  health?: HealthLimits;
}

type ChildChannel = Channel<Record<string, never>, TaggerRequests, TaggerEvents, Record<string, never>>;

interface Running {
  child: ChildProcess;
  channel: ChildChannel;
  health: ChildHealth;
  openRequests: number;
  /** the images of pictures that it has begun to decode */
  decoding: Set<string>;
  /** looks at the child's health while a request is open */
  watch: NodeJS.Timeout | undefined;
}

/**
 * Runs the tagger in a child process: a crash in native code ends that process and nothing else. The first request
 * starts the child, and so does the next request after a crash; requests that are in flight during a crash fail with
 * {@link TaggerCrashError}. A child that hangs is ended, and the requests fail with {@link TaggerHungError}.
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
   * @throws TaggerCrashError when the child dies before it responds; TaggerHungError when it hangs; RemoteError with
   *   what the child threw
   */
  async request<K extends keyof TaggerRequests>(
    method: K,
    params: Parameters<TaggerRequests[K]>[0],
    signal?: AbortSignal,
  ): Promise<ReturnType<TaggerRequests[K]>> {
    if (this.disposed) throw new TaggerCrashError(l10n.t('it was stopped'));
    const running = (this.running ??= this.start());
    const { health } = running;
    const kind = watchedKind(method, params);
    if (running.openRequests++ === 0) this.watch(running);
    if (kind !== undefined) health.began(kind);
    let answered = false;
    try {
      const answer = running.channel.request(method, params, signal);
      return await answer.finally(() => (answered = signal?.aborted !== true));
    } finally {
      if (kind !== undefined) health.ended(kind, answered);
      const isPicture = method === 'makeThumbnail' || method === 'prepareJpeg';
      if (isPicture && 'imagePath' in params) running.decoding.delete(params.imagePath);
      if (--running.openRequests === 0) clearInterval(running.watch);
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

  /** Ends the child; requests in flight fail at once. The next request starts a new child. */
  stop(): void {
    if (this.running !== undefined) this.end(this.running, new TaggerCrashError(l10n.t('it was stopped')));
  }

  /** Ends the child for good; every later request fails. */
  dispose(): void {
    this.disposed = true;
    this.stop();
  }

  /**
   * Ends a child. SIGKILL, as this process may be gone before a second signal could follow a first one that a stopped
   * child never gets; the child has nothing that it does before it ends.
   */
  private end(running: Running, error: Error): void {
    if (this.running === running) this.running = undefined;
    clearInterval(running.watch);
    running.child.kill('SIGKILL');
    running.channel.close(error);
  }

  private watch(running: Running): void {
    const { child, health } = running;
    health.start();
    running.watch = setInterval(() => {
      const hang = health.look();
      if (hang === undefined) return;
      // The provider that it was trying must not hang the next child, too.
      if (child.pid !== undefined) this.crashed.push(child.pid);
      this.end(running, new TaggerHungError(hang, child.pid));
    }, this.health.look).unref();
  }

  private get health(): HealthLimits {
    return this.options.health ?? healthLimits;
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
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
      env,
      ...(this.options.execPath === undefined ? {} : { execPath: this.options.execPath }),
    });
    if (this.options.inBackground === true && child.pid !== undefined)
      giveWay(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
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
        decoding: ({ imagePath }) => running.decoding.add(imagePath),
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
    const running: Running = {
      child,
      channel,
      health: new ChildHealth(this.health),
      openRequests: 0,
      decoding: new Set(),
      watch: undefined,
    };
    followHeartbeat(child, running.health);
    const ended = (error: TaggerCrashError): void => {
      if (this.running === running) this.running = undefined;
      clearInterval(running.watch);
      channel.close(error);
    };
    child.on('exit', (code, signal) => {
      const isOwn = this.running === running;
      if (isOwn && child.pid !== undefined) this.crashed.push(child.pid);
      if (isOwn) this.running = undefined;
      afterLastMessage(child, () => {
        const decoding = [...running.decoding];
        const how = signal ?? l10n.t('exit code {0}', String(code));
        ended(new TaggerCrashError(how, crashHint(signal, this.options.execPath), { code, signal, decoding }));
      });
    });
    child.on('error', (error) => {
      ended(new TaggerCrashError(error.message));
    });
    return running;
  }
}

/**
 * How long a request may wait: an image and a model that is loaded are watched. A server may take longer than this
 * machine, and `ServerClient` has its own limits; all other requests may wait for the network or a line.
 */
function watchedKind<K extends keyof TaggerRequests>(
  method: K,
  params: Parameters<TaggerRequests[K]>[0],
): WatchedKind | undefined {
  if (method === 'prepareJpeg') return 'image';
  if (!('setup' in params) || params.setup.execution.provider === 'server') return undefined;
  return method === 'captionImage' || method === 'scoreImage' ? 'image' : 'loading';
}

/** Calls `listener` once all is received that a child sent before it ended, at the latest after a second. */
function afterLastMessage(child: ChildProcess, listener: () => void): void {
  if (!child.connected) {
    listener();
    return;
  }
  const call = (): void => {
    clearTimeout(timer);
    child.off('disconnect', call);
    listener();
  };
  const timer = setTimeout(call, 1000);
  child.once('disconnect', call);
}

function followHeartbeat(child: ChildProcess, health: ChildHealth): void {
  const pipe = child.stdio[heartbeatDescriptor];
  if (pipe === null || pipe === undefined || !('read' in pipe)) return;
  // A child that is ended may break the pipe; its `exit` event reports the end.
  pipe.on('error', () => undefined);
  createInterface({ input: pipe }).on('line', (line) => {
    const work = parseHeartbeat(line);
    if (work !== undefined) health.beat(work);
    else if (line === heartbeatEnds) health.beatEnds();
  });
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
