import { existsSync } from 'node:fs';
import path from 'node:path';
import { formatBytes } from '../../protocol/text/formatBytes';
import type { FoundModel, ModelFolders, ModelListing } from '../../protocol/tagging/modelListing';
import type { TaggerProcess } from '../../protocol/child/TaggerProcess';
import { RemoteError } from '../../protocol/channel/wireError';
import { UsageError } from '../shared/UsageError';

/** How a model is found or downloaded. */
export interface ResolveOptions {
  folders: ModelFolders;
  /** download it if it is not on this machine */
  download: boolean;
  /** only the list of its tags is needed, as a server runs the model */
  tagsOnly?: boolean;
  signal: AbortSignal;
}

/**
 * Finds the files of a model by its name. Downloads them only if that is allowed, and never takes another version of
 * the model for it.
 * @param id in the catalogue, or the name of a model in the extra folders
 * @throws UsageError if it is not there; the message says how to get it
 */
export async function resolveModel(
  tagger: TaggerProcess,
  id: string,
  { folders, download, tagsOnly = false, signal }: ResolveOptions,
): Promise<FoundModel> {
  const listing = await findListing(tagger, id, folders, signal);
  const { found } = listing;
  if (found !== undefined && (found.verified || !listing.inCatalogue)) return found;
  if (download) return downloadModel(tagger, id, folders, signal, tagsOnly);
  if (tagsOnly) return downloadedTags(id, folders);
  const advice = `"models download ${id}" gets it (${formatBytes(listing.approximateSize)})`;
  throw new UsageError(
    found === undefined
      ? `${id} is not on this machine: ${advice}.`
      : `There is another version of ${id} in ${found.folder}. ${advice}; to use the other one, name its folder.`,
  );
}

/** The files of a model of which an earlier download has at least the tags. @throws UsageError if it has not */
function downloadedTags(id: string, { downloadFolder }: ModelFolders): FoundModel {
  const folder = path.join(downloadFolder, id);
  const files = { model: path.join(folder, 'model.onnx'), tags: path.join(folder, 'selected_tags.csv') };
  if (existsSync(files.tags)) return { source: 'download', folder, ...files, verified: false };
  throw new UsageError(`The tags of ${id} are not on this machine: --download gets them, without the model.`);
}

/**
 * Downloads a model of the catalogue, unless it is on this machine.
 * @param tagsOnly download only the list of its tags
 * @throws UsageError with what went wrong; the signal's reason
 */
export async function downloadModel(
  tagger: TaggerProcess,
  id: string,
  folders: ModelFolders,
  signal: AbortSignal,
  tagsOnly = false,
): Promise<FoundModel> {
  return explained(
    async () => (await tagger.request('downloadModel', { id, folders, token: undefined, tagsOnly }, signal)).found,
  );
}

/** The listing of a model. @throws UsageError if there is no such model */
export async function findListing(
  tagger: TaggerProcess,
  id: string,
  folders: ModelFolders,
  signal: AbortSignal,
): Promise<ModelListing> {
  const { models } = await tagger.request('listModels', { folders }, signal);
  const listing = models.find((model) => model.id === id);
  if (listing !== undefined) return listing;
  throw new UsageError(`There is no model "${id}". There are ${models.map((model) => model.id).join(', ')}.`);
}

/** Runs a request about models. Turns errors of the download, such as those of the network, into a UsageError. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof RemoteError) || thrown.name !== 'DownloadError') throw thrown;
    throw new UsageError(`${thrown.message} (${thrown.path ?? ''})`);
  }
}
