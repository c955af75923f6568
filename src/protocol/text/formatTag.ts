import type { CaptionOptions } from '../tagging/captionOptions';

/** Emoticons: their underscores are eyes or mouths and are kept. The list of SmilingWolf's wd-tagger space. */
const kaomoji = new Set(
  '0_0 (o)_(o) +_+ +_- ._. <o>_<o> <|>_<|> =_= >_< 3_3 6_9 >_o @_@ ^_^ o_o u_u x_x |_| ||_||'.split(' '),
);

/**
 * Formats a model's tag for a caption: spaces for underscores, except in emoticons, and `\(` and `\)` for parentheses
 * where the options say so. A backslash that is part of a tag (`\o/`) stays one backslash.
 */
export function formatTag(
  name: string,
  { keepUnderscores, escapeParentheses }: Pick<CaptionOptions, 'keepUnderscores' | 'escapeParentheses'>,
): string {
  const spaced = keepUnderscores || kaomoji.has(name) ? name : name.replaceAll('_', ' ');
  return escapeParentheses ? spaced.replace(/[()]/g, '\\$&') : spaced;
}
