import { byteOrderMarks, withoutByteOrderMark } from './byteOrderMark';

/** Whether a caption counts as empty: only whitespace or a byte order mark. */
export function isEmptyCaption(raw: string): boolean {
  return raw.trim() === '';
}

/**
 * The part of a caption file that the user sees and edits: without the byte order mark and the final line end, with LF
 * line ends.
 * @param raw the complete decoded content of the file
 */
export function textOfRaw(raw: string): string {
  const text = normalizeLineEnds(withoutByteOrderMark(raw));
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

/** Converts all line ends (CRLF, CR) to LF, as a text area does. */
export function normalizeLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/**
 * The new content of a caption file after its text was edited. The byte order mark, the final line end and the line
 * ends of unchanged lines are kept; new lines get the line end that occurs most in the file.
 * @param raw the content before the edit; null when there was no file
 * @param text the edited version of what {@link textOfRaw} returned
 */
export function rawWithText(raw: string | null, text: string): string {
  if (raw === null) return text;
  const [edited, old] = [normalizeLineEnds(text), textOfRaw(raw)];
  if (edited === old) return raw;
  const mark = byteOrderMarks(raw);
  // Most captions are one line: what is behind it is its line end.
  if (!edited.includes('\n') && !old.includes('\n')) return mark + edited + raw.slice(mark.length + old.length);
  return mark + editedLines(raw.slice(mark.length), edited);
}

/** As {@link rawWithText}, of captions of several lines and without a byte order mark. */
function editedLines(raw: string, text: string): string {
  const { lines: oldLines, ends: oldEnds } = splitLines(raw);
  const finalEnd = oldLines.length > 1 && oldLines.at(-1) === '' ? (oldEnds.at(-1) ?? '') : '';
  if (finalEnd !== '') {
    oldLines.pop();
    oldEnds.pop();
  }
  const lines = text.split('\n');
  const usual = usualLineEnd(oldEnds.length > 0 ? oldEnds : [finalEnd]);
  let same = 0;
  while (same < lines.length - 1 && same < oldEnds.length && lines[same] === oldLines[same]) same++;
  let sameAtEnd = 0;
  while (
    sameAtEnd < lines.length - 1 - same &&
    sameAtEnd < oldEnds.length - same &&
    lines.at(-1 - sameAtEnd) === oldLines.at(-1 - sameAtEnd)
  ) {
    sameAtEnd++;
  }
  const ends = lines.slice(1).map((_, index) => {
    if (index < same) return oldEnds[index];
    const fromEnd = lines.length - 1 - index;
    return fromEnd <= sameAtEnd ? oldEnds[oldEnds.length - fromEnd] : usual;
  });
  let edited = '';
  for (const [index, line] of lines.entries()) {
    const end = index < ends.length ? (ends[index] ?? '') : finalEnd;
    edited += line;
    // An adjacent CR and LF would be read as a single line end.
    edited += end === '\n' && edited.endsWith('\r') ? '\r\n' : end;
  }
  return edited;
}

/** Splits a text into its lines and the line ends between them: `ends` has one element less than `lines`. */
function splitLines(text: string): { lines: string[]; ends: string[] } {
  const parts = text.split(/(\r\n|\r|\n)/);
  return { lines: parts.filter((_, index) => index % 2 === 0), ends: parts.filter((_, index) => index % 2 === 1) };
}

function usualLineEnd(ends: readonly string[]): string {
  let best = '\n';
  let bestCount = 0;
  for (const end of ['\n', '\r\n', '\r']) {
    const count = ends.filter((other) => other === end).length;
    if (count > bestCount) [best, bestCount] = [end, count];
  }
  return best;
}
