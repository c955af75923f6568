import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { pathBelow } from '../../dataset/files/datasetPath';
import { JobError } from '../JobError';
import { JobFolder, type NewCaptionerJob, type NewTaggerJob } from './JobFolder';
import type { ClusterPlace, JobManifest, SharedModel } from '../jobTypes';
import type { TaggerModel } from '../../protocol/tagging/captionOptions';
import { realPath } from '../../base/realPath';

/** The name of the queue unless the user names one. */
export const defaultQueue = 'dataset-captions';

/** Images per shard. A shard takes seconds to minutes; that much work is repeated when a worker is lost. */
export const shardSizes = { smallest: 1, usual: 1024, largest: 2048 } as const;

/** Where the cluster jobs of a dataset are: a hidden folder in the dataset, on the disk that all machines share. */
export function sharedJobsFolder(dataset: string): string {
  return path.join(dataset, '.dataset-captions', 'jobs');
}

export interface NewClusterJob {
  queue: string;
  /** path of the shared folder on this machine; the dataset and the jobs must lie in it */
  mount: string;
  shardSize: number;
  /** where the job will be, such as {@link sharedJobsFolder} */
  jobsFolder: string;
}

/**
 * Turns a job by a tagger into one for a cluster. Create its folder with {@link JobFolder.create} in `jobsFolder`. That
 * alone starts nothing: a `ClusterJobRun` submits its shards to the queue.
 * @param cluster.modelNames what each of `setup.models` is called on other machines
 * @throws JobError NOT_SHARED; errors of the file system
 */
export async function clusterJob(
  job: Omit<NewTaggerJob, 'place'>,
  cluster: NewClusterJob & { modelNames: readonly string[] },
): Promise<NewTaggerJob> {
  const { root, place } = await sharedPlace(job.root, cluster);
  const { mount, modelNames } = cluster;
  const models = await Promise.all(
    job.tagger.setup.models.map((model, index) => sharedModel(model, modelNames[index], mount)),
  );
  const tagger = { ...job.tagger, environment: {} };
  return { ...job, root, tagger, place: { ...place, models } };
}

/**
 * Turns a job by a captioner into one for a cluster. Each worker asks the servers of its own captioner of that name.
 * @throws as {@link clusterJob}
 */
export async function clusterCaptionerJob(
  job: Omit<NewCaptionerJob, 'place'>,
  cluster: NewClusterJob,
): Promise<NewCaptionerJob> {
  return { ...job, ...(await sharedPlace(job.root, cluster)) };
}

/** Where a job is on the disk that all machines share. */
async function sharedPlace(
  folder: string,
  { queue, mount, shardSize, jobsFolder }: NewClusterJob,
): Promise<{ root: string; place: ClusterPlace }> {
  const dataset = await pathOnShared(mount, folder);
  if (dataset === undefined)
    throw notShared(
      l10n.t(
        'The dataset {0} is not below {1}, so that other machines would not find it. Name the folder that all machines share with --root.',
        folder,
        mount,
      ),
      folder,
    );
  await mkdir(jobsFolder, { recursive: true });
  if ((await pathOnShared(mount, jobsFolder)) === undefined)
    throw notShared(
      l10n.t(
        'The folder of jobs {0} is not below {1}, so that other machines would not find it. Name the folder that all machines share with --root.',
        jobsFolder,
        mount,
      ),
      jobsFolder,
    );
  // The path must end with the dataset's path below the shared folder: `mountOf` takes that off to find the folder.
  const root = path.join(path.resolve(mount), dataset);
  return { root, place: { kind: 'cluster', queue, dataset, shardSize, models: [] } };
}

/**
 * Links a job on the shared disk into the jobs folder of this machine, so that it is listed here.
 * @param jobsFolder of this machine; created if missing
 * @returns the job by the path of the link
 * @throws errors of the file system
 */
export async function linkJob(jobsFolder: string, folder: JobFolder): Promise<JobFolder> {
  await mkdir(jobsFolder, { recursive: true, mode: 0o700 });
  const link = path.join(jobsFolder, folder.id);
  // Unlike other links, junctions may be made by every user on Windows.
  await symlink(await realPath(folder.path), link, 'junction');
  return new JobFolder(link);
}

/** The path of the shared folder on the machine that made the job. */
export function mountOf({ root }: Pick<JobManifest, 'root'>, { dataset }: ClusterPlace): string {
  return path.resolve(root, ...dataset.split('/').flatMap((name) => (name === '' ? [] : ['..'])));
}

/**
 * The path of a file relative to the shared folder, with `/`; undefined if it lies elsewhere.
 * @param mount path of the shared folder on this machine
 * @throws errors of the file system, if a path does not exist
 */
export async function pathOnShared(mount: string, file: string): Promise<string | undefined> {
  const direct = pathBelow(path.resolve(mount), path.resolve(file));
  if (direct !== undefined) return direct;
  // One of the two paths may lead through a link.
  return pathBelow(await realPath(mount), await realPath(file));
}

async function sharedModel(model: TaggerModel, name: string | undefined, mount: string): Promise<SharedModel> {
  const named = { name: name ?? path.basename(model.folder) };
  const folder = await pathOnShared(mount, model.folder);
  if (folder === undefined) return named;
  if (model.files === undefined) return { ...named, shared: { folder } };
  const file = await pathOnShared(mount, model.files.model);
  const tags = await pathOnShared(mount, model.files.tags);
  return file === undefined || tags === undefined
    ? named
    : { ...named, shared: { folder, files: { model: file, tags } } };
}

function notShared(message: string, given: string): JobError {
  return new JobError('NOT_SHARED', message, given);
}
