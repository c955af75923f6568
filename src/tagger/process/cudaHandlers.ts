import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { DownloadProgress } from '../../protocol/tagging/modelListing';
import type { TaggerRequests } from '../../protocol/tagging/taggerProtocol';
import { findCuda } from '../cuda/findCuda';
import { installCuda } from '../cuda/installCuda';

/** The tagger process's handlers for CUDA: finding and installing it. */
export function cudaHandlers(
  onProgress: (progress: DownloadProgress) => void,
): Pick<RequestHandlers<TaggerRequests>, 'findCuda' | 'installCuda'> {
  return {
    findCuda: (search) => findCuda(search),
    installCuda: ({ installFolder }, signal) => installCuda({ installFolder, onProgress, signal }),
  };
}
