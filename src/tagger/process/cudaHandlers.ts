import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { DownloadProgress } from '../../protocol/tagging/modelListing';
import type { TaggerRequests } from '../../protocol/tagging/taggerProtocol';
import { findCuda } from '../cuda/findCuda';
import { installCuda } from '../cuda/installCuda';

/** What the child answers about CUDA: whether it is there, and getting it. */
export function cudaHandlers(
  onProgress: (progress: DownloadProgress) => void,
): Pick<RequestHandlers<TaggerRequests>, 'findCuda' | 'installCuda'> {
  return {
    findCuda: (search) => findCuda(search),
    installCuda: ({ installFolder }, signal) => installCuda({ installFolder, onProgress, signal }),
  };
}
