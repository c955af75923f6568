import { parseTags } from './captionText';

/**
 * How often each tag occurs, most frequent first, equal counts in alphabetical order.
 * @param texts the captions, one for each image
 */
export function countTags(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const tag of parseTags(text)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return new Map([...counts].sort(([tagA, a], [tagB, b]) => b - a || (tagA < tagB ? -1 : 1)));
}

/** One caption with the tags of both: all of the first in their order, then what only the second has. */
export function mergeTags(first: string, second: string): string {
  const tags = parseTags(first);
  const known = new Set(tags);
  return [...tags, ...parseTags(second).filter((tag) => !known.has(tag))].join(', ');
}
