import { captionParts } from '../../records/captionParts';

/**
 * A caption with each tag and sentence in a line of its own, for the comparison of two. The usual separator is left
 * out; another one stands at the end of its line.
 * @param text with LF line ends
 */
export function partPerLine(text: string): string {
  const parts = captionParts(text);
  let lines = text.slice(0, parts[0]?.start ?? text.length);
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    lines += part.text;
    const gap = text.slice(part.end, next?.start ?? text.length);
    if (next === undefined || gap.includes('\n')) lines += gap;
    else lines += gap === ', ' ? '\n' : `${gap.trimEnd()}\n`;
  }
  return lines;
}
