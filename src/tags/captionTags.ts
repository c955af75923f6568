import { parseTags, separatorsIn } from './captionGrammar';
import { characterCount } from './characterCount';
import { comparableTag } from './comparableTag';
import { dividesTags, firstLine, lineText, parseTagLine, tagsOf, withoutParts, type TagLine } from './tagLine';

/** A tag of a caption's first line, as a chip shows it. */
export interface Chip {
  /** without the blanks around it */
  tag: string;
  /** the line has had the same tag before */
  isDuplicate: boolean;
}

/** The tags of the first line, which is what trainers read. */
export function chipsOf(text: string): Chip[] {
  const known = new Set<string>();
  return tagsOf(parseTagLine(text)).map((tag) => {
    const key = comparableTag(tag);
    const isDuplicate = known.has(key);
    known.add(key);
    return { tag, isDuplicate };
  });
}

/** The lines below the first; empty where there are none. */
export function otherLines(text: string): string {
  return text.slice(firstLine(text).length + 1);
}

/**
 * The text without one tag and the comma that it had. Every other character stays where it is.
 * @param index of the tag among the chips, from 0; an index that no chip has changes nothing
 */
export function removeTag(text: string, index: number): string {
  const line = parseTagLine(text);
  const removed = partOfChip(line, index);
  const part = line.parts[removed];
  if (part === undefined) return text;
  // The blanks behind the last tag go with it, those before its comma stay.
  const previous = line.parts[removed - 1];
  if (previous !== undefined && removed === line.parts.length - 1) part.trail = previous.trail;
  return lineText(withoutParts(line, (_, at) => at === removed));
}

/**
 * The text with a tag, or several with commas between them, behind the last one; a comma at the end stays at the end.
 * Blanks alone change nothing.
 */
export function addTag(text: string, tag: string): string {
  const added = tag.trim();
  if (added === '') return text;
  const line = parseTagLine(text);
  const { parts, separators } = line;
  const last = parts.at(-1);
  if (last === undefined) return text;
  const alike = parts.find((part, at) => part.tag !== '' && dividesTags(separators[at - 1]));
  const lead = alike?.lead ?? ' ';
  if (last.tag !== '') {
    parts.push({ lead, tag: added, trail: last.trail });
    last.trail = '';
    separators.push(',');
  } else if (dividesTags(separators.at(-1))) {
    parts.splice(-1, 0, { lead, tag: added, trail: '' });
    separators.push(',');
  } else {
    // The line is empty, or ends with a separator of a trainer, which must not become the end of the new tag.
    if (separators.length > 0 && last.lead === '') last.lead = ' ';
    last.tag = added;
  }
  return lineText(line);
}

/** The text with another tag, or several, in the place of one; blanks alone remove it. */
export function replaceTag(text: string, index: number, tag: string): string {
  const wanted = tag.trim();
  if (wanted === '') return removeTag(text, index);
  const line = parseTagLine(text);
  const part = line.parts[partOfChip(line, index)];
  if (part === undefined) return text;
  part.tag = wanted;
  return lineText(line);
}

/** The text with one tag moved to the place of another; separators and blanks stay as they are between the places. */
export function moveTag(text: string, from: number, to: number): string {
  const line = parseTagLine(text);
  const places = line.parts.filter(({ tag }) => tag !== '');
  const tags = places.map(({ tag }) => tag);
  const [moved] = tags.splice(from, 1);
  if (moved === undefined || to < 0 || to > tags.length) return text;
  tags.splice(to, 0, moved);
  for (const [order, place] of places.entries()) place.tag = tags[order] ?? '';
  return lineText(line);
}

/**
 * Divides what is being typed into a field for one tag: what a comma has finished, and the tag that is still being
 * typed. A comma within brackets finishes nothing, nor does one behind a brace that is not closed yet.
 * @returns `finished` is undefined where there is no such comma
 */
export function typedTags(typed: string): { finished: string | undefined; rest: string } {
  const openBrace = typed.lastIndexOf('{') > typed.lastIndexOf('}') ? typed.lastIndexOf('{') : Infinity;
  const comma = separatorsIn(typed).findLast(({ start }) => typed.charAt(start) === ',' && start < openBrace);
  if (comma === undefined) return { finished: undefined, rest: typed };
  return { finished: typed.slice(0, comma.start), rest: typed.slice(comma.end).trimStart() };
}

/** What is said about a caption below it. */
export interface CaptionFacts {
  characters: number;
  tags: number;
  /** tags that a line has more than once, one entry for each repetition */
  duplicates: string[];
}

/** Counts what a caption has; a tag counts as repeated within its own line only. */
export function captionFacts(text: string): CaptionFacts {
  const facts: CaptionFacts = { characters: characterCount(text), tags: 0, duplicates: [] };
  for (const line of text.split('\n')) {
    const known = new Set<string>();
    for (const tag of parseTags(line)) {
      const key = comparableTag(tag);
      facts.tags++;
      if (known.has(key)) facts.duplicates.push(tag);
      known.add(key);
    }
  }
  return facts;
}

/** Which part of the line is the chip with this index; -1 where there is none. */
function partOfChip({ parts }: TagLine, index: number): number {
  let chip = -1;
  return parts.findIndex(({ tag }) => tag !== '' && ++chip === index);
}
