import { taggerCrashed, type TaggerProcess } from './TaggerProcess';
import type { TaggerDescription, TaggerSetup } from '../tagging/taggerProtocol';
import { errorCode } from '../channel/wireError';

/**
 * Maximum number of attempts: the process may crash once for each provider that is tried, of which a platform has two,
 * and then load the model.
 */
const maxAttempts = 3;

/**
 * Loads a tagger. If its process crashes while loading, it is retried: the next process skips the provider that crashed
 * the previous one.
 * @throws what the child threw; TaggerCrashError when the last attempt crashes, too; the signal's reason when aborted
 */
export async function loadTagger(
  tagger: Pick<TaggerProcess, 'request'>,
  setup: TaggerSetup,
  signal?: AbortSignal,
): Promise<TaggerDescription> {
  for (let left = maxAttempts - 1; ; left--) {
    try {
      return await tagger.request('loadTagger', { setup }, signal);
    } catch (thrown) {
      if (left === 0 || errorCode(thrown) !== taggerCrashed || signal?.aborted === true) throw thrown;
    }
  }
}
