import { dividersIn, sentencesOf } from '../tags/captionGrammar';
import { isJsonCaption } from '../tags/jsonCaption';
import type { Stretch } from '../tags/Stretch';

/** A part of a caption that somebody wrote: a tag, a sentence, or all of a caption that is JSON. */
export interface CaptionPart extends Stretch {
  /** without the whitespace around it */
  text: string;
  kind: 'tag' | 'sentence' | 'json';
}

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
  // Independent of the setting for how captions are read: other machines read these records, too.
  const sentences = sentencesOf(line, separator);
  let next = 0;
  let from = 0;
  for (const { start, end } of dividersIn(line, separator, sentences)) {
    addPart(parts, 'tag', line, from, start, offset);
    for (let one = sentences[next]; one !== undefined && one.start < end; one = sentences[++next]) {
      addPart(parts, 'sentence', line, one.start, one.end, offset);
    }
    from = end;
  }
  addPart(parts, 'tag', line, from, line.length, offset);
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
