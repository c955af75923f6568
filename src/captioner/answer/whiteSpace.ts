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
  return (
    plain
      .replace(/[\v\f\u0085\u2028\u2029]/g, '\n')
      .replace(/[\t\u00a0\u2000-\u200a\u202f\u205f ]+/g, ' ')
      .replace(/ ?\n ?/g, '\n')
      .replace(/\n{3,}/g, '\n\n')
      // Horizontal rules of Markdown at the start or end, where they separate nothing.
      .replace(/(?:\n+[-*_]{3,})+$|^(?:[-*_]{3,}\n+)+/g, '')
      .trim()
  );
}
