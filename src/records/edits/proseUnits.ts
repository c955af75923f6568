import { comparableTag } from '../../tags/comparableTag';
import type { Stretch } from '../../tags/Stretch';
import { captionParts, type CaptionPart } from '../captionParts';
import { deletionKey } from '../recordEntry';
import type { DeletedPart } from '../originsOf';

/** A text that is written as a whole: a sentence, a tag, or an answer that is no list of tags and has no end. */
export interface ProsePiece extends Pick<CaptionPart, 'text' | 'kind'> {
  /** what stands between the one before and this one */
  gap: string;
}

/** What a captioner has to say, and what stands around it. */
export interface ProseParts {
  /** the text that the caption would get if it were empty */
  output: string;
  /** what of it the model wrote */
  prose: string;
  /** tags of the caption in it: nothing of them is written again */
  tags: readonly string[];
  separator: string;
}

export const endsSentence = /[.!?…。！？]["'”’)\]」』）]*$/;
/** A sign behind which a new sentence may begin; `5 p.m.` and `3.5` go on. */
const sentenceEnd = /(?:[.!?…]+["'”’)\]]*(?=\s+["'“‘(]*[^\p{Ll}\s"'“‘(])|[。！？]+[」』）]*)\s*/gu;
/** What is cut short with a full stop rather than ended: single letters, too. */
const cutShort =
  /(?:^|[^\p{L}\p{M}])(?:\p{L}|dr|mr|mrs|ms|mx|st|no|nr|vs|vol|jr|sr|prof|gen|col|capt|lt|sgt|fig|approx)\.$/iu;
/** A part of a list of tags has at most so many words. */
const wordsOfTag = 4;
/** How sentences begin and tags do not. */
const beginsSentence = /^(?:\p{Lu}|(?:an?|the|this|there|she|he|they|it)\s)/u;

/** The form by which parts are compared: without the full stop that a sentence gets in front of another one. */
export function keyOf(text: string): string {
  return comparableTag(text.replace(/\.$/, ''));
}

/** The sentences of a text, which may be one without an end: the text is divided nowhere else. */
export function sentencesIn(text: string): Stretch[] {
  const sentences: Stretch[] = [];
  let start = 0;
  for (const { 0: sign, index } of text.matchAll(sentenceEnd)) {
    const end = index + sign.trimEnd().length;
    if (sign.trimEnd() === '.' && cutShort.test(text.slice(Math.max(start, end - 8), end))) continue;
    if (end > start) sentences.push({ start, end });
    start = index + sign.length;
  }
  if (start < text.length) sentences.push({ start, end: text.length });
  return sentences;
}

/** Whether what a captioner wrote is a list of tags: its parts are short, and it neither begins nor ends like prose. */
export function isTagList(prose: string, separator: string): boolean {
  const parts = captionParts(prose, separator);
  if (parts.some(({ kind }) => kind !== 'tag') || endsSentence.test(prose)) return false;
  const isShort = parts.every(({ text }) => text.split(/\s+/).length <= wordsOfTag);
  return (
    isShort && (!beginsSentence.test(prose) || (parts.length > 1 && parts.every(({ text }) => /^\p{Lu}/u.test(text))))
  );
}

/** The parts of a caption, sentence by sentence also where several short ones count as one part. */
export function finestParts(text: string, separator: string): { part: CaptionPart; of: number }[] {
  return captionParts(text, separator).flatMap((part, of) => {
    if (part.kind !== 'sentence') return [{ part, of }];
    return sentencesIn(part.text).map(({ start, end }) => ({
      part: { text: part.text.slice(start, end), start: part.start + start, end: part.start + end, kind: part.kind },
      of,
    }));
  });
}

/** Divides a text into its parts. */
export function piecesOf(text: string, separator: string): ProsePiece[] {
  let from = 0;
  return finestParts(text, separator).map(({ part: { text: one, kind, start, end } }) => {
    const gap = text.slice(from, start);
    from = end;
    return { gap, text: one, kind };
  });
}

/**
 * Divides what is to be written into pieces: the sentences of the model as it wrote them, and the tags around them.
 * Words of a template that nothing divides from a sentence are part of it.
 */
export function piecesOfOutput({ output, prose, tags, separator }: ProseParts): ProsePiece[] {
  const at = output.lastIndexOf(prose);
  if (prose === '' || at < 0) return piecesOf(output, separator);
  const units = isTagList(prose, separator) ? piecesOf(prose, separator) : unitsOf(prose);
  const [first] = units;
  if (first === undefined) return piecesOf(output, separator);
  const isAnyTag = (text: string): boolean => tags.some((tag) => text.includes(tag));
  const front = piecesOf(output.slice(0, at), separator);
  const last = front.at(-1);
  if (last !== undefined) {
    const end = output.lastIndexOf(last.text, at - 1) + last.text.length;
    first.gap = output.slice(end, at);
    if (/[^.]\.$/.test(last.text)) {
      last.text = last.text.slice(0, -1);
      first.gap = `.${first.gap}`;
    } else if (/^[ \t]*$/.test(first.gap) && !endsSentence.test(last.text)) {
      front.pop();
      if (!isAnyTag(last.text)) first.text = last.text + first.gap + first.text;
      first.gap = last.gap;
    }
  } else first.gap = output.slice(0, at);
  const behind = piecesOf(output.slice(at + prose.length), separator);
  const [next] = behind;
  const end = units.at(-1);
  const isGlued =
    next !== undefined && /^[ \t]*$/.test(next.gap) && (!endsSentence.test(prose) || /^[-–—]/.test(next.text));
  if (isGlued && end !== undefined) {
    behind.shift();
    const isSign = /^[.!?…]+\s/.exec(next.text);
    if (isSign !== null) behind.unshift({ ...next, gap: isSign[0], text: next.text.slice(isSign[0].length) });
    else if (!isAnyTag(next.text)) end.text += next.gap + next.text;
  }
  return [...front, ...units, ...behind];
}

function unitsOf(prose: string): ProsePiece[] {
  let from = 0;
  return sentencesIn(prose).map(({ start, end }) => {
    const gap = prose.slice(from, start);
    from = end;
    return { gap, text: prose.slice(start, end), kind: 'sentence' };
  });
}

/**
 * Where a text stands in a caption as a whole, to the letter, and not as the middle of something else.
 * @returns the places of all of them
 */
export function placesOf(unit: string, caption: string): Stretch[] {
  const places: Stretch[] = [];
  const text = unit.replace(/\.$/, '');
  if (text === '') return places;
  for (let at = caption.indexOf(text); at >= 0; at = caption.indexOf(text, at + text.length)) {
    const end = at + (caption.startsWith(unit, at) ? unit : text).length;
    const before = caption.slice(Math.max(0, at - 100), at);
    const begins = before.trim() === '' || before.includes('\n', before.trimEnd().length) || dividesBefore.test(before);
    const ends = endsSentence.test(caption.slice(at, end)) ? startsAnew : dividesBehind;
    if (begins && ends.test(caption.slice(end, end + 2))) places.push({ start: at, end });
  }
  return places;
}

const dividesBefore = /[.,;:!?…。！？、，|"'”’)\]」』）]\s*$/;
const dividesBehind = /^(?:$|\s*[.,;:!?…。！？、，|\n"”)\]])/;
const startsAnew = /^(?![\p{L}\p{N}])|^[\p{Lo}]/u;

/** What a person deleted, for comparing: also each sentence of what counted as one. */
export class DeletedTexts {
  private readonly keys = new Set<string>();

  constructor(
    deleted: readonly DeletedPart[],
    private readonly separator: string,
  ) {
    for (const { text } of deleted) {
      this.keys.add(deletionKey(text)).add(keyOf(text));
      for (const { start, end } of sentencesIn(text)) this.keys.add(keyOf(text.slice(start, end)));
    }
  }

  get isEmpty(): boolean {
    return this.keys.size === 0;
  }

  /** Whether a text was deleted, or has a part that was: as a whole it would bring that back. */
  has(text: string): boolean {
    if (this.isEmpty) return false;
    if (this.isOne(text)) return true;
    const parts = captionParts(text, this.separator);
    return parts.length > 1 && parts.some((part) => this.isOne(part.text));
  }

  private isOne(text: string): boolean {
    return this.keys.has(keyOf(text)) || this.keys.has(deletionKey(text));
  }
}
