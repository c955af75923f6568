import { Worker, WaitingError, type Job } from 'bullmq';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FileWriter } from '../dataset/files/FileWriter';
import { jobFault } from '../jobs/run/jobFault';
import { JobFolder } from '../jobs/folder/JobFolder';
import { checkCaptionFolder } from '../jobs/folder/checkCaptionFolder';
import type { TaggerProcess } from '../protocol/child/TaggerProcess';
import { errorMessage } from '../protocol/channel/wireError';
import { ClusterError } from './ClusterError';
import { clusterTiming, maxPauseFactor } from './clusterTiming';
import { localCaptioner, type LocalCaptioners } from './localCaptioner';
import type { LocalModels } from './localModels';
import { PreparedTagger } from './PreparedTagger';
import { redisAddress } from './redisAddress';
import { ShardQueue, type ListedJob } from './ShardQueue';
import { folderOnShared, isHeld, readShardJob, runShard, unreadableFolder } from './ShardRun';
import { parseShardData, type ShardData } from './shards';

/**
 * How often a shard may be lost by workers that were killed before it counts as failed; preemptible hosts are often
 * killed.
 */
const maxLosses = 20;
/** While there is no job yet, interval at which the worker looks for one, in milliseconds. */
const listPoll = 2000;
/** Minimum time between two reports of progress to the queue, in milliseconds. */
const progressPause = 2000;
/** Timeout for an answer of the queue when the worker ends, in milliseconds. */
const endTimeout = 5000;

export interface ShardWorkerOptions {
  redisUrl: string;
  queue: string;
  tagger: Pick<TaggerProcess, 'request' | 'stop'>;
  /** writes the caption files */
  writer: FileWriter;
  models: LocalModels;
  /** the captioners of this machine; undefined if it has none */
  captioners?: LocalCaptioners;
  /** called with each line for the log */
  onLog: (line: string) => void;
}

/**
 * Why a worker stops working on a shard before it is done:
 * - `lost`: another worker has taken over the shard
 * - `held`: the shard's job was paused or cancelled, see {@link isHeld}
 * - `ending`: this worker ends
 */
type Left = 'lost' | 'held' | 'ending';

/**
 * A worker of a cluster: takes one shard after another from the queue. Inference runs in another process, so that this
 * one is never blocked and can renew its locks in time.
 */
export class ShardWorker {
  /** Unique among all workers, also among earlier ones of this machine. */
  readonly name = `${hostname().replaceAll(/[^A-Za-z0-9]/g, '-')}-${process.pid}-${randomBytes(3).toString('hex')}`;
  private readonly timing = clusterTiming();
  private readonly prepared: PreparedTagger;
  private readonly inWork = new Map<string, AbortController>();
  /** ids of the jobs whose folders were checked */
  private readonly checked = new Set<string>();
  private nextPause: number;
  private worker: Worker<ShardData> | undefined;

  constructor(private readonly options: ShardWorkerOptions) {
    this.prepared = new PreparedTagger(options.tagger, options.models, options.onLog);
    this.nextPause = this.timing.pause;
  }

  /**
   * Works until the signal aborts, then gives its shard back at once.
   * @throws ClusterError CLUSTER_URL; CLUSTER_UNREACHABLE if the queue does not answer at the beginning
   */
  async run(signal: AbortSignal): Promise<void> {
    if (!(await this.warmUp(signal))) return;
    const { redisUrl, queue, onLog } = this.options;
    const { login, hide, shown } = redisAddress(redisUrl);
    const { lock, stalled } = this.timing;
    const worker = new Worker<ShardData>(queue, (job, token) => this.workOnShard(job, token, signal), {
      connection: {
        ...login,
        maxRetriesPerRequest: null,
        // A worker waits without limit for the queue's server, unless the worker has to end.
        retryStrategy: (times) => (signal.aborted ? null : Math.min(100 * times, 2000)),
      },
      name: this.name,
      concurrency: 1,
      lockDuration: lock,
      stalledInterval: stalled,
      maxStalledCount: maxLosses,
      runRetryDelay: Math.min(5000, Math.round(lock / 6)),
    });
    this.worker = worker;
    let said = '';
    worker.on('error', (thrown) => {
      const line = hide(thrown.message);
      if (line !== said) onLog(`The queue at ${shown}: ${line}`);
      said = line;
    });
    worker.on('ready', () => {
      said = '';
    });
    worker.on('lockRenewalFailed', (ids: string[]) => {
      for (const id of ids) this.inWork.get(id)?.abort('lost' satisfies Left);
    });
    onLog(`Worker ${this.name} takes shards of ${queue} at ${shown}`);
    await aborted(signal);
    await this.end(worker, said === '' ? endTimeout : 500);
  }

  /**
   * Waits for a job and loads its tagger, before the first shard is taken.
   * @returns false when the signal aborts before that
   */
  private async warmUp(signal: AbortSignal): Promise<boolean> {
    const { redisUrl, queue, onLog } = this.options;
    const jobs = await ShardQueue.connect(redisUrl, queue, signal).catch((thrown: unknown) => {
      if (signal.aborted) return undefined;
      throw thrown;
    });
    if (jobs === undefined) return false;
    try {
      for (let said = ''; !signal.aborted;) {
        let pause = listPoll;
        try {
          const [next] = (await jobs.list()).filter(({ ended }) => ended === undefined);
          if (next !== undefined) {
            await this.loadTaggerOf(next, signal);
            this.nextPause = this.timing.pause;
            return true;
          }
          if (said === '') onLog(`There is no job in ${queue} yet.`);
          said ||= 'none';
        } catch (thrown) {
          if (isAborted(signal)) break;
          const line = thrown instanceof ClusterError ? thrown.message : jobFault(thrown).message;
          if (line !== said) onLog(line);
          said = line;
          pause = this.growPause();
        }
        await delay(pause, undefined, { signal }).catch(() => undefined);
      }
      return false;
    } finally {
      await jobs.close();
    }
  }

