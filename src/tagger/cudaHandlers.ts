import type { RequestHandlers } from '../protocol/Channel';
import type { DownloadProgress } from '../protocol/modelListing';
import type { TaggerRequests } from '../protocol/taggerProtocol';

/** What the child answers about CUDA: whether it is there, and getting it. */
export function cudaHandlers(
  onProgress: (progress: DownloadProgress) => void,
): Pick<RequestHandlers<TaggerRequests>, 'findCuda' | 'installCuda'> {
  const notBuilt = (): never => {
    throw new Error('not built yet');
  };
  return { findCuda: notBuilt, installCuda: notBuilt };
}
