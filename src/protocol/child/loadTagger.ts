import { taggerCrashed, type TaggerProcess } from './TaggerProcess';
import type { TaggerDescription, TaggerSetup } from '../tagging/taggerProtocol';
import { errorCode } from '../channel/wireError';

/** A process may end once for each provider that is tried, of which a platform has two, and load the model then. */
const tries = 3;

/**
 * Loads a tagger. When its process dies of that, it is tried again: the next process leaves out the provider that ended
 * the one before.
 * @throws what the child threw; TaggerCrashError when it dies again and again; the signal's reason
 */
export async function loadTagger(
  tagger: Pick<TaggerProcess, 'request'>,
  setup: TaggerSetup,
  signal?: AbortSignal,
): Promise<TaggerDescription> {
  for (let left = tries - 1; ; left--) {
    try {
      return await tagger.request('loadTagger', { setup }, signal);
    } catch (thrown) {
      if (left === 0 || errorCode(thrown) !== taggerCrashed || signal?.aborted === true) throw thrown;
    }
  }
}
