import { existsSync } from 'node:fs';
import path from 'node:path';
import { staysInside } from '../dataset/files/datasetPath';
import { JobFaultError } from '../jobs/run/jobFault';
import type { ClusterPlace, JobTagger, SharedModel } from '../jobs/jobTypes';
import type { TaggerModel } from '../protocol/tagging/captionOptions';
import type { ExecutionOptions } from '../protocol/tagging/execution';
import type { ModelFolders } from '../protocol/tagging/modelListing';
import type { TaggerProcess } from '../protocol/child/TaggerProcess';
import type { ModelHash, TaggerSetup } from '../protocol/tagging/taggerProtocol';

/** Where a worker looks for the models of a job, and how it runs them. */
export interface LocalModels {
  /** path of the shared folder on this machine */
  root: string;
  /** folder of the built-in model */
  palette: string;
  folders: ModelFolders;
  /** download models of the catalogue that are not on this machine */
  download: boolean;
  /** execution options of this machine; they override those of the job */
  execution: Partial<ExecutionOptions>;
}

type Files = Pick<TaggerModel, 'folder' | 'files'>;
type Asked = Pick<TaggerProcess, 'request'>;

/** The name of the built-in model. */
export const paletteName = 'palette';

/**
 * The tagger of a job with the models of this machine. Each model is searched by its name and its paths, and is used
 * only if its hash is that of the job.
 * @throws JobFaultError MODEL_CHANGED; the signal's reason
 */
export async function localSetup(
  tagger: Asked,
  { setup, hashes }: JobTagger,
  place: ClusterPlace,
  local: LocalModels,
  signal: AbortSignal,
): Promise<TaggerSetup> {
  const execution = { ...setup.execution, ...local.execution, idleSeconds: 0 };
  const models: TaggerModel[] = [];
  for (const [index, model] of setup.models.entries()) {
    const { thresholds, serverModel } = model;
    const known = { thresholds, ...(serverModel === undefined ? {} : { serverModel }) };
    const shared = place.models[index] ?? { name: path.basename(model.folder) };
    const isSame = async (files: Files): Promise<boolean> => {
      const one = { models: [{ ...known, ...files }], merge: setup.merge, execution };
      const found = await tagger.request('hashModels', { setup: one }, signal).catch(() => undefined);
      signal.throwIfAborted();
      return found?.hashes[0] !== undefined && equal(found.hashes[0], hashes[index]);
    };
    const files = await find(tagger, model, shared, local, isSame, signal);
    models.push({ ...known, ...files });
  }
  return { models, merge: setup.merge, execution };
}

async function find(
  tagger: Asked,
  model: TaggerModel,
  shared: SharedModel,
  local: LocalModels,
  isSame: (files: Files) => Promise<boolean>,
  signal: AbortSignal,
): Promise<Files> {
  const { name } = shared;
  let others = 0;
  const tried = async (files: Files): Promise<boolean> => {
    if (!existsSync(files.files?.model ?? files.folder)) return false;
    const same = await isSame(files);
    if (!same) others++;
    return same;
  };
  for (const files of knownPlaces(model, shared, local)) if (await tried(files)) return files;
  const { models } = await tagger.request('listModels', { folders: local.folders }, signal);
  const listing = models.find(({ id }) => id === name);
  const found = listing?.found;
  if (found !== undefined) {
    const files = { folder: found.folder, files: { model: found.model, tags: found.tags } };
    if (await tried(files)) return files;
  }
  if (local.download && listing?.inCatalogue === true) {
    const loaded = await tagger.request(
      'downloadModel',
      { id: name, folders: local.folders, token: undefined },
      signal,
    );
    const files = { folder: loaded.found.folder, files: { model: loaded.found.model, tags: loaded.found.tags } };
    if (await tried(files)) return files;
  }
  throw new JobFaultError(
    'MODEL_CHANGED',
    others === 0
      ? `The model ${name} of the job is not on this machine. Put it there, or below the shared folder, or use --download.`
      : `The model ${name} on this machine is not the one that the job was made with. Put that one there.`,
  );
}

function* knownPlaces(model: TaggerModel, { name, shared }: SharedModel, local: LocalModels): Generator<Files> {
  if (name === paletteName) yield { folder: local.palette };
  if (shared !== undefined) {
    const here = (below: string): string => path.join(local.root, below);
    const { folder, files } = shared;
    // The paths come from another user: they must not lead out of the shared folder. The hash is checked afterwards.
    const isInside = [folder, ...Object.values(files ?? {})].every(staysInside);
    if (files === undefined && isInside) yield { folder: here(folder) };
    else if (files !== undefined && isInside)
      yield { folder: here(folder), files: { model: here(files.model), tags: here(files.tags) } };
  }
  // Machines that are set up alike have it at the same path as the machine that made the job.
  yield model.files === undefined ? { folder: model.folder } : { folder: model.folder, files: model.files };
}

function equal(a: ModelHash, b: ModelHash | undefined): boolean {
  return a.model === b?.model && a.tags === b.tags;
}
