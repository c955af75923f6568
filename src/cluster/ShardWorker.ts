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
import { clusterTiming, longestPause } from './clusterTiming';
import type { LocalModels } from './localModels';
import { PreparedTagger } from './PreparedTagger';
import { redisAddress } from './redisAddress';
import { ShardQueue, type ListedJob } from './ShardQueue';
import { folderOnShared, isHeld, readShardJob, runShard, unreadableFolder } from './ShardRun';
import { parseShardData, type ShardData } from './shards';

/** A shard may be lost so often by workers that were killed; hosts that may be taken away at any time do that. */
const mostLosses = 20;
/** Jobs are looked for this often before the first one, in milliseconds. */
const listPoll = 2000;
/** How far a shard is goes to the queue this often, in milliseconds. */
const progressPause = 2000;
/** The queue's answer is waited for so long when the worker ends, in milliseconds. */
const farewell = 5000;

export interface ShardWorkerOptions {
  redisUrl: string;
  queue: string;
  tagger: Pick<TaggerProcess, 'request' | 'stop'>;
  /** what writes the caption files */
  writer: FileWriter;
  models: LocalModels;
  /** a line for whoever watches the worker */
  onLog: (line: string) => void;
}

/** Why a worker stops working on a shard: another worker has it, its job is held, or the worker ends. */
type Left = 'lost' | 'held' | 'ending';

/**
 * A worker of a cluster: takes one shard after another from the queue. Inference is another process, so that this one
 * always finds the time to say that it lives.
 */
export class ShardWorker {
  /** No other worker has this name, not even an earlier one of this machine. */
  readonly name = `${hostname().replaceAll(/[^A-Za-z0-9]/g, '-')}-${process.pid}-${randomBytes(3).toString('hex')}`;
  private readonly timing = clusterTiming();
  private readonly prepared: PreparedTagger;
  private readonly inWork = new Map<string, AbortController>();
  /** jobs whose folders were looked at */
  private readonly known = new Set<string>();
  private nextPause: number;
  private worker: Worker<ShardData> | undefined;

  constructor(private readonly options: ShardWorkerOptions) {
    this.prepared = new PreparedTagger(options.tagger, options.models, options.onLog);
    this.nextPause = this.timing.pause;
  }

  /**
   * Works until the signal aborts; then gives what it has back at once.
   * @throws ClusterError CLUSTER_URL, CLUSTER_UNREACHABLE when the queue is not there at the beginning
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
        // Whatever happens to the server, the worker waits for it; but one that has to end would never end.
        retryStrategy: (times) => (signal.aborted ? null : Math.min(100 * times, 2000)),
      },
      name: this.name,
      concurrency: 1,
      lockDuration: lock,
      stalledInterval: stalled,
      maxStalledCount: mostLosses,
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
    await this.end(worker, said === '' ? farewell : 500);
  }

  /** Loads the tagger of a job before the first shard is taken. @returns false when the signal aborts before that */
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
    await this.prepared.prepare(manifest, signal);
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
      if (!this.known.has(data.job)) await checkCaptionFolder(path.join(manifest.root, 'x'), onLog);
      this.known.add(data.job);
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
      // Held: the shard is done with until the job goes on, which hands it in again.
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

  /** Another worker can have the shard at once. @throws always, as the queue wants it */
  private async giveBack(job: Job<ShardData>, token: string | undefined): Promise<never> {
    await Promise.race([job.moveToWait(token), delay(farewell)]);
    throw new WaitingError();
  }

  /** A worker that cannot do its work leaves it to others for a while, and does not spoil one shard after another. */
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
    this.nextPause = Math.min(2 * pause, longestPause * this.timing.pause);
    return pause;
  }

  /** @param patience for the queue, in milliseconds */
  private async end(worker: Worker<ShardData>, patience: number): Promise<void> {
    const closed = worker.close().catch((thrown: unknown) => {
      this.options.onLog(errorMessage(thrown));
    });
    const isClosed = await Promise.race([closed.then(() => true), delay(2 * patience).then(() => false)]);
    if (!isClosed) await Promise.race([worker.close(true), delay(patience)]);
  }
}

/** For conditions after an `await`, which changes what was known before it. */
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
