import PQueue from 'p-queue';
import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { TaggerRequests } from '../../protocol/tagging/taggerProtocol';
import { availableCores } from '../native/availableCores';
import { makeThumbnail, readImageInfo } from '../pictures/thumbnail';

/**
 * What the child answers about pictures for people: as many are made at a time as there are cores, the others wait for
 * their turn, and one that is called off while it waits is never begun.
 * @param slots how many are made at a time
 */
export function pictureHandlers(
  slots = availableCores(),
): Pick<RequestHandlers<TaggerRequests>, 'makeThumbnail' | 'readImageInfo'> {
  const line = new PQueue({ concurrency: slots });
  return {
    makeThumbnail: (order, signal) =>
      line.add(
        () => {
          // Not the queue's own signal: that would free the slot of a picture that sharp is still working on.
          signal.throwIfAborted();
          return makeThumbnail(order);
        },
        { priority: -(order.rank ?? 0) },
      ),
    // Headers only: no reason to wait behind pictures.
    readImageInfo: ({ imagePath }) => readImageInfo(imagePath),
  };
}
