import { coreOf, isProse, proseIn, sentencesOf, trainerSeparators } from './captionGrammar';
import { isEmptyCaption } from './captionText';
import { comparableTag } from './comparableTag';
import { isJsonCaption } from './jsonCaption';
import { firstLine, parseTagLine, proseOf, type TagLine } from './tagLine';
import type { WriteMode, WriteOptions } from './writeMode';

/**
 * Writes generated tags into a caption. The first line is the list of tags; `append` and `prepend` keep the other lines
 * unchanged, and so does `update`, which without a record of the caption only adds, as `append` does. Existing
 * characters are kept, except whitespace where tags are joined to them. A tag that the first line already has is not
 * added again; tags are compared by {@link comparableTag}. Tags come behind the last tag where prose stands behind it,
 * as in `1girl. She smiles at us.`, and behind the prose where there is no other. `replace` keeps only the first
 * `keepFirst` tags. A caption that is JSON is replaced as a whole or not at all, see {@link keepsJson}.
 * @param existing the current caption, with any line ends
 * @param parsed its first line, where the caller has parsed it with this separator: edits of whole datasets do it once
 * @returns `existing` when there is nothing to add
 */
export function captionWithTags(
  existing: string,
  tags: readonly string[],
  options: WriteOptions,
  parsed?: TagLine,
): string {
  const { mode, keepFirst } = options;
  const given = tags.filter((tag) => tag.trim() !== '');
  if (given.length === 0) return existing;
  if (isEmptyCaption(existing)) return inOneText(newTags('', given, options.separator), options.separator);
  if (mode === 'onlyEmpty' || keepsJson(existing, mode)) return existing;

  const line = firstLine(existing);
  // Whitespace separates no tags in a line that contains commas.
  const separator = options.separator.trim() === '' && line.includes(',') ? ', ' : options.separator;
  const own = parsed ?? parseTagLine(line, separator);
  const kept = isJsonCaption(existing) ? '' : line.slice(0, endOfTag(own, keepFirst));
  if (mode === 'replace') return join(kept, inOneText(newTags(kept, given, separator), separator), separator);
  const missing = tagsBeside(own, given);
  if (missing.length === 0) return existing;
  const otherLines = existing.slice(line.length);
  if (mode === 'append' || mode === 'update') return appended(line, own, missing, separator) + otherLines;
  const added = inOneText(missing, separator);
  // The text after the kept tags starts with its own separator.
  return kept === ''
    ? join(added, line, separator) + otherLines
    : join(kept, added, separator) + existing.slice(kept.length);
}

/** Whether a caption is left as it is because it is JSON, to which no tag can be added. */
export function keepsJson(existing: string, mode: WriteMode): boolean {
  return mode !== 'replace' && mode !== 'onlyEmpty' && isJsonCaption(existing);
}

/** The tags that a line does not contain yet, without repetitions. */
function newTags(line: string, tags: readonly string[], separator: string): string[] {
  return tagsBeside(parseTagLine(line, separator), tags);
}

/** As {@link newTags}, for a line that is parsed already. */
function tagsBeside(own: TagLine, tags: readonly string[]): string[] {
  const seen = new Set<string>();
  for (const { tag } of own.parts) if (tag !== '') seen.add(comparableTag(tag));
  for (const prose of proseOf(own)) seen.add(comparableTag(prose));
  return tags.filter((tag) => seen.size !== seen.add(comparableTag(tag)).size);
}

/** End offset of the `count`-th tag, or of the last tag if there are fewer; 0 if there are none. */
function endOfTag({ parts, separators }: TagLine, count: number): number {
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

/** A line with tags behind its tags, and prose behind all. */
function appended(line: string, own: TagLine, added: readonly string[], separator: string): string {
  const end = endOfTagsBeforeProse(own);
  if (end === undefined) {
    const text = inOneText(added, separator);
    // After prose without a full stop, such as a truncated answer, a tag would look like its last words.
    return isUnfinished(line) && !added.some(isProse) ? join(text, line, separator) : join(line, text, separator);
  }
  const tags = added.filter((tag) => !isProse(tag));
  const before =
    tags.length === 0 ? line.slice(0, end) : join(line.slice(0, end), inOneText(tags, separator), separator);
  return join(before + line.slice(end), inOneText(added.filter(isProse), separator), separator);
}

/** Whether a line ends with prose that has no full stop at its end. */
function isUnfinished(line: string): boolean {
  const text = line.trimEnd();
  return proseIn(text).at(-1)?.end === text.length && !/[.。！？]["'”’」』）)\]]*$/.test(text);
}

/** End offset of the last tag of a line that ends with prose; undefined where it does not, or has no tag. */
function endOfTagsBeforeProse({ parts, separators }: TagLine): number | undefined {
  if (parts.at(-1)?.tag !== '' || !isProse(separators.at(-1) ?? '')) return undefined;
  let start = 0;
  let end: number | undefined;
  for (const [index, { lead, tag, trail }] of parts.entries()) {
    if (tag !== '') end = start + lead.length + tag.length;
    start += lead.length + tag.length + trail.length + (separators[index]?.length ?? 0);
  }
  return end;
}

/** Tags with the separator between them, sentences with a blank. */
function inOneText(tags: readonly string[], separator: string): string {
  let text = '';
  for (const [index, tag] of tags.entries()) {
    text += (index === 0 ? '' : goesOn(tags[index - 1] ?? '', tag, separator) ? ' ' : separator) + tag;
  }
  return text;
}

/** Whether a text is a sentence that follows another. */
function goesOn(before: string, behind: string, separator: string): boolean {
  if (sentencesOf(behind, separator)[0]?.start !== 0) return false;
  return sentencesOf(before, separator).at(-1)?.end === before.length;
}

/** Joins two parts of a line with one separator, which the end of `left` or the start of `right` may already have. */
function join(left: string, right: string, separator: string): string {
  const before = left.trimEnd();
  const behind = right.trimStart();
  if (before === '') return behind;
  if (behind === '') return before;
  if (goesOn(before, behind, separator)) return `${before} ${behind}`;
  const ends = [',', coreOf(separator), ...trainerSeparators].filter((end) => end !== '');
  if (ends.some((end) => before.endsWith(end))) {
    const blanks = left === before ? (/\s*$/.exec(separator)?.[0] ?? '') : '';
    return left + blanks + behind;
  }
  return ends.some((end) => behind.startsWith(end)) ? before + behind : before + separator + behind;
}
