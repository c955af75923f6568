import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { mountOf, pathOnShared } from '../jobs/folder/clusterJob';
import { JobError } from '../jobs/JobError';
import type { ImageOutcome } from '../jobs/imageOutcomes';
import { jobFault, JobFaultError } from '../jobs/run/jobFault';
import { manifestFile, type JobFolder } from '../jobs/folder/JobFolder';
import { jobInfo } from '../jobs/folder/jobInfo';
import type { ClusterPlace, JobFaultCode, JobManifest } from '../jobs/jobTypes';
import { JobRunBase, type RunListener } from '../jobs/run/JobRunBase';
import { snapshotBeforeJob, withoutSnapshot } from '../jobs/run/snapshotBeforeJob';
import { auditJob } from './auditJob';
import { ClusterError } from './ClusterError';
import { ImageList } from './ImageList';
import { JournalTail } from './JournalTail';
import type { ListedJob, OpenShards, ShardQueue } from './ShardQueue';
import { hashOf, jobKey, planShards } from './shards';

/** Interval of reading the workers' journals, in milliseconds. */
const journalPoll = 500;
/** Interval of asking the queue, in milliseconds. */
const queuePoll = 1500;
/** Minimum time between two writes of `state.json` while only counts change, in milliseconds. */
const statePause = 3000;
/** How often images without an outcome are submitted again after the queue has run empty. */
const maxRounds = 3;

export interface ClusterJobRunOptions extends RunListener {
  /** URL of the queue's server, with its password; undefined if it is not known here */
  redisUrl: string | undefined;
  /** retry the images that failed */
  retryFailed?: boolean;
  /** ask again for the images whose answers are flagged */
  retryFlagged?: boolean;
  /** submit what is missing and check once, then leave the job to the workers and to later runs */
  once?: boolean;
}

/**
 * One run of a cluster job: submits its shards to the queue and polls the journals of the workers until the job is
 * done. When the queue is empty, submits what is missing again. The workers do not need this run: it can end at any
 * time, and a later run finds everything in the job's folder and in the queue.
 */
export class ClusterJobRun extends JobRunBase {
  private queue: ShardQueue | undefined;
  private listed: ListedJob | undefined;
  private rounds = 0;

  /** @param manifest of a cluster job, as read from the job's folder */
  constructor(
    folder: JobFolder,
    manifest: JobManifest,
    private readonly options: ClusterJobRunOptions,
  ) {
    super(folder, manifest, options, statePause);
  }

  protected async runLocked(): Promise<undefined> {
    const { folder } = this;
    const { place } = this.manifest;
    if (place.kind !== 'cluster')
      throw new JobError('JOB_UNREADABLE', l10n.t('This is not a job of a cluster.'), folder.path);
    const images = await ImageList.read(folder.path);
    const tail = new JournalTail(folder.path, images);
    try {
      try {
        await this.begin(tail, place);
        await this.pollUntilDone(tail, images, place);
      } catch (thrown) {
        if (!this.isStopped()) this.fault ??= clusterFault(thrown);
      }
      await this.end(tail);
    } finally {
      await this.queue?.close();
    }
  }

  private async begin(tail: JournalTail, place: ClusterPlace): Promise<void> {
    const { state } = this;
    delete state.fault;
    await tail.update();
    const { retryFailed = false, retryFlagged = false } = this.options;
    const again: ImageOutcome[] = [
      ...(retryFailed ? ['failed' as const] : []),
      ...(retryFlagged ? ['flagged' as const] : []),
    ];
    if (again.length > 0) await tail.retry(new Set(again));
    Object.assign(state, { counts: { ...tail.counts }, failures: [...tail.failures] });
    if (this.options.redisUrl === undefined) {
      throw new JobFaultError(
        'CLUSTER_UNREACHABLE',
        l10n.t('The address of the queue {0} is not known here.', place.queue),
      );
    }
    this.update({
      ...jobInfo(this.manifest, { ...state, status: 'running' }, false),
      message: l10n.t('Asking the queue…'),
    });
    // Imported only now, as local jobs do not need the packages of the queue.
    const queue = await import('./ShardQueue');
    this.queue = await queue.ShardQueue.connect(this.options.redisUrl, place.queue, this.signal);
    // Before the workers get anything.
    const problem = state.started === undefined ? await snapshotBeforeJob(this.manifest, this.signal) : undefined;
    if (problem !== undefined) {
      state.execution = [withoutSnapshot(problem)];
      this.update({ execution: state.execution });
    }
    delete state.finished;
    delete state.reverted;
    Object.assign(state, { status: 'running', started: state.started ?? new Date().toISOString() });
    // Write the state before a worker gets a shard: workers ignore a job whose state is paused or cancelled.
    await this.folder.writeState(state);
  }

  private async pollUntilDone(tail: JournalTail, images: ImageList, place: ClusterPlace): Promise<void> {
    const { signal } = this;
    const listed = await this.makeListing(images, place);
    this.listed = listed;
    await this.queue?.saveListing(listed);
    await this.submitMissing(tail, images, place, listed);
    for (let asked = 0; !this.isStopped();) {
      if (tail.handled >= images.length) {
        await auditJob(this.manifest, images, tail, signal);
        return;
      }
      if (performance.now() - asked >= queuePoll || this.options.once === true) {
        await this.checkQueue(tail, images, place, listed);
        asked = performance.now();
        if (this.options.once === true && tail.handled < images.length) {
          this.stop('running');
          return;
        }
      }
      await delay(journalPoll, undefined, { signal }).catch(() => undefined);
      await this.readJournals(tail, images);
    }
  }

  private isStopped(): boolean {
    return this.signal.aborted;
  }

