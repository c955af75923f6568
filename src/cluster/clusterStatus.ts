import path from 'node:path';
import { JobFolder } from '../jobs/folder/JobFolder';
import { readJobInfo } from '../jobs/folder/jobInfo';
import type { JobInfo } from '../jobs/jobTypes';
import { ClusterJobRun } from './ClusterJobRun';
import { ShardQueue, type ListedJob, type OpenShards } from './ShardQueue';

/** A job of a queue, and its progress. */
export interface QueuedJob {
  listed: ListedJob;
  open: OpenShards;
  /** why a shard failed the last time; undefined if none did */
  failure: string | undefined;
  /** what its folder says; undefined if that cannot be read here */
  info: JobInfo | undefined;
}

export interface ClusterStatus {
  /** number of workers that are connected; undefined if the server does not say */
  workers: number | undefined;
  jobs: QueuedJob[];
}

/**
 * The jobs of a queue and their progress. With `root`, also submits shards that the queue lost and marks jobs that are
 * done as completed, unless another process runs the job.
 * @param root path of the shared folder on this machine
 * @throws ClusterError
 */
export async function clusterStatus(redisUrl: string, name: string, root: string | undefined): Promise<ClusterStatus> {
  const queue = await ShardQueue.connect(redisUrl, name);
  try {
    const jobs: QueuedJob[] = [];
    for (const listed of await queue.list()) {
      const folder = root === undefined ? undefined : new JobFolder(path.join(root, listed.folder));
      if (folder !== undefined && listed.ended === undefined) await submitMissing(folder, redisUrl);
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

async function submitMissing(folder: JobFolder, redisUrl: string): Promise<void> {
  try {
    const manifest = await folder.readManifest();
    await new ClusterJobRun(folder, manifest, { redisUrl, once: true, onChange: () => undefined }).run();
  } catch {
    // Another process runs the job, or its folder is gone; the status shows that.
  }
}

export type JobAction = 'pause' | 'resume' | 'cancel' | 'retryFailed';

/**
 * Pauses, resumes, cancels or retries a job of a queue. The workers learn it from the job's folder, its run from the
 * queue.
 * @param root path of the shared folder on this machine
 * @param id the id of the job, or its beginning or end
 * @returns the job; undefined if there is none with that id, or several
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
  const lock = await folder.tryLock();
  if (lock === undefined) {
    // The process that runs the job reads this within two seconds.
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
