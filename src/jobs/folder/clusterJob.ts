import { mkdir, realpath, symlink } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import { pathBelow } from '../../dataset/files/datasetPath';
import { JobError } from '../JobError';
import { JobFolder, type NewJob } from './JobFolder';
import type { ClusterPlace, JobManifest, SharedModel } from '../jobTypes';
import type { TaggerModel } from '../../protocol/tagging/captionOptions';

/** The name of the queue unless the user names one. */
export const defaultQueue = 'dataset-captions';

/** How many images a worker takes at a time: some seconds to minutes of work, which is what is done again after a loss. */
export const shardSizes = { smallest: 1, usual: 1024, largest: 2048 } as const;

/** Where the jobs of a dataset are that a cluster works on: beside the images, hidden, on the disk that all machines share. */
export function sharedJobsFolder(dataset: string): string {
  return path.join(dataset, '.dataset-captions', 'jobs');
}

export interface NewClusterJob {
  queue: string;
  /** the folder that all machines share, as this one has it; the dataset and the jobs must lie in it */
  mount: string;
  shardSize: number;
  /** what each of `setup.models` is called on other machines */
  modelNames: readonly string[];
  /** where the job will be, such as {@link sharedJobsFolder} */
  jobsFolder: string;
}

/**
 * What a job becomes when a cluster is to work on it. Make its folder with {@link JobFolder.create} in `jobsFolder`; nothing
 * begins by that: whoever follows it hands its shards to the queue.
 * @throws JobError NOT_SHARED; errors of the file system
 */
export async function clusterJob(
  job: Omit<NewJob, 'place'>,
  { queue, mount, shardSize, modelNames, jobsFolder }: NewClusterJob,
): Promise<NewJob> {
  const dataset = await pathOnShared(mount, job.root);
  if (dataset === undefined)
    throw notShared(
      l10n.t(
        'The dataset {0} is not below {1}, so that other machines would not find it. Name the folder that all machines share with --root.',
        job.root,
        mount,
      ),
      job.root,
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
  const models = await Promise.all(
    job.tagger.setup.models.map((model, index) => sharedModel(model, modelNames[index], mount)),
  );
  // The dataset's place below the shared folder is the end of the path, so that the shared folder can be told from it.
  const root = path.join(path.resolve(mount), dataset);
  const tagger = { ...job.tagger, environment: {} };
  return { ...job, root, tagger, place: { kind: 'cluster', queue, dataset, shardSize, models } };
}

/**
 * Lists a job that lies on the shared disk among the jobs of this machine: a link to its folder.
 * @param jobsFolder of this machine
 * @throws errors of the file system
 */
export async function linkJob(jobsFolder: string, folder: JobFolder): Promise<JobFolder> {
  await mkdir(jobsFolder, { recursive: true, mode: 0o700 });
  const link = path.join(jobsFolder, folder.id);
  // Of a folder, and allowed to everybody on Windows.
  await symlink(await realpath(folder.path), link, 'junction');
  return new JobFolder(link);
}

/** The folder that all machines share, as the machine that made the job has it. */
export function mountOf({ root }: Pick<JobManifest, 'root'>, { dataset }: ClusterPlace): string {
  return path.resolve(root, ...dataset.split('/').flatMap((name) => (name === '' ? [] : ['..'])));
}

/** The path of a file below the folder that all machines share, with `/`; undefined for what lies elsewhere. */
export async function pathOnShared(mount: string, file: string): Promise<string | undefined> {
  const direct = pathBelow(path.resolve(mount), path.resolve(file));
  if (direct !== undefined) return direct;
  // Either may have been reached through a link.
  return pathBelow(await realpath(mount), await realpath(file));
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
