import type { RequestHandlers } from '../protocol/Channel';
import type { TaggerRequests, TaggerSetup } from '../protocol/taggerProtocol';
import { availableCores } from './availableCores';
import { IdleTimer } from './IdleTimer';
import { LoadedTaggers } from './LoadedTaggers';
import type { OnnxTagger } from './OnnxTagger';
import { prepareImage } from './prepareImage';
import { PreprocessPool } from './PreprocessPool';
import { scoreImage } from './scoreImage';
import { scoresToCaption } from './scoresToCaption';
import { makeThumbnail } from './thumbnail';

/**
 * What the child answers about images.
 * @param onIdle is called when the models were not used for as long as their setup says
 */
export function captionHandlers(
  onIdle: () => void,
): Pick<
  RequestHandlers<TaggerRequests>,
  'loadTagger' | 'captionImage' | 'scoreImage' | 'prepareImage' | 'makeThumbnail'
> {
  const loaded = new LoadedTaggers();
  const pools = new Map<number, PreprocessPool>();
  const idle = new IdleTimer(onIdle);

  const poolFor = ({ execution }: TaggerSetup): PreprocessPool => {
    const threads = execution.preprocessThreads > 0 ? execution.preprocessThreads : availableCores();
    const pool = pools.get(threads) ?? new PreprocessPool(threads);
    pools.set(threads, pool);
    return pool;
  };
  const use = <T>(setup: TaggerSetup, work: (taggers: OnnxTagger[]) => Promise<T> | T): Promise<T> => {
    if (setup.models.length === 0) throw new Error('No model was asked for.');
    return idle.during(setup.execution.idleSeconds, () => loaded.use(setup, work));
  };

  return {
    loadTagger: ({ setup }) =>
      use(setup, (taggers) => ({
        models: taggers.map((tagger) => tagger.describe()),
        // One batch in the run, one that waits for it, and what the threads are busy with.
        imagesInWork: 2 * Math.max(...taggers.map(({ batchSize }) => batchSize)) + poolFor(setup).threads,
      })),
    captionImage: ({ imagePath, setup, options }, signal) =>
      use(setup, async (taggers) => {
        const scores = await scoreImage(imagePath, taggers, setup.execution, poolFor(setup), signal);
        return { tags: scoresToCaption(taggers[0]!.tags, scores[0]!, setup.models[0]!.thresholds, options) };
      }),
    scoreImage: ({ imagePath, setup }, signal) =>
      use(setup, async (taggers) => {
        const scores = await scoreImage(imagePath, taggers, setup.execution, poolFor(setup), signal);
        return { names: taggers[0]!.tags.map(({ name }) => name), scores: scores[0]! };
      }),
    prepareImage: async ({ imagePath, size }) => ({ pixels: await prepareImage(imagePath, size) }),
    makeThumbnail: ({ imagePath, size, outputPath }, signal) => {
      signal.throwIfAborted();
      return makeThumbnail(imagePath, size, outputPath);
    },
  };
}
