import type { OriginTerm } from '../../dataset/query/QueryNode';
import type { CaptionQuestion } from './RecordIndex';

/** Batch size, in captions: enough to share reads, few enough for smooth progress. */
const questionsAtOnce = 1000;

/** Matches a batch of captions: for each caption a byte for each term, 1 if it matches. */
export type MatchSome = (
  questions: readonly CaptionQuestion[],
  terms: readonly OriginTerm[],
  isFirst: boolean,
) => Promise<Uint8Array>;

export interface MatchOptions {
  signal?: AbortSignal | undefined;
  /** called with the number of captions so far */
  onProgress?: ((done: number) => void) | undefined;
}

/**
 * Finds out in batches which terms of a search captions match.
 * @param question what is asked about a caption; called per batch, so that not all questions are in memory at once
 * @returns for each caption a byte for each term: 1 if it matches
 * @throws the signal's reason; what `match` throws
 */
export async function matchCaptions<Caption>(
  match: MatchSome,
  captions: readonly Caption[],
  question: (caption: Caption) => CaptionQuestion,
  terms: readonly OriginTerm[],
  { signal, onProgress }: MatchOptions = {},
): Promise<Uint8Array> {
  const all = new Uint8Array(captions.length * terms.length);
  for (let start = 0; start < captions.length; start += questionsAtOnce) {
    signal?.throwIfAborted();
    const some = captions.slice(start, start + questionsAtOnce).map(question);
    all.set(await match(some, terms, start === 0), start * terms.length);
    onProgress?.(start + some.length);
  }
  signal?.throwIfAborted();
  return all;
}
