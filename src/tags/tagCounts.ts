import { parseTags } from './captionGrammar';
import { isJsonCaption } from './jsonCaption';
import { dividesTags, evenLine, parseTagLine, proseOf, tagsOf, type TagLine } from './tagLine';
import { captionWithTags } from './writeTags';

/**
 * Counts how often each tag occurs; the most frequent first, equal counts in alphabetical order.
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
 * Merges two captions. The first line has all tags of the first caption in their order, then those that only the second
 * has; below are the other lines of the first, then those that only the second has. Trainer separators are kept, except
 * a `|||` of the second caption when the first has its own. Prose stays whole: that of the second caption comes behind
 * that of the first unless they are the same. Where one is JSON, which has no tags, both stay whole.
 */
export function mergeTags(first: string, second: string): string {
  if (isJsonCaption(first) || isJsonCaption(second)) return first === second ? first : `${first}\n${second}`;
  const line = parseTagLine(first);
  const merged = mergedLine(line, second);
  const [, ...lines] = first.split('\n');
  const [, ...otherLines] = second.split('\n');
  const known = new Set(lines);
  return [merged, ...lines, ...otherLines.filter((other) => !known.has(other))].join('\n');
}

function mergedLine(line: TagLine, second: string): string {
  const other = parseTagLine(second);
  const known = new Set(proseOf(line));
  const prose = proseOf(other).filter((piece) => !known.has(piece));
  if (known.size === 0 && prose.length === 0) return withNewTags(evenLine(line, ', '), new Set(tagsOf(line)), second);
  const even = evenLine(line, ', ');
  if (even === '') return evenLine(other, ', ');
  return captionWithTags(even, [...tagsOf(other), ...prose], { mode: 'append', keepFirst: 0, separator: ', ' });
}

/** Appends to a line the tags of the second caption's first line that are not in `known`. */
function withNewTags(line: string, known: ReadonlySet<string>, second: string): string {
  const { parts, separators } = parseTagLine(second);
  // sd-scripts allows at most two, and one from the second caption would change which tags are kept in front.
  const hasOwn = line.includes('|||');
  let text = line;
  let isPreviousNew = false;
  for (const [index, { lead, tag }] of parts.entries()) {
    const isNew = tag !== '' && !known.has(tag);
    const between = separators[index - 1];
    if (isNew) {
      const isKept = isPreviousNew && !dividesTags(between) && !(between === '|||' && hasOwn);
      const joiner = isKept ? (parts[index - 1]?.trail ?? '') + (between ?? '') + lead : ', ';
      text += text === '' ? tag : joiner + tag;
    }
    isPreviousNew = isNew;
  }
  return text;
}
