import { Queue, type JobType } from 'bullmq';
import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import { staysInside } from '../dataset/files/datasetPath';
import { checkOf, count } from '../protocol/channel/checks';
import { errorMessage } from '../protocol/channel/wireError';
import { ClusterError } from './ClusterError';
import { clusterTiming } from './clusterTiming';
import { redisAddress, type RedisAddress } from './redisAddress';
import { shardId, shardOfId, type ShardData } from './shards';

/** A queue that does not answer for so long is not there, in milliseconds. */
const patience = 10_000;
/** Shards are tried so often, by whichever workers, before one counts as failed. */
const attempts = 5;
/** So many shards that are done are kept in the queue, for who looks at it. */
const keptShards = 1000;
/** Jobs in one message to the queue. */
const perMessage = 2000;
/** So many jobs that are over stay listed. */
const keptJobs = 50;

/** A job as the queue lists it: what can be said of it without its folder. */
export interface ListedJob {
  id: string;
  label: string;
  /** the job's folder, below the folder that all machines share */
  folder: string;
  /** the dataset, the same */
  dataset: string;
  /** what its shards' ids begin with */
  key: string;
  images: number;
  shards: number;
  created: string;
  /** what somebody wants whoever follows the job to do */
  wanted?: 'paused' | 'cancelled';
  /** once it is over, or waits for somebody */
  ended?: 'completed' | 'cancelled' | 'paused';
}

/** Where the shards of a job are that are not done, by their numbers. */
export interface OpenShards {
  waiting: number[];
  active: number[];
  /** failed, and tried again after a pause */
  delayed: number[];
  /** failed for good */
  failed: number[];
}

const isListedJob = checkOf<ListedJob>()(
  v.object({
    id: v.pipe(v.string(), v.regex(/^[0-9A-Za-z-]+$/)),
    label: v.string(),
    folder: v.pipe(v.string(), v.check(staysInside)),
    dataset: v.pipe(v.string(), v.check(staysInside)),
    key: v.string(),
    images: count,
    shards: count,
    created: v.string(),
    wanted: v.optional(v.picklist(['paused', 'cancelled'])),
    ended: v.optional(v.picklist(['completed', 'cancelled', 'paused'])),
  }),
);

const states: Readonly<Record<keyof OpenShards, JobType[]>> = {
  waiting: ['waiting', 'prioritized'],
  active: ['active'],
  delayed: ['delayed'],
  failed: ['failed'],
};

/** The queue that hands shards to workers, and a list of the jobs that they belong to. Several jobs may share a queue. */
export class ShardQueue {
  private constructor(
    readonly address: RedisAddress,
    private readonly client: Redis,
    private readonly shards: Queue<ShardData>,
    private readonly jobs: Queue<ListedJob>,
  ) {}

  /**
   * @param url of the queue's server
   * @throws ClusterError CLUSTER_URL, CLUSTER_UNREACHABLE; the signal's reason
   */
  static async connect(url: string, name: string, signal?: AbortSignal): Promise<ShardQueue> {
    const address = redisAddress(url);
    const client = new Redis({
      ...address.login,
      maxRetriesPerRequest: 2,
      connectTimeout: patience,
      retryStrategy: (times) => Math.min(200 * times, 2000),
    });
    try {
      await ready(client, signal);
    } catch (thrown) {
      client.disconnect();
      signal?.throwIfAborted();
      throw unreachable(address, thrown);
    }
    const { backoff } = clusterTiming();
    const shards = new Queue<ShardData>(name, {
      connection: client,
      defaultJobOptions: {
        attempts,
        backoff: { type: 'exponential', delay: backoff },
        removeOnComplete: { count: keptShards },
        removeOnFail: false,
      },
    });
    const jobs = new Queue<ListedJob>(`${name}-jobs`, { connection: client });
    // What fails is told by the request that fails.
    for (const queue of [shards, jobs]) queue.on('error', () => undefined);
    return new ShardQueue(address, client, shards, jobs);
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    const closed = Promise.allSettled([this.shards.close(), this.jobs.close()]);
    await Promise.race([closed, delay(1000, undefined, { ref: false })]);
    this.client.disconnect();
  }

  /**
   * Hands shards in. Those that the queue has already stay as they are; those that are done or failed for good, and yet
   * are handed in, begin anew.
   * @throws ClusterError CLUSTER_UNREACHABLE
   */
  add(key: string, shards: readonly ShardData[]): Promise<void> {
    return this.asking(async () => {
      const ids = new Set(shards.map((shard) => shardId(key, shard)));
      const over = await this.shards.getRanges(['completed', 'failed'], 0, -1);
      for (const id of over) if (ids.has(id)) await this.shards.remove(id);
      for (let start = 0; start < shards.length; start += perMessage) {
        await this.shards.addBulk(
          shards
            .slice(start, start + perMessage)
            .map((data) => ({ name: 'shard', data, opts: { jobId: shardId(key, data) } })),
        );
      }
    });
  }

