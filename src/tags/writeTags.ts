import { coreOf, trainerSeparators } from './captionGrammar';
import { isEmptyCaption } from './captionText';
import { comparableTag } from './comparableTag';
import { firstLine, parseTagLine, tagsOf } from './tagLine';
import type { WriteOptions } from './writeMode';

/**
 * A caption with generated tags in it. Of a caption with several lines the first is the list of tags; `append` and
 * `prepend` leave the others as they are. What was there stays character by character, but for blanks where tags are
 * joined to it; tags that the first line has already are not written again ({@link comparableTag} says which are the
 * same). With `replace` nothing stays but the first `keepFirst` tags.
 * @param existing the caption as it is, with any line ends
 * @returns `existing` where nothing is new
 */
export function captionWithTags(existing: string, tags: readonly string[], options: WriteOptions): string {
  const { mode, keepFirst } = options;
  const given = tags.filter((tag) => tag.trim() !== '');
  if (given.length === 0) return existing;
  if (isEmptyCaption(existing)) return newTags('', given, options.separator).join(options.separator);
  if (mode === 'onlyEmpty') return existing;

  const line = firstLine(existing);
  // Blanks cannot separate tags in a line where commas do.
  const separator = options.separator.trim() === '' && line.includes(',') ? ', ' : options.separator;
  const kept = line.slice(0, endOfTag(line, keepFirst, separator));
  if (mode === 'replace') return join(kept, newTags(kept, given, separator).join(separator), separator);
  const added = newTags(line, given, separator).join(separator);
  if (added === '') return existing;
  const otherLines = existing.slice(line.length);
  if (mode === 'append') return join(line, added, separator) + otherLines;
  // What follows the kept tags begins with its own separator.
  return kept === ''
    ? join(added, line, separator) + otherLines
    : join(kept, added, separator) + existing.slice(kept.length);
}

/** The tags that a line does not have yet, each once. */
function newTags(line: string, tags: readonly string[], separator: string): string[] {
  const seen = new Set(tagsOf(parseTagLine(line, separator)).map(comparableTag));
  return tags.filter((tag) => {
    const comparable = comparableTag(tag);
    if (seen.has(comparable)) return false;
    seen.add(comparable);
    return true;
  });
}

/**
 * Where the tag with this number, counted from 1, ends in a line, or the last one where there are fewer; 0 for none.
 */
function endOfTag(line: string, count: number, separator: string): number {
  const { parts, separators } = parseTagLine(line, separator);
  let tags = 0;
  let start = 0;
  let end = 0;
  for (const [index, { lead, tag, trail }] of parts.entries()) {
    if (tags === count) break;
    if (tag !== '') {
      tags++;
      end = start + lead.length + tag.length;
    }
    start += lead.length + tag.length + trail.length + (separators[index]?.length ?? 0);
  }
  return end;
}

/** Two parts of a line with one separator between them, which may be there already at the end of one. */
function join(left: string, right: string, separator: string): string {
  const before = left.trimEnd();
  const behind = right.trimStart();
  if (before === '') return behind;
  if (behind === '') return before;
  const ends = [',', coreOf(separator), ...trainerSeparators].filter((end) => end !== '');
  if (ends.some((end) => before.endsWith(end))) {
    const blanks = left === before ? (/\s*$/.exec(separator)?.[0] ?? '') : '';
    return left + blanks + behind;
  }
  return ends.some((end) => behind.startsWith(end)) ? before + behind : before + separator + behind;
}
