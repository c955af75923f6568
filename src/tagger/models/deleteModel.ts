import * as l10n from '@vscode/l10n';
import { DownloadError } from '../download/DownloadError';
import { deleteDownload } from './downloadedFiles';
import { catalogueModel } from './downloadModel';
import { findModel, type ModelSearch } from './findModels';

/**
 * Deletes a downloaded model, or what there is of it. Other programs' models are never touched.
 * @returns the bytes that are free now; 0 where nothing was there
 * @throws DownloadError NOT_OURS where only another program has it; those of {@link deleteDownload}
 */
export async function deleteModel(id: string, search: ModelSearch): Promise<number> {
  const model = catalogueModel(search.catalogue, id);
  const freed = await deleteDownload(search.folders, model);
  if (freed > 0) return freed;
  const found = await findModel(model, search);
  if (found === undefined || found.source === 'download') return freed;
  const message = l10n.t(
    'The model belongs to another program and stays. Delete it there if you do not need it any more.',
  );
  throw new DownloadError('NOT_OURS', found.folder, message);
}
