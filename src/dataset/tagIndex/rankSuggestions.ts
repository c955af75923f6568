import { comparableTag } from '../../tags/comparableTag';
import type { KnownTag, TagMatches } from './TagIndex';

/**
 * Merges the matches of several indexes into one list. Dataset tags rank first when they, or a word in them, start with
 * the typed text: "hair" must find the dataset's "long hair" however many hair styles a model knows. Tags that only
 * contain the text rank last. A tag in several indexes is attributed to the first.
 * @param own matches in the dataset
 * @param others matches in other sources, most important first
 */
export function rankSuggestions<S>(
  own: { source: S; matches: TagMatches },
  others: readonly { source: S; matches: TagMatches }[],
  limit: number,
): (KnownTag & { source: S })[] {
  const ranked = new Map<string, KnownTag & { source: S }>();
  const add = (source: S, tags: readonly KnownTag[]): void => {
    for (const tag of tags) {
      if (ranked.size >= limit) return;
      const key = comparableTag(tag.tag);
      if (!ranked.has(key)) ranked.set(key, { ...tag, source });
    }
  };
  add(own.source, own.matches.start);
  add(own.source, own.matches.word);
  for (const { source, matches } of others) add(source, matches.start);
  for (const { source, matches } of others) add(source, matches.word);
  for (const { source, matches } of [own, ...others]) add(source, matches.inside);
  return [...ranked.values()];
}
