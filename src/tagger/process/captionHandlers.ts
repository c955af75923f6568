import type { RequestHandlers } from '../../protocol/channel/Channel';
import type { TaggerRequests, TaggerSetup } from '../../protocol/tagging/taggerProtocol';
import { IdleTimer } from './IdleTimer';
import { LoadedTaggers } from './LoadedTaggers';
import { meanScores } from '../scores/meanScores';
import type { ScoredModel } from '../scores/mergeScores';
import { prepareImage } from '../preprocess/prepareImage';
import { PreprocessPool } from '../preprocess/PreprocessPool';
import { scoreImage } from './scoreImage';
import { scoresToTags } from '../scores/scoresToTags';
import { taggerSummary, type Tagger } from '../inference/Tagger';

/**
 * The tagger process's handlers for images: loading models, scoring, captioning.
 * @param onIdle called when the models were not used for the setup's `idleSeconds`
 */
export function captionHandlers(
  onIdle: () => void,
): Pick<RequestHandlers<TaggerRequests>, 'loadTagger' | 'captionImage' | 'scoreImage' | 'prepareImage'> {
  const loaded = new LoadedTaggers((tagger) => {
    console.log(taggerSummary(tagger.describe()));
  });
  const pools = new Map<number, PreprocessPool>();
  const idle = new IdleTimer(onIdle);

  const poolFor = ({ execution }: TaggerSetup): PreprocessPool => {
    const threads = execution.preprocessThreads;
    const pool = pools.get(threads) ?? new PreprocessPool(threads);
    pools.set(threads, pool);
    return pool;
  };
  const withTaggers = <T>(setup: TaggerSetup, work: (taggers: Tagger[]) => Promise<T> | T): Promise<T> => {
    if (setup.models.length === 0) throw new Error('No model was asked for.');
    return idle.during(setup.execution.idleSeconds, () => loaded.use(setup, work));
  };

  return {
    loadTagger: ({ setup }) =>
      withTaggers(setup, (taggers) => ({
        models: taggers.map((tagger) => tagger.describe()),
        // Enough in flight to keep everything busy: the batches that run and one that waits, two images for each
        // preprocess thread, and four captions that are being written.
        imagesInWork:
          Math.max(...taggers.map(({ batchSize, runsInFlight }) => (runsInFlight + 1) * batchSize)) +
          2 * poolFor(setup).threads +
          4,
      })),
    captionImage: ({ imagePath, setup, options }, signal) =>
      withTaggers(setup, async (taggers) => {
        const scores = await scoreImage(imagePath, taggers, setup.execution, poolFor(setup), signal);
        return scoresToTags(scoredModels(setup, taggers, scores), setup.merge, options);
      }),
    scoreImage: ({ imagePath, setup }, signal) =>
      withTaggers(setup, async (taggers) => {
        const scores = await scoreImage(imagePath, taggers, setup.execution, poolFor(setup), signal);
        return meanScores(scoredModels(setup, taggers, scores));
      }),
    prepareImage: async ({ imagePath, size, mode }) => ({ pixels: await prepareImage(imagePath, size, mode) }),
  };
}

function scoredModels(
  { models }: TaggerSetup,
  taggers: readonly Tagger[],
  scores: readonly Float32Array[],
): ScoredModel[] {
  return models.flatMap(({ thresholds }, index) => {
    const tagger = taggers[index];
    const own = scores[index];
    return tagger === undefined || own === undefined ? [] : [{ tags: tagger.tags, scores: own, thresholds }];
  });
}
