import { separatorsIn, trainerSeparators, type Stretch } from '../tags/captionGrammar';
import { isJsonCaption } from '../tags/jsonCaption';

/** A part of a caption that somebody wrote: a tag, a sentence, or all of a caption that is JSON. */
export interface CaptionPart extends Stretch {
  /** without the whitespace around it */
  text: string;
  kind: 'tag' | 'sentence' | 'json';
}

/** A part of a tag list has fewer words than this; a sentence has that many in a row, without a comma. */
const wordsOfSentence = 4;
/** A sentence without blanks between its words, as in Japanese, has at least so many characters. */
const charactersOfSentence = 8;

/** A sign that ends a sentence, with the quotation marks and brackets that close behind it. */
const sentenceEnd = /(?:[.!?…]+["'”’)\]]*(?=[\s,]|$))|(?:[。！？]+[」』）]*)/g;
const mayEndSentence = /[.!?…。！？]/;
/** What begins behind a list of tags that ends in a full stop, as in `1girl, solo. A girl stands.` */
const beginsSentence = /^\s+["'“‘(]?\p{Lu}/u;
/** A word that ends in a full stop within a sentence. */
const abbreviation = /(?:^|[\s(])(?:mr|mrs|ms|dr|st|vs|no|etc|e\.g|i\.e)$/i;

/**
 * Divides a caption into the parts that each have an origin, in their order: tags by the grammar of captions, sentences
 * where a line is prose. Tags may stand in front of the sentences of a line and behind them, as a tagger adds them.
 * @param text with LF line ends
 * @param separator a further separator of tags besides the comma and those of trainers
 */
export function captionParts(text: string, separator = ','): CaptionPart[] {
  if (isJsonCaption(text)) {
    const start = text.length - text.trimStart().length;
    return [{ text: text.trim(), start, end: text.trimEnd().length, kind: 'json' }];
  }
  const parts: CaptionPart[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    addLine(parts, line, start, separator);
    start += line.length + 1;
  }
  return parts;
}

function addLine(parts: CaptionPart[], line: string, offset: number, separator: string): void {
  if (!mayEndSentence.test(line)) {
    addTags(parts, line, offset, separator);
    return;
  }
  // What trainers divide is no sentence across.
  let from = 0;
  for (const { start, end } of separatorsIn(line)) {
    if (!trainerSeparators.some((one) => line.startsWith(one, start))) continue;
    addProse(parts, line.slice(from, start), offset + from, separator);
    from = end;
  }
  addProse(parts, line.slice(from), offset + from, separator);
}

function addProse(parts: CaptionPart[], piece: string, offset: number, separator: string): void {
  let from = 0;
  for (const { 0: sign, index } of piece.matchAll(sentenceEnd)) {
    const end = index + sign.length;
    if (sign === '.' && isTagList(piece.slice(from, index)) && beginsSentence.test(piece.slice(end))) {
      addTags(parts, piece.slice(from, index), offset + from, separator);
      from = end;
      continue;
    }
    const start = startOfSentence(piece.slice(from, end));
    if (start === undefined) continue;
    addTags(parts, piece.slice(from, from + start), offset + from, separator);
    addPart(parts, 'sentence', piece, from + start, end, offset);
    from = end;
  }
  addTags(parts, piece.slice(from), offset + from, separator);
}

/**
 * Whether a text that ends in a full stop in front of a sentence is a list of tags: several or a short one, none begun
 * with a capital letter.
 */
function isTagList(text: string): boolean {
  if (abbreviation.test(text)) return false;
  const pieces = text.split(',').map((piece) => piece.trim());
  const [first = ''] = pieces;
  if (pieces.length === 1 && (first === '' || first.split(/\s+/).length >= wordsOfSentence)) return false;
  return pieces.every((piece) => !/^\p{Lu}/u.test(piece));
}

/** Where a sentence begins in a text that ends like one, behind the tags in front of it; undefined if it is none. */
function startOfSentence(text: string): number | undefined {
  const pieces: Stretch[] = [];
  let start = 0;
  for (const separator of separatorsIn(text)) {
    pieces.push({ start, end: separator.start });
    start = separator.end;
  }
  pieces.push({ start, end: text.length });
  const worded = pieces.map((piece) => {
    const words = text.slice(piece.start, piece.end).trim();
    const isLong = words.split(/\s+/).length >= wordsOfSentence || withoutBlanks(words) >= charactersOfSentence;
    return { start: piece.start, isLong, begins: /^["'“‘(]?\p{Lu}\S*\s/u.test(words) };
  });
  if (!worded.some(({ isLong }) => isLong)) return undefined;
  return worded.find(({ isLong, begins }) => isLong || begins)?.start;
}

/** The number of characters of a script that has no blanks between words. */
function withoutBlanks(words: string): number {
  return words.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0;
}

function addTags(parts: CaptionPart[], text: string, offset: number, separator: string): void {
  let from = 0;
  for (const { start, end } of separatorsIn(text, separator)) {
    addPart(parts, 'tag', text, from, start, offset);
    from = end;
  }
  addPart(parts, 'tag', text, from, text.length, offset);
}

function addPart(
  parts: CaptionPart[],
  kind: CaptionPart['kind'],
  text: string,
  start: number,
  end: number,
  offset: number,
): void {
  const trimmed = text.slice(start, end).trim();
  if (trimmed === '') return;
  const at = offset + text.indexOf(trimmed, start);
  parts.push({ text: trimmed, start: at, end: at + trimmed.length, kind });
}
