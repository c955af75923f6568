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

/**
 * One caption with the tags of both: in the first line all of the first in their order, then what only the second has;
 * below, the other lines of the first, then those that only the second has.
 */
export function mergeTags(first: string, second: string): string {
  const [line = '', ...lines] = first.split('\n');
  const [otherLine = '', ...otherLines] = second.split('\n');
  const tags = parseTags(line);
  const known = new Set(tags);
  const merged = [...tags, ...parseTags(otherLine).filter((tag) => !known.has(tag))].join(', ');
  const knownLines = new Set(lines);
  return [merged, ...lines, ...otherLines.filter((other) => !knownLines.has(other))].join('\n');
}
