import PQueue from 'p-queue';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { TaggerRequests } from '../../protocol/tagging/taggerProtocol';
import { availableCores } from '../native/availableCores';
import { loadSharp } from '../native/nativePackages';
import { makeThumbnail, readImageInfo } from '../pictures/thumbnail';

/**
 * The tagger process's handlers for pictures that people look at. One thumbnail for each core is made at a time; the
 * others are queued by rank, and one that is cancelled while it is queued is never begun.
 * @param onDecoding called right before a decoder gets an image, of which it may crash
 * @param slots how many thumbnails are made at a time
 */
export function pictureHandlers(
  onDecoding: (imagePath: string) => void,
  slots = availableCores(),
): Pick<RequestHandlers<TaggerRequests>, 'makeThumbnail' | 'readImageInfo'> {
  const queue = new PQueue({ concurrency: slots });
  return {
    makeThumbnail: (order, signal) =>
      queue.add(
        () => {
          // Not the queue's own signal: that would free the slot of a picture that sharp is still working on.
          signal.throwIfAborted();
          // First, as a library that cannot be loaded is no image's fault.
          loadSharp();
          onDecoding(order.imagePath);
          return makeThumbnail(order);
        },
        { priority: -(order.rank ?? 0) },
      ),
    // Only the header is read, so it need not be queued.
    readImageInfo: ({ imagePath }) => readImageInfo(imagePath),
  };
}
