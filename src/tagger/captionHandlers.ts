import type { RequestHandlers } from '../protocol/Channel';
import type { TaggerModel } from '../protocol/captionOptions';
import type { TaggerRequests, TaggerSetup } from '../protocol/taggerProtocol';
import { LoadedTaggers } from './LoadedTaggers';
import type { OnnxTagger } from './OnnxTagger';
import { prepareImage } from './prepareImage';
import { scoresToCaption } from './scoresToCaption';
import { makeThumbnail } from './thumbnail';

const taggers = new LoadedTaggers();

/** What the child answers about images. */
export const captionHandlers: Pick<
  RequestHandlers<TaggerRequests>,
  'loadTagger' | 'captionImage' | 'scoreImage' | 'prepareImage' | 'makeThumbnail'
> = {
  loadTagger: ({ setup }) =>
    taggers.use(onlyModel(setup).folder, ({ modelFolder, inputSize, tags }) => ({
      models: [
        {
          folder: modelFolder,
          inputSize,
          tagCount: tags.length,
          execution: {
            requested: setup.execution.provider,
            provider: 'cpu',
            notUsed: [],
            batchSize: 1,
            batchSizeFrom: 'model',
            preprocess: 'exact',
          },
        },
      ],
      imagesInWork: 4,
    })),
  captionImage: ({ imagePath, setup, options }, signal) =>
    taggers.use(onlyModel(setup).folder, async (tagger) => {
      const scores = await scoreImage(tagger, imagePath, signal);
      return { tags: scoresToCaption(tagger.tags, scores, onlyModel(setup).thresholds, options) };
    }),
  scoreImage: ({ imagePath, setup }, signal) =>
    taggers.use(onlyModel(setup).folder, async (tagger) => {
      const scores = await scoreImage(tagger, imagePath, signal);
      return { names: tagger.tags.map(({ name }) => name), scores };
    }),
  prepareImage: async ({ imagePath, size }) => ({ pixels: await prepareImage(imagePath, size) }),
  makeThumbnail: ({ imagePath, size, outputPath }, signal) => {
    signal.throwIfAborted();
    return makeThumbnail(imagePath, size, outputPath);
  },
};

function onlyModel({ models }: TaggerSetup): TaggerModel {
  const [model] = models;
  if (model === undefined) throw new Error('No model was asked for.');
  return model;
}

/** Of several requests in flight, the later ones are decoded by libuv's threads while the runtime holds this thread. */
async function scoreImage(tagger: OnnxTagger, imagePath: string, signal: AbortSignal): Promise<Float32Array> {
  signal.throwIfAborted();
  const pixels = await prepareImage(imagePath, tagger.inputSize);
  signal.throwIfAborted();
  return tagger.score(pixels);
}
