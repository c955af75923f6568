import { isJsonCaption } from '../../tags/jsonCaption';
import { makesJson } from '../../protocol/captioning/jsonTemplate';
import { templateParts, type TemplatePart } from '../../protocol/captioning/templateParts';

/** What a caption is made of. */
export interface OutputValues {
  /** what the model wrote, cleaned by `captionOfAnswer` */
  prose: string;
  /** the tags of the caption as it is, or those that a tagger found */
  tags: readonly string[];
  /** of the profile; empty for none */
  trigger: string;
}

/**
 * The text of a caption file. It has the lines of its template and no others, as sd-scripts reads the first line only:
 * line ends in a piece become blanks. A line end in the template is one, and so is `\n` written out, as on a command
 * line. Where a piece is empty, the signs beside it go with it, so that no caption begins with a comma or has two.
 * Prose that is JSON is all of the caption: tags around it would make it unreadable. Where the template is JSON, the
 * pieces in its texts are written as JSON wants them, so that it stays one, and nothing goes where one is empty.
 * @param template without problems, see `outputProblems`; an unknown placeholder counts as an empty piece
 */
export function fileText(template: string, values: OutputValues): string {
  const prose = inOneLine(values.prose);
  if (isJsonCaption(prose)) return prose;
  const pieces: Readonly<Record<string, string>> = {
    prose,
    tags: values.tags
      .map(inOneLine)
      .filter((tag) => tag !== '')
      .join(', '),
    trigger: inOneLine(values.trigger),
  };
  if (makesJson(template)) return jsonText(template, pieces);
  return linesOf(templateParts(template))
    .map((parts) => lineText(parts, pieces))
    .filter((line) => line !== '')
    .join('\n');
}

function jsonText(template: string, pieces: Readonly<Record<string, string>>): string {
  const parts = templateParts(template);
  return parts
    .map(({ kind, text }) => (kind === 'text' ? text : JSON.stringify(pieces[text] ?? '').slice(1, -1)))
    .join('')
    .trim();
}

/** The parts of each line of a template. */
function linesOf(parts: readonly TemplatePart[]): TemplatePart[][] {
  const lines: TemplatePart[][] = [[]];
  for (const part of parts) {
    if (part.kind === 'placeholder') {
      lines.at(-1)?.push(part);
      continue;
    }
    for (const [index, text] of part.text.split(/\r\n?|\n|\\n/).entries()) {
      if (index > 0) lines.push([]);
      if (text !== '') lines.at(-1)?.push({ kind: 'text', text });
    }
  }
  return lines;
}

/** One line of a caption; empty if all its pieces are, whatever text is between them. */
function lineText(parts: readonly TemplatePart[], pieces: Readonly<Record<string, string>>): string {
  let line = '';
  let between = '';
  let hasPiece = !parts.some(({ kind }) => kind === 'placeholder');
  let isAfterEmpty = false;
  for (const { kind, text } of parts) {
    if (kind === 'text') {
      // Of the punctuation on both sides of an empty piece, that before the next piece stays, as it leads to it.
      if (isAfterEmpty && !isWords(between)) between = '';
      between += line === '' && isAfterEmpty && !isWords(text) ? '' : text;
      continue;
    }
    const piece = pieces[text] ?? '';
    isAfterEmpty = piece === '';
    if (piece === '') continue;
    line = joined(line, between) + piece;
    between = '';
    hasPiece = true;
  }
  if (!hasPiece) return '';
  // Punctuation that leads to an empty piece.
  const rest = isAfterEmpty && !isWords(between) ? '' : between;
  return inOneLine(joined(line, rest));
}

/** Whether a text of a template has words, and not only punctuation and blanks. */
function isWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** Joins two texts without repeating the punctuation at the end of the first. */
function joined(text: string, next: string): string {
  const sign = /^\s*([.,;:!?])/.exec(next);
  if (sign === null) return text + next;
  const [lead, mark = ''] = sign;
  const ends = mark === '.' ? /[.!?…。！？]["'”’)\]」』）]*$/ : mark === ',' ? /[,、，]$/ : undefined;
  return ends?.test(text) === true ? text + next.slice(lead.length) : text + next;
}

/** A text without line ends, as a piece of a caption. */
export function inOneLine(text: string): string {
  return text
    .replace(/[\r\n\v\f\u0085\u2028\u2029]+/g, ' ')
    .replace(/[ \t]{2,}/g, ' ')
    .trim();
}
