import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import * as l10n from '@vscode/l10n';
import type { DownloadProgress, FoundModel } from '../../protocol/tagging/modelListing';
import { DownloadError } from '../download/DownloadError';
import { downloadFile } from '../download/downloadFile';
import type { DownloadEnvironment } from '../download/downloadRequest';
import { modelFileName, tagsFileName, type CatalogueModel, type PinnedFile } from './catalogue';
import { downloadedFolder } from './downloadedFiles';
import { findModel, type ModelSearch } from './findModels';
import { hubSettings, type HubSettings } from './hubSettings';
import { thisMachine } from './modelPlaces';
import { isPinnedFile, VerifiedFiles } from './VerifiedFiles';

/** Which model to download, where to, and how to follow and cancel it. */
export interface ModelDownload extends ModelSearch {
  id: string;
  /** an access token that wins over those of the environment */
  token: string | undefined;
  /** only the list of its tags, for a model that a server has */
  tagsOnly?: boolean | undefined;
  onProgress: (progress: DownloadProgress) => void;
  environment?: Partial<DownloadEnvironment>;
}

/**
 * The pinned version of a model: where it already is on this machine, else downloaded into the download folder.
 * With `tagsOnly` no model needs to be there, and the file of the model that the result names may be missing.
 * @throws DownloadError; what was downloaded so far stays for the next time
 */
export async function downloadModel(request: ModelDownload): Promise<FoundModel> {
  const { id, folders, signal } = request;
  const scope = request.scope ?? thisMachine();
  const model = catalogueModel(request.catalogue, id);
  const folder = downloadedFolder(folders, model);
  const found = await findModel(model, request);
  if (found?.verified === true) return found;
  const files = { model: path.join(folder, modelFileName), tags: path.join(folder, tagsFileName) };
  const onlyTags: FoundModel = { source: 'download', folder, ...files, verified: false };
  if (request.tagsOnly === true && (await isPinnedFile(files.tags, model.tags))) return onlyTags;
  const hub = await hubSettings(scope, request.token);
  if (hub.offlineBy !== undefined) {
    const message = l10n.t(
      '{0} is not on this machine, and {1} forbids to download it. Unset it, or name the folder that has the model.',
      id,
      hub.offlineBy,
    );
    throw new DownloadError('OFFLINE', folder, message);
  }
  const tagsSize = model.tags.size ?? 0;
  const get = async (
    target: string,
    pinned: PinnedFile,
    before: number,
    after: number,
    approximateSize: number,
  ): Promise<void> => {
    await downloadFile({
      url: `${hub.endpoint}/${model.repo}/resolve/${model.commit}/${path.basename(target)}`,
      target,
      size: pinned.size,
      hash: { algorithm: 'sha256', encoding: 'hex', digest: pinned.sha256 },
      token: tokenFor(hub),
      timeout: hub.timeout,
      signal,
      ...(request.environment === undefined ? {} : { environment: request.environment }),
      // The files of a model share one progress.
      onProgress: (progress) => {
        request.onProgress({
          ...progress,
          id,
          receivedBytes: before + progress.receivedBytes,
          totalBytes: before + (progress.totalBytes === 0 ? approximateSize : progress.totalBytes) + after,
        });
      },
    });
  };
  try {
    // The tags first: a folder with a model in it is a complete one.
    const rest = request.tagsOnly === true ? 0 : model.model.approximateSize;
    await get(files.tags, model.tags, 0, rest, tagsSize);
    if (request.tagsOnly === true) return onlyTags;
    await get(files.model, model.model, tagsSize, 0, model.model.approximateSize);
  } catch (thrown) {
    // Removes only an empty folder.
    await rmdir(folder).catch(() => undefined);
    throw withTokenAdvice(thrown, hub);
  }
  await new VerifiedFiles(folders.downloadFolder).remember(files.model, model.model.sha256);
  return { source: 'download', folder, ...files, verified: true };
}

/** @throws DownloadError NOT_IN_CATALOGUE */
export function catalogueModel(catalogue: readonly CatalogueModel[], id: string): CatalogueModel {
  const model = catalogue.find((entry) => entry.id === id);
  if (model !== undefined) return model;
  const names = catalogue.map((entry) => entry.id).join(', ');
  throw new DownloadError(
    'NOT_IN_CATALOGUE',
    id,
    l10n.t('There is no such model in the catalogue. It has {0}.', names),
  );
}

function tokenFor({ endpoint, token }: HubSettings): { value: string; origin: string } | undefined {
  if (token === undefined || !URL.canParse(endpoint)) return undefined;
  return { value: token.value, origin: new URL(endpoint).origin };
}

/** Names the token that was refused: it may come from a file that the user forgot. */
function withTokenAdvice(thrown: unknown, { endpoint, token }: HubSettings): unknown {
  if (!(thrown instanceof DownloadError) || token === undefined) return thrown;
  if (thrown.code !== 'UNAUTHORIZED' && thrown.code !== 'FORBIDDEN') return thrown;
  const status = thrown.code === 'UNAUTHORIZED' ? 401 : 403;
  const advice =
    thrown.code === 'UNAUTHORIZED'
      ? l10n.t('Renew or remove it.')
      : l10n.t('If the model is gated, accept its licence in the browser with the same account.');
  const message = `${l10n.t('{0} refused the access token ({1}), which is from {2}.', endpoint, status, token.from)} ${advice}`;
  return new DownloadError(thrown.code, thrown.path, message, thrown);
}
