import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { DownloadProgress } from '../../protocol/tagging/modelListing';
import type { ModelHash, TaggerRequests } from '../../protocol/tagging/taggerProtocol';
import { hashModel } from '../inference/modelFiles';
import { catalogue } from '../models/catalogue';
import { deleteModel } from '../models/deleteModel';
import { downloadModel } from '../models/downloadModel';
import { listModels } from '../models/findModels';
import { hashServerModel } from '../server/ServerTagger';

/** The tagger process's handlers for models: hashing, listing, downloading and deleting them. */
export function modelHandlers(
  onProgress: (progress: DownloadProgress) => void,
): Pick<RequestHandlers<TaggerRequests>, 'hashModels' | 'listModels' | 'downloadModel' | 'deleteModel'> {
  return {
    hashModels: async ({ setup }, signal) => {
      const hashes: ModelHash[] = [];
      for (const model of setup.models) {
        const onServer = setup.execution.provider === 'server';
        hashes.push(await (onServer ? hashServerModel(model, setup.execution, signal) : hashModel(model, signal)));
      }
      return { hashes };
    },
    listModels: async ({ folders }, signal) => ({
      models: await listModels({ catalogue: catalogue(), folders, signal }),
    }),
    downloadModel: async ({ id, folders, token, tagsOnly }, signal) => ({
      found: await downloadModel({ catalogue: catalogue(), id, folders, token, tagsOnly, signal, onProgress }),
    }),
    deleteModel: async ({ id, folders }, signal) => ({
      freedBytes: await deleteModel(id, { catalogue: catalogue(), folders, signal }),
    }),
  };
}
