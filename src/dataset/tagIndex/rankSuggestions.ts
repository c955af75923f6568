import { comparableTag } from '../../tags/comparableTag';
import type { KnownTag, TagMatches } from './TagIndex';

/**
 * One list of what several indexes found. Tags of the dataset come first if they or a word of them begin with what was
 * typed: "hair" must find the dataset's "long hair" however many hair styles a model knows. What only contains it comes
 * last. A tag that several know is the first one's.
 * @param own what the dataset has
 * @param others what is known besides, in the order of their weight
 */
export function rankSuggestions<S>(
  own: { source: S; matches: TagMatches },
  others: readonly { source: S; matches: TagMatches }[],
  limit: number,
): (KnownTag & { source: S })[] {
  const ranked = new Map<string, KnownTag & { source: S }>();
  const take = (source: S, tags: readonly KnownTag[]): void => {
    for (const tag of tags) {
      if (ranked.size >= limit) return;
      const key = comparableTag(tag.tag);
      if (!ranked.has(key)) ranked.set(key, { ...tag, source });
    }
  };
  take(own.source, own.matches.start);
  take(own.source, own.matches.word);
  for (const { source, matches } of others) take(source, matches.start);
  for (const { source, matches } of others) take(source, matches.word);
  for (const { source, matches } of [own, ...others]) take(source, matches.inside);
  return [...ranked.values()];
}
