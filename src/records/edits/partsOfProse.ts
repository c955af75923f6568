import { captionParts } from '../captionParts';
import { keyOf } from './proseUnits';

/**
 * What of an edit is a captioner's: the parts of what it had to say, as they are read alone, and as they are read in
 * the caption, where a sentence without an end may be divided otherwise. What stood before in any form is not.
 * @param before the caption, with LF line ends, and after the edit
 * @param output what it had to say
 */
export function partsOfProse(before: string, after: string, output: string, separator?: string): string[] {
  const parts = new Set(captionParts(output, separator).map(({ text }) => text));
  const stood = new Set(captionParts(before, separator).map(({ text }) => keyOf(text)));
  for (const { text } of captionParts(after, separator)) {
    if (!stood.has(keyOf(text)) && output.includes(text.replace(/\.$/, ''))) parts.add(text);
  }
  return [...parts];
}
