import { isProse, parseTags, separatorsIn } from './captionGrammar';
import { characterCount } from './characterCount';
import { comparableTag } from './comparableTag';
import { isJsonCaption } from './jsonCaption';
import {
  dividesTags,
  firstLine,
  lineText,
  parseTagLine,
  proseStretch,
  tagsOf,
  withoutParts,
  type TagLine,
} from './tagLine';

/** A tag of a caption's first line, as a chip shows it. */
export interface Chip {
  /** without the whitespace around it */
  tag: string;
  /** the same tag occurs earlier in the line */
  isDuplicate: boolean;
}

/** The tags of the first line, the only line that trainers read; none of prose and of a caption that is JSON. */
export function chipsOf(text: string): Chip[] {
  if (isJsonCaption(text)) return [];
  const known = new Set<string>();
  return tagsOf(parseTagLine(text)).map((tag) => {
    const key = comparableTag(tag);
    const isDuplicate = known.has(key);
    known.add(key);
    return { tag, isDuplicate };
  });
}

/** A tag, or prose, of a caption's first line, as a card shows it. */
export type CaptionPiece =
  | { kind: 'tag'; chip: Chip; /** among the tags, from 0 */ index: number }
  | { kind: 'prose'; text: string; /** among the pieces of prose, from 0 */ index: number };

/** The tags of the first line and the prose between them, in their order; none of a caption that is JSON. */
export function piecesOf(text: string): CaptionPiece[] {
  const chips = chipsOf(text);
  if (isJsonCaption(text)) return [];
  const pieces: CaptionPiece[] = [];
  let [tags, prose] = [0, 0];
  const { parts, separators } = parseTagLine(text);
  for (const [at, { tag }] of parts.entries()) {
    const chip = tag === '' ? undefined : chips[tags];
    if (chip !== undefined) pieces.push({ kind: 'tag', chip, index: tags++ });
    const divider = separators[at] ?? '';
    if (!isProse(divider)) continue;
    const { start, end } = proseStretch(divider);
    pieces.push({ kind: 'prose', text: divider.slice(start, end), index: prose++ });
  }
  return pieces;
}

/**
 * Replaces a piece of prose by another text; line ends become blanks, as trainers read the first line only. An empty
 * text removes it, with the punctuation that joins it to the tags.
 * @param index among the pieces of prose; one without a piece changes nothing
 */
export function replaceProse(text: string, index: number, prose: string): string {
  const line = parseTagLine(text);
  let piece = -1;
  const at = line.separators.findIndex((divider) => isProse(divider) && ++piece === index);
  const divider = line.separators[at];
  if (divider === undefined) return text;
  const { start, end } = proseStretch(divider);
  const wanted = prose.replace(/\s*[\r\n]+\s*/g, ' ').trim();
  const [before, behind] = [line.parts[at], line.parts[at + 1]];
  const hasTags = before?.tag !== '' && behind?.tag !== '';
  line.separators[at] = wanted === '' ? (hasTags ? ',' : '') : divider.slice(0, start) + wanted + divider.slice(end);
  return wanted === '' ? lineText(line).replace(/^ +(?=\S)/, '') : lineText(line);
}

/** The lines below the first; empty when there are none. */
export function otherLines(text: string): string {
  return text.slice(firstLine(text).length + 1);
}

/**
 * Removes one tag and its comma from a text. All other characters stay unchanged.
 * @param index index of the chip, from 0; an index without a chip changes nothing
 */
export function removeTag(text: string, index: number): string {
  const line = parseTagLine(text);
  const removed = partOfChip(line, index);
  const part = line.parts[removed];
  if (part === undefined) return text;
  // When the last tag is removed, the whitespace after it goes too; the whitespace before the removed comma stays.
  const previous = line.parts[removed - 1];
  if (previous !== undefined && removed === line.parts.length - 1) part.trail = previous.trail;
  return lineText(withoutParts(line, (_, at) => at === removed));
}

/**
 * Appends a tag, or several separated by commas, after the last tag; a comma at the end stays at the end, and so does
 * prose. If `tag` is only whitespace, the text stays unchanged. Into a caption that is JSON it goes as a line of its
 * own below, and to prose without tags as a tag in front.
 */
export function addTag(text: string, tag: string): string {
  const added = tag.trim();
  if (added === '') return text;
  if (isJsonCaption(text)) return `${text}\n${added}`;
  const line = parseTagLine(text);
  const { parts, separators } = line;
  const last = parts.at(-1);
  if (last === undefined) return text;
  const alike = parts.find((part, at) => part.tag !== '' && dividesTags(separators[at - 1]));
  const lead = alike?.lead ?? ' ';
  if (last.tag === '' && isProse(separators.at(-1) ?? '')) {
    const place = parts.findLast((part) => part.tag !== '');
    if (place === undefined) return `${added}, ${text.trimStart()}`;
    place.tag += `,${lead}${added}`;
  } else if (last.tag !== '') {
    parts.push({ lead, tag: added, trail: last.trail });
    last.trail = '';
    separators.push(',');
  } else if (dividesTags(separators.at(-1))) {
    parts.splice(-1, 0, { lead, tag: added, trail: '' });
    separators.push(',');
  } else {
    // The line is empty or ends with `|||` or `;;;`. A space keeps that separator from becoming part of the new tag.
    if (separators.length > 0 && last.lead === '') last.lead = ' ';
    last.tag = added;
  }
  return lineText(line);
}

/**
 * Replaces one tag by another, or by several separated by commas. If `tag` is only whitespace, the old tag is removed.
 */
export function replaceTag(text: string, index: number, tag: string): string {
  const wanted = tag.trim();
  if (wanted === '') return removeTag(text, index);
  const line = parseTagLine(text);
  const part = line.parts[partOfChip(line, index)];
  if (part === undefined) return text;
  part.tag = wanted;
  return lineText(line);
}

/** Moves one tag to the position of another; the separators and whitespace between the positions stay unchanged. */
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
 * Splits the text that is being typed into a field for one tag, at the last comma: the finished tags and the tag still
 * being typed. Commas inside brackets or after an unclosed brace do not count.
 * @returns `finished` is undefined when there is no such comma
 */
export function typedTags(typed: string): { finished: string | undefined; rest: string } {
  const openBrace = typed.lastIndexOf('{') > typed.lastIndexOf('}') ? typed.lastIndexOf('{') : Infinity;
  const comma = separatorsIn(typed).findLast(({ start }) => typed.charAt(start) === ',' && start < openBrace);
  if (comma === undefined) return { finished: undefined, rest: typed };
  return { finished: typed.slice(0, comma.start), rest: typed.slice(comma.end).trimStart() };
}

/** Facts about a caption that are shown below it. */
export interface CaptionFacts {
  characters: number;
  tags: number;
  /** tags that occur more than once in a line, one entry for each repetition */
  duplicates: string[];
}

/** Computes the facts of a caption; a tag counts as repeated only within its own line. */
export function captionFacts(text: string): CaptionFacts {
  const facts: CaptionFacts = { characters: characterCount(text), tags: 0, duplicates: [] };
  if (isJsonCaption(text)) return facts;
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

/** Index of the part that the chip with this index shows; -1 when there is none. */
function partOfChip({ parts }: TagLine, index: number): number {
  let chip = -1;
  return parts.findIndex(({ tag }) => tag !== '' && ++chip === index);
}