  private async loadTaggerOf({ folder }: ListedJob, signal: AbortSignal): Promise<void> {
    const manifest = await new JobFolder(await folderOnShared(this.options.models.root, folder))
      .readManifest()
      .catch((thrown: unknown) => {
        throw unreadableFolder(folder, thrown);
      });
    // A captioner has nothing to load, but problems on this machine are reported before the first shard is taken.
    if ('captioner' in manifest) localCaptioner(manifest.captioner, this.options.captioners);
    else await this.prepared.prepare(manifest, signal);
  }

  private async workOnShard(job: Job<ShardData>, token: string | undefined, signal: AbortSignal): Promise<void> {
    const { onLog, tagger, writer, models } = this.options;
    const id = job.id ?? '';
    const stopper = new AbortController();
    this.inWork.set(id, stopper);
    const onEnd = (): void => {
      stopper.abort('ending' satisfies Left);
    };
    signal.addEventListener('abort', onEnd);
    if (signal.aborted) onEnd();
    let handled = 0;
    let timer: NodeJS.Timeout | undefined;
    let shown = performance.now();
    try {
      const data = parseShardData(job.data);
      const { root } = models;
      const { folder, manifest } = await readShardJob(root, data);
      if (!this.checked.has(data.job)) await checkCaptionFolder(path.join(manifest.root, 'x'), onLog);
      this.checked.add(data.job);
      timer = setInterval(() => {
        folder.readState().then(
          (state) => {
            if (isHeld(state)) stopper.abort('held' satisfies Left);
          },
          () => undefined,
        );
      }, this.timing.statePoll);
      const begun = performance.now();
      const end = await runShard(data, {
        root,
        worker: this.name,
        tagger,
        writer,
        signal: stopper.signal,
        prepare: (manifest, stopped) => this.prepared.prepare(manifest, stopped),
        captioners: this.options.captioners,
        onLog,
        onProgress: (now) => {
          handled = now;
          if (performance.now() - shown < progressPause) return;
          shown = performance.now();
          job.updateProgress({ handled }).catch(() => undefined);
        },
      });
      this.nextPause = this.timing.pause;
      const what = `Shard ${data.shard} of ${data.job}`;
      if (end === 'done') {
        onLog(`${what}: ${data.count} images, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
        return;
      }
      const why = stopper.signal.reason as Left | undefined;
      onLog(`${what}: left after ${handled} of ${data.count} images${why === 'lost' ? ', another worker has it' : ''}`);
      if (why === 'lost') throw new Error('Another worker has this shard.');
      if (why === 'ending') await this.giveBack(job, token);
      // If the job is held, the queue counts the shard as done. A resumed job submits the shard again.
    } catch (thrown) {
      if (thrown instanceof WaitingError || stopper.signal.reason === 'lost') throw thrown;
      if (stopper.signal.reason === 'ending') await this.giveBack(job, token);
      const fault = jobFault(thrown);
      onLog(`${fault.code}: ${fault.message}`);
      void this.pauseWorker(signal);
      throw new Error(`${fault.code}: ${fault.message}`, { cause: thrown });
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', onEnd);
      this.inWork.delete(id);
    }
  }

  /**
   * Gives the shard back, so that another worker can take it at once.
   * @throws WaitingError always: BullMQ expects that
   */
  private async giveBack(job: Job<ShardData>, token: string | undefined): Promise<never> {
    await Promise.race([job.moveToWait(token), delay(endTimeout)]);
    throw new WaitingError();
  }

  /** Pauses the worker after a fault of its machine, as it would only fail one shard after another. */
  private async pauseWorker(signal: AbortSignal): Promise<void> {
    const { worker } = this;
    if (worker === undefined) return;
    const pause = this.growPause();
    this.options.onLog(`No more shards for ${Math.ceil(pause / 1000)} seconds.`);
    await worker.pause(true);
    await delay(pause, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await worker.resume();
  }

  private growPause(): number {
    const pause = this.nextPause;
    this.nextPause = Math.min(2 * pause, maxPauseFactor * this.timing.pause);
    return pause;
  }

  /** @param timeout for an answer of the queue, in milliseconds */
  private async end(worker: Worker<ShardData>, timeout: number): Promise<void> {
    const closed = worker.close().catch((thrown: unknown) => {
      this.options.onLog(errorMessage(thrown));
    });
    const isClosed = await Promise.race([closed.then(() => true), delay(2 * timeout).then(() => false)]);
    if (!isClosed) await Promise.race([worker.close(true), delay(timeout)]);
  }
}

/**
 * Whether the signal is aborted. A direct check would be narrowed by TypeScript, which does not know that `aborted` may
 * change during an `await`.
 */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener('abort', () => {
        resolve();
      });
  });
}
