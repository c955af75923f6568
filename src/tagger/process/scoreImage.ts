import type { TaggerSetup } from '../../protocol/tagging/taggerProtocol';
import type { PreprocessPool } from '../preprocess/PreprocessPool';
import type { Tagger } from '../inference/Tagger';

/**
 * Scores one image with each of several models. Models with the same input size and layout share one input, which is
 * prepared once.
 * @returns for each model one score for each of its tags, 0..1
 * @throws ImageError, ModelError, ServerError, or the signal's reason
 */
export async function scoreImage(
  imagePath: string,
  taggers: readonly Tagger[],
  { preprocess: mode }: Pick<TaggerSetup['execution'], 'preprocess'>,
  pool: PreprocessPool,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const inputs = new Map<string, Promise<Float32Array<ArrayBuffer>>>();
  const inputOf = ({ inputSize: size, channelsLast }: Tagger): Promise<Float32Array<ArrayBuffer>> => {
    const key = `${size} ${channelsLast}`;
    const input = inputs.get(key) ?? pool.prepare(imagePath, { size, channelsLast, mode }, signal);
    inputs.set(key, input);
    return input;
  };
  const scores = taggers.map((tagger) => tagger.score(inputOf(tagger), signal));
  // Waits for all, also after a failure: when the request ends, nothing of this image may be in flight any more.
  const settled = await Promise.allSettled(scores);
  for (const input of await Promise.allSettled(inputs.values())) {
    if (input.status === 'fulfilled') pool.recycle(input.value);
  }
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