  /** Reads what the workers appended to their journals. */
  private async readJournals(tail: JournalTail, images: ImageList): Promise<void> {
    await tail.update((index, failure) => {
      this.reportHandled(images.path(index), failure);
    });
    this.updateCounts({ counts: { ...tail.counts }, failures: [...tail.failures] });
  }

  /** Submits every shard that has an image without an outcome. Idempotent. */
  private async submitMissing(
    tail: JournalTail,
    images: ImageList,
    place: ClusterPlace,
    listed: ListedJob,
  ): Promise<void> {
    const job = {
      job: this.folder.id,
      folder: listed.folder,
      generation: tail.generation,
      manifest: hashOf(await readFile(path.join(this.folder.path, manifestFile))),
    };
    const shards = planShards(job, images, place.shardSize, (index) => tail.isOpen(index));
    if (shards.length > 0) await this.queue?.add(listed.key, shards);
  }

  /** Checks whether somebody stopped the job, and once the queue is empty, whether every image has an outcome. */
  private async checkQueue(
    tail: JournalTail,
    images: ImageList,
    place: ClusterPlace,
    listed: ListedJob,
  ): Promise<void> {
    const { queue } = this;
    if (queue === undefined) return;
    let open: OpenShards;
    try {
      const wanted = (await queue.listed(listed.id))?.wanted;
      if (wanted !== undefined) {
        this.stop(wanted);
        return;
      }
      open = await queue.open(listed.key);
      this.update({ message: await this.describeWork(queue, open, listed) });
    } catch (thrown) {
      // Continue: the workers may still reach the queue, and their journals show what they do.
      if (!(thrown instanceof ClusterError)) throw thrown;
      this.update({ message: l10n.t('{0} Trying again…', thrown.message) });
      return;
    }
    if (open.waiting.length + open.active.length + open.delayed.length > 0) return;
    // Workers write outcomes to their journals before they tell the queue: read those that are new.
    await this.readJournals(tail, images);
    const { missing } = await auditJob(this.manifest, images, tail, this.signal);
    if (missing === 0) return;
    const reason = open.failed.length === 0 ? undefined : await queue.lastFailure(listed.key);
    const fault = reason === undefined ? undefined : faultOf(reason);
    if (fault !== undefined) throw fault;
    if (this.rounds++ >= maxRounds) {
      const message = l10n
        .t('{0} images still have no outcome after {1} more tries. {2}', missing, maxRounds, reason ?? '')
        .trim();
      throw new JobFaultError('TAGGER_FAILED', l10n.t('{0} The logs of the workers say more.', message));
    }
    await this.submitMissing(tail, images, place, listed);
  }

  private async describeWork(queue: ShardQueue, open: OpenShards, listed: ListedJob): Promise<string> {
    const { waiting, active, delayed } = open;
    const parts: string[] = [];
    if (active.length > 0) parts.push(active.length === 1 ? l10n.t('1 worker') : l10n.t('{0} workers', active.length));
    else if (waiting.length > 0) {
      const workers = await queue.countWorkers();
      parts.push(workers === 0 ? l10n.t('No worker yet') : l10n.t('Waiting for a worker'));
    }
    if (delayed.length > 0) {
      const reason = await queue.lastFailure(listed.key);
      parts.push(
        reason === undefined
          ? l10n.t('{0} shards will be tried again', delayed.length)
          : l10n.t('{0} shards will be tried again: {1}', delayed.length, reason),
      );
    }
    return parts.join(', ');
  }

  private async makeListing(images: ImageList, place: ClusterPlace): Promise<ListedJob> {
    const mount = mountOf(this.manifest, place);
    const folder = await pathOnShared(mount, this.folder.path);
    if (folder === undefined) {
      throw new JobError('NOT_SHARED', l10n.t('The job does not lie below {0}.', mount), this.folder.path);
    }
    const manifest = await readFile(path.join(this.folder.path, manifestFile), 'utf8');
    const { label, created, total, id } = this.manifest;
    return {
      id,
      label,
      folder,
      dataset: place.dataset,
      key: jobKey(folder, manifest, images),
      images: total,
      created,
      shards: Math.ceil(total / place.shardSize),
    };
  }

  private async end(tail: JournalTail): Promise<void> {
    const isDone = tail.handled >= this.manifest.total;
    const status = isDone ? 'completed' : this.fault !== undefined ? 'paused' : (this.stopped ?? 'running');
    // Write the state first, so that the workers see it; only then remove the waiting shards.
    await this.finish(status);
    if (status === 'running' || this.listed === undefined) return;
    const { key } = this.listed;
    try {
      await this.queue?.withdraw(key);
      await this.queue?.saveListing({ ...this.listed, ended: status });
    } catch {
      // A worker that takes one of the remaining shards sees in the job's folder that there is nothing to do.
    }
  }
}

const faultCodes: ReadonlySet<string> = new Set<JobFaultCode>([
  'DISK_FULL',
  'READ_ONLY',
  'DISK_ERROR',
  'FOLDER_MISSING',
  'MODEL_CHANGED',
  'PROVIDER_LOST',
  'TAGGER_FAILED',
]);

/** The fault that a worker reported for a shard; undefined if the shard was only lost too often. */
function faultOf(reason: string): JobFaultError | undefined {
  const [, code, message] = /^([A-Z_]+): (.*)$/s.exec(reason) ?? [];
  if (code === undefined || message === undefined || !faultCodes.has(code)) return undefined;
  return new JobFaultError(code as JobFaultCode, l10n.t('A worker says: {0}', message));
}

function clusterFault(thrown: unknown): JobFaultError {
  if (!(thrown instanceof ClusterError)) return jobFault(thrown);
  return new JobFaultError('CLUSTER_UNREACHABLE', l10n.t('{0} When it works again, resume.', thrown.message), thrown);
}
