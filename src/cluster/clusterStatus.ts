import path from 'node:path';
import { JobFolder } from '../jobs/folder/JobFolder';
import { readJobInfo } from '../jobs/folder/jobInfo';
import type { JobInfo } from '../jobs/jobTypes';
import { ClusterJobRun } from './ClusterJobRun';
import { ShardQueue, type ListedJob, type OpenShards } from './ShardQueue';

/** A job of a queue, and how it stands. */
export interface QueuedJob {
  listed: ListedJob;
  open: OpenShards;
  /** why a shard failed the last time */
  failure: string | undefined;
  /** what its folder says; undefined where that cannot be read from here */
  info: JobInfo | undefined;
}

export interface ClusterStatus {
  /** workers that are connected; undefined where the server does not tell */
  workers: number | undefined;
  jobs: QueuedJob[];
}

/**
 * Looks at the jobs of a queue. Where their folders can be read, what is missing in the queue is handed in again, and a job
 * that is done is closed, unless somebody follows it.
 * @param root the folder that all machines share, as this one has it
 * @throws ClusterError
 */
export async function clusterStatus(redisUrl: string, name: string, root: string | undefined): Promise<ClusterStatus> {
  const queue = await ShardQueue.connect(redisUrl, name);
  try {
    const jobs: QueuedJob[] = [];
    for (const listed of await queue.list()) {
      const folder = root === undefined ? undefined : new JobFolder(path.join(root, listed.folder));
      if (folder !== undefined && listed.ended === undefined) await handInMissing(folder, redisUrl);
      const failure = await queue.lastFailure(listed.key);
      const info = await (folder === undefined ? undefined : readJobInfo(folder).catch(() => undefined));
      const now = (await queue.listed(listed.id)) ?? listed;
      jobs.push({ listed: now, open: await queue.open(listed.key), failure, info });
    }
    return { workers: await queue.countWorkers(), jobs };
  } finally {
    await queue.close();
  }
}

async function handInMissing(folder: JobFolder, redisUrl: string): Promise<void> {
  try {
    const manifest = await folder.readManifest();
    await new ClusterJobRun(folder, manifest, { redisUrl, once: true, onChange: () => undefined }).run();
  } catch {
    // Somebody follows it, or it is gone; what is shown says so.
  }
}

export type JobAction = 'pause' | 'resume' | 'cancel' | 'retryFailed';

/**
 * Does something with a job of a queue: its folder tells the workers, the queue whoever follows it.
 * @param id of the job, or the beginning or end of it
 * @returns the job; undefined where there is none of that name, or several
 * @throws ClusterError, JobError, errors of the file system
 */
export async function actOnJob(
  redisUrl: string,
  name: string,
  root: string,
  id: string,
  action: JobAction,
): Promise<JobInfo | undefined> {
  const queue = await ShardQueue.connect(redisUrl, name);
  try {
    const found = (await queue.list()).filter((job) => job.id.startsWith(id) || job.id.endsWith(id));
    const [listed] = found;
    if (listed === undefined || found.length > 1) return undefined;
    const folder = new JobFolder(path.join(root, listed.folder));
    if (action === 'pause' || action === 'cancel') await stopJob(queue, folder, listed, action);
    else {
      const manifest = await folder.readManifest();
      const retryFailed = action === 'retryFailed';
      await new ClusterJobRun(folder, manifest, { redisUrl, retryFailed, once: true, onChange: () => undefined }).run();
    }
    return await readJobInfo(folder);
  } finally {
    await queue.close();
  }
}

async function stopJob(
  queue: ShardQueue,
  folder: JobFolder,
  listed: ListedJob,
  action: 'pause' | 'cancel',
): Promise<void> {
  const as = action === 'pause' ? 'paused' : 'cancelled';
  const lock = await folder.lock();
  if (lock === undefined) {
    // Whoever follows it reads this within two seconds.
    await queue.saveListing({ ...listed, wanted: as });
    return;
  }
  try {
    const state = await folder.readState();
    if (state.status === 'completed' || state.status === 'cancelled') return;
    const finished = as === 'cancelled' ? { finished: new Date().toISOString() } : {};
    await folder.writeState({ ...state, status: as, ...finished });
    await queue.withdraw(listed.key);
    await queue.saveListing({ ...listed, ended: as });
  } finally {
    await lock.release();
  }
}
