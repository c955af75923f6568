import { isJsonCaption } from '../../tags/jsonCaption';
import { normalizeLineEnds } from '../../tags/captionText';

/**
 * An answer with LF line ends, plain spaces, no spaces at the ends of lines, and at most one empty line in a row.
 * Zero-width characters that only break words are removed. White space within JSON is kept.
 */
export function withTidyWhiteSpace(text: string): string {
  const plain = normalizeLineEnds(text)
    .replace(/[\u200b\u2060\ufeff]/g, '')
    .trim();
  if (isJsonCaption(plain)) return plain;
  return withoutRules(
    plain
      .replace(/[\v\f\u0085\u2028\u2029]/g, '\n')
      .replace(/[\t\u00a0\u2000-\u200a\u202f\u205f ]+/g, ' ')
      .replace(/ ?\n ?/g, '\n')
      .replace(/\n{3,}/g, '\n\n'),
  );
}

/** Without lines of Markdown at the start and at the end, which divide nothing. */
function withoutRules(text: string): string {
  const isRule = (line = ''): boolean => /^(?:[-*_]{3,})?$/.test(line);
  const lines = text.split('\n');
  let [from, to] = [0, lines.length];
  // The first and the last line may be all there is.
  while (to - from > 1 && isRule(lines[to - 1])) to--;
  while (to - from > 1 && isRule(lines[from])) from++;
  return lines.slice(from, to).join('\n').trim();
}