  /** @throws ClusterError CLUSTER_UNREACHABLE */
  open(key: string): Promise<OpenShards> {
    return this.asking(async () => {
      const found: OpenShards = { waiting: [], active: [], delayed: [], failed: [] };
      for (const state of Object.keys(states) as (keyof OpenShards)[]) {
        const ids = await this.shards.getRanges(states[state], 0, -1);
        found[state] = ids.flatMap((id) => shardOfId(key, id) ?? []);
      }
      return found;
    });
  }

  /**
   * Takes the shards of a job out that no worker has; whoever has one finds out from the job's folder.
   * @throws ClusterError CLUSTER_UNREACHABLE
   */
  withdraw(key: string): Promise<void> {
    return this.asking(async () => {
      const ids = await this.shards.getRanges([...states.waiting, ...states.delayed, ...states.failed], 0, -1);
      // One that was taken meanwhile is locked and stays.
      for (const id of ids) if (shardOfId(key, id) !== undefined) await this.shards.remove(id);
    });
  }

  /** Why a shard failed the last time. @throws ClusterError CLUSTER_UNREACHABLE */
  async lastFailure(key: string): Promise<string | undefined> {
    return this.asking(async () => {
      const ids = await this.shards.getRanges([...states.failed, ...states.delayed], 0, -1);
      const id = ids.find((one) => shardOfId(key, one) !== undefined);
      return id === undefined ? undefined : (await this.shards.getJob(id))?.failedReason;
    });
  }

  /** How many workers are connected. Undefined where the server does not tell. */
  async countWorkers(): Promise<number | undefined> {
    const found = await this.shards.getWorkers().catch(() => undefined);
    // A worker has two connections; its name is that of one of them. Some hosted servers list nobody.
    return found === undefined ? undefined : new Set(found.map(({ name, rawname }) => rawname ?? name)).size;
  }

  /** The jobs that were handed in, oldest first. @throws ClusterError CLUSTER_UNREACHABLE */
  list(): Promise<ListedJob[]> {
    return this.asking(async () => {
      const jobs = await this.jobs.getJobs(['waiting'], 0, -1, true);
      // Anybody who reaches the queue may have put something else there.
      const listed: unknown[] = jobs.map(({ data }) => data);
      return listed.filter(isListedJob).sort((a, b) => (a.id < b.id ? -1 : 1));
    });
  }

  /** Lists a job, or says something else of it. @throws ClusterError CLUSTER_UNREACHABLE */
  saveListing(job: ListedJob): Promise<void> {
    return this.asking(async () => {
      const known = await this.jobs.getJob(job.id);
      if (known === undefined) await this.jobs.add('job', job, { jobId: job.id });
      else await known.updateData(job);
      const over = (await this.list()).filter(({ ended }) => ended === 'completed' || ended === 'cancelled');
      for (const { id } of over.slice(0, -keptJobs)) await this.jobs.remove(id);
    });
  }

  /** A job of the list. @throws ClusterError CLUSTER_UNREACHABLE */
  async listed(id: string): Promise<ListedJob | undefined> {
    return this.asking(async () => {
      const data: unknown = (await this.jobs.getJob(id))?.data;
      return isListedJob(data) ? data : undefined;
    });
  }

  private async asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (thrown) {
      throw thrown instanceof ClusterError ? thrown : unreachable(this.address, thrown);
    }
  }
}

/** What no waiting helps against. */
const refusal = /^(WRONGPASS|NOAUTH|NOPERM|ERR .*password)/;

/** Waits until the server answers. @throws why it does not; the signal's reason */
function ready(client: Redis, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let last = new Error(l10n.t('no answer'));
    const timer = setTimeout(() => {
      reject(last);
    }, patience);
    const end = (thrown?: Error): void => {
      clearTimeout(timer);
      if (thrown === undefined) resolve();
      else reject(thrown);
    };
    client.on('ready', end);
    client.on('error', (thrown) => {
      last = thrown;
      if (refusal.test(thrown.message)) end(thrown);
    });
    signal?.addEventListener(
      'abort',
      () => {
        end(new Error('cancelled'));
      },
      { once: true },
    );
    if (signal?.aborted === true) end(new Error('cancelled'));
  });
}

function unreachable({ shown, hide }: RedisAddress, thrown: unknown): ClusterError {
  const why = hide(errorMessage(thrown));
  return new ClusterError(
    'CLUSTER_UNREACHABLE',
    l10n.t('The queue at {0} does not answer: {1}', shown, why),
    new Error(why),
  );
}
