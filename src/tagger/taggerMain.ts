// The entry of the child process: sharp and ONNX Runtime run here and nowhere else. Each is loaded when it is first
// needed, so a process that makes thumbnails never holds the runtime.
import { Channel, type Port, type RequestHandlers } from '../protocol/Channel';
import type { TaggerRequests } from '../protocol/taggerProtocol';
import { LoadedTaggers } from './LoadedTaggers';
import type { OnnxTagger } from './OnnxTagger';
import { prepareImage } from './prepareImage';
import { scoresToCaption } from './scoresToCaption';
import { makeThumbnail } from './thumbnail';

const taggers = new LoadedTaggers();

const handlers: RequestHandlers<TaggerRequests> = {
  describeModel: ({ modelFolder }) =>
    taggers.use(modelFolder, ({ inputSize, tags, executionProvider }) => ({
      modelFolder,
      inputSize,
      tagCount: tags.length,
      executionProvider,
    })),
  captionImage: ({ imagePath, modelFolder, options }, signal) =>
    taggers.use(modelFolder, async (tagger) => {
      const scores = await scoreImage(tagger, imagePath, signal);
      return { caption: scoresToCaption(tagger.tags, scores, options) };
    }),
  scoreImage: ({ imagePath, modelFolder }, signal) =>
    taggers.use(modelFolder, async (tagger) => {
      const scores = await scoreImage(tagger, imagePath, signal);
      return { names: tagger.tags.map(({ name }) => name), scores };
    }),
  prepareImage: async ({ imagePath, size }) => ({ pixels: await prepareImage(imagePath, size) }),
  makeThumbnail: ({ imagePath, size, outputPath }, signal) => {
    signal.throwIfAborted();
    return makeThumbnail(imagePath, size, outputPath);
  },
};

/** Of several requests in flight, the later ones are decoded by libuv's threads while the runtime holds this thread. */
async function scoreImage(tagger: OnnxTagger, imagePath: string, signal: AbortSignal): Promise<Float32Array> {
  signal.throwIfAborted();
  const pixels = await prepareImage(imagePath, tagger.inputSize);
  signal.throwIfAborted();
  return tagger.score(pixels);
}

const parent: Port = {
  post: (message) => {
    // The callback keeps a failed send to a parent that has just gone from being thrown: 'disconnect' follows.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  },
  listen: (listener) => {
    process.on('message', listener);
    return () => process.off('message', listener);
  },
};

new Channel(parent, handlers, {});

process.on('disconnect', () => {
  process.exit();
});
