import type { RequestHandlers } from '../protocol/Channel';
import type { DownloadProgress } from '../protocol/modelListing';
import type { TaggerRequests } from '../protocol/taggerProtocol';

/** What the child answers about models: which there are, and getting them. */
export function modelHandlers(
  onProgress: (progress: DownloadProgress) => void,
): Pick<RequestHandlers<TaggerRequests>, 'listModels' | 'downloadModel' | 'deleteModel'> {
  const notBuilt = (): never => {
    throw new Error('not built yet');
  };
  return { listModels: notBuilt, downloadModel: notBuilt, deleteModel: notBuilt };
}
