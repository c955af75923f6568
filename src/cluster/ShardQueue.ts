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

/** Timeout for connecting to the queue, in milliseconds. */
const connectTimeout = 10_000;
/** Number of attempts for a shard, by any workers, before it counts as failed. */
const attempts = 5;
/** Maximum number of finished shards that stay in the queue, for people who inspect it. */
const keptShards = 1000;
/** Maximum number of shards in a message to the queue. */
const maxPerMessage = 2000;
/** Maximum number of ended jobs that stay listed. */
const keptJobs = 50;

/** A job as the queue lists it: for machines that cannot read its folder. */
export interface ListedJob {
  id: string;
  label: string;
  /** the job's folder, relative to the shared folder, with `/` */
  folder: string;
  /** the dataset's folder, also relative to the shared folder, with `/` */
  dataset: string;
  /** prefix of the ids of the job's shards */
  key: string;
  images: number;
  shards: number;
  created: string;
  /** a request to the `ClusterJobRun` of the job, wherever that runs, to pause or cancel it */
  wanted?: 'paused' | 'cancelled';
  /** set when the job has ended or was paused */
  ended?: 'completed' | 'cancelled' | 'paused';
}

/** The numbers of the shards of a job that are not done, by their states in the queue. */
export interface OpenShards {
  waiting: number[];
  active: number[];
  /** failed, and will be retried after a delay */
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

/**
 * The queue that distributes shards to workers, and the list of the jobs to which they belong. Jobs may share a queue.
 */
export class ShardQueue {
  private constructor(
    readonly address: RedisAddress,
    private readonly client: Redis,
    private readonly shards: Queue<ShardData>,
    private readonly jobs: Queue<ListedJob>,
  ) {}

  /**
   * Connects to a queue. A queue that does not exist is created when it is first used.
   * @param url of the queue's server
   * @throws ClusterError CLUSTER_URL, CLUSTER_UNREACHABLE; the signal's reason when aborted
   */
  static async connect(url: string, name: string, signal?: AbortSignal): Promise<ShardQueue> {
    const address = redisAddress(url);
    const client = new Redis({
      ...address.login,
      maxRetriesPerRequest: 2,
      connectTimeout,
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
    // Errors are reported by the requests that fail; without a listener they would end the process.
    for (const queue of [shards, jobs]) queue.on('error', () => undefined);
    return new ShardQueue(address, client, shards, jobs);
  }

  /** Closes the connection. */
  async close(): Promise<void> {
    const closed = Promise.allSettled([this.shards.close(), this.jobs.close()]);
    await Promise.race([closed, delay(1000, undefined, { ref: false })]);
    this.client.disconnect();
  }

  /**
   * Submits shards. Idempotent for shards that the queue still has; those that are done or failed for good start again.
   * @throws ClusterError CLUSTER_UNREACHABLE
   */
  add(key: string, shards: readonly ShardData[]): Promise<void> {
    return this.asking(async () => {
      const ids = new Set(shards.map((shard) => shardId(key, shard)));
      const over = await this.shards.getRanges(['completed', 'failed'], 0, -1);
      for (const id of over) if (ids.has(id)) await this.shards.remove(id);
      for (let start = 0; start < shards.length; start += maxPerMessage) {
        await this.shards.addBulk(
          shards
            .slice(start, start + maxPerMessage)
            .map((data) => ({ name: 'shard', data, opts: { jobId: shardId(key, data) } })),
        );
      }
    });
  }

  /** The shards of a job that are not done. @throws ClusterError CLUSTER_UNREACHABLE */
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
   * Removes those shards of a job that no worker has taken. Workers that have taken one learn from the job's folder
   * that they have to stop.
   * @throws ClusterError CLUSTER_UNREACHABLE
   */
  withdraw(key: string): Promise<void> {
    return this.asking(async () => {
      const ids = await this.shards.getRanges([...states.waiting, ...states.delayed, ...states.failed], 0, -1);
      // A shard that a worker took meanwhile is locked and stays.
      for (const id of ids) if (shardOfId(key, id) !== undefined) await this.shards.remove(id);
    });
  }

  /** Why a shard of the job failed the last time; undefined if none did. @throws ClusterError CLUSTER_UNREACHABLE */
  async lastFailure(key: string): Promise<string | undefined> {
    return this.asking(async () => {
      const ids = await this.shards.getRanges([...states.failed, ...states.delayed], 0, -1);
      const id = ids.find((one) => shardOfId(key, one) !== undefined);
      return id === undefined ? undefined : (await this.shards.getJob(id))?.failedReason;
    });
  }

  /** Number of workers that are connected; undefined if the server does not say. */
  async countWorkers(): Promise<number | undefined> {
    const found = await this.shards.getWorkers().catch(() => undefined);
    // A worker has two connections, of which one has its name. Some hosted servers do not list clients.
    return found === undefined ? undefined : new Set(found.map(({ name, rawname }) => rawname ?? name)).size;
  }

  /** The jobs that were submitted, oldest first. @throws ClusterError CLUSTER_UNREACHABLE */
  list(): Promise<ListedJob[]> {
    return this.asking(async () => {
      const jobs = await this.jobs.getJobs(['waiting'], 0, -1, true);
      // Anyone who can connect to the queue can add entries of any kind: drop those that are not jobs.
      const listed: unknown[] = jobs.map(({ data }) => data);
      return listed.filter(isListedJob).sort((a, b) => (a.id < b.id ? -1 : 1));
    });
  }

  /** Adds a job to the list, or replaces its entry. @throws ClusterError CLUSTER_UNREACHABLE */
  saveListing(job: ListedJob): Promise<void> {
    return this.asking(async () => {
      const known = await this.jobs.getJob(job.id);
      if (known === undefined) await this.jobs.add('job', job, { jobId: job.id });
      else await known.updateData(job);
      const over = (await this.list()).filter(({ ended }) => ended === 'completed' || ended === 'cancelled');
      for (const { id } of over.slice(0, -keptJobs)) await this.jobs.remove(id);
    });
  }

  /** The entry of a job in the list; undefined if it has none. @throws ClusterError CLUSTER_UNREACHABLE */
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

/** Errors that do not go away by waiting: wrong credentials or missing rights. */
const refusal = /^(WRONGPASS|NOAUTH|NOPERM|ERR .*password)/;

/** Waits until the server answers. @throws the last error of the connection; an error if the signal aborts */
function ready(client: Redis, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let last = new Error(l10n.t('no answer'));
    const timer = setTimeout(() => {
      reject(last);
    }, connectTimeout);
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
