import { byteOrderMark, withoutByteOrderMark } from './byteOrderMark';

/** Whether a caption counts as empty: nothing but white space (or only a byte order mark). */
export function isEmptyCaption(raw: string): boolean {
  return raw.trim() === '';
}

/**
 * What the user sees and edits of a caption file: without byte order mark and final line end, all line ends as LF.
 * @param raw the decoded content of the file, every character of it
 */
export function textOfRaw(raw: string): string {
  const text = normalizeLineEnds(withoutByteOrderMark(raw));
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

/** All line ends (CRLF, CR) as LF, which is what a text area gives back. */
export function normalizeLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/**
 * The new content of a caption file whose text was edited: byte order mark, final line end and the line ends of lines
 * that did not change are kept; new lines get the line end that the file uses most.
 * @param raw the content before the edit; null when there was no file
 * @param text the edited text, as {@link textOfRaw} gave it to the user
 */
export function rawWithText(raw: string | null, text: string): string {
  if (raw === null) return text;
  if (normalizeLineEnds(text) === textOfRaw(raw)) return raw;
  const mark = raw.startsWith(byteOrderMark) ? byteOrderMark : '';
  const { lines: oldLines, ends: oldEnds } = splitLines(raw.slice(mark.length));
  const finalEnd = oldLines.length > 1 && oldLines.at(-1) === '' ? (oldEnds.at(-1) ?? '') : '';
  if (finalEnd !== '') {
    oldLines.pop();
    oldEnds.pop();
  }
  const lines = normalizeLineEnds(text).split('\n');
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
  let edited = mark;
  for (const [index, line] of lines.entries()) {
    const end = index < ends.length ? (ends[index] ?? '') : finalEnd;
    edited += line;
    // CR and LF with nothing between them would read as one line end.
    edited += end === '\n' && edited.endsWith('\r') ? '\r\n' : end;
  }
  return edited;
}

/** The lines of a text and the line ends between them: `ends` has one element less than `lines`. */
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
