import PQueue from 'p-queue';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { TaggerRequests } from '../../protocol/tagging/taggerProtocol';
import { availableCores } from '../native/availableCores';
import { loadSharp } from '../native/nativePackages';
import { prepareJpeg } from '../pictures/prepareJpeg';
import { makeThumbnail, readImageInfo } from '../pictures/thumbnail';

/**
 * The tagger process's handlers for pictures that people or vision-language models look at. One picture for each core
 * is made at a time; the others are queued by rank, and one that is cancelled while it is queued is never begun.
 * @param onDecoding called right before a decoder gets an image, of which it may crash
 * @param slots how many pictures are made at a time
 */
export function pictureHandlers(
  onDecoding: (imagePath: string) => void,
  slots = availableCores(),
): Pick<RequestHandlers<TaggerRequests>, 'makeThumbnail' | 'prepareJpeg' | 'readImageInfo'> {
  const queue = new PQueue({ concurrency: slots });
  const inTurn = <T>(imagePath: string, rank: number, signal: AbortSignal, make: () => Promise<T>): Promise<T> =>
    queue.add(
      () => {
        // Not the queue's own signal: that would free the slot of a picture that sharp is still working on.
        signal.throwIfAborted();
        // First, as a library that cannot be loaded is no image's fault.
        loadSharp();
        onDecoding(imagePath);
        return make();
      },
      { priority: -rank },
    );
  return {
    makeThumbnail: (order, signal) => inTurn(order.imagePath, order.rank ?? 0, signal, () => makeThumbnail(order)),
    prepareJpeg: (order, signal) => inTurn(order.imagePath, 0, signal, () => prepareJpeg(order)),
    // Only the header is read, so it need not be queued.
    readImageInfo: ({ imagePath }) => readImageInfo(imagePath),
  };
}
