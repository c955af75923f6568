import type { CaptionOptions } from '../tagging/captionOptions';

/** Tags that are faces: their underscores are eyes or mouths and stay. The list of SmilingWolf's wd-tagger space. */
const kaomoji = new Set(
  '0_0 (o)_(o) +_+ +_- ._. <o>_<o> <|>_<|> =_= >_< 3_3 6_9 >_o @_@ ^_^ o_o u_u x_x |_| ||_||'.split(' '),
);

/**
 * A model's tag as it is written: spaces for underscores, but in faces, and `\(` and `\)` for parentheses where that is
 * wanted. A backslash that is part of a tag (`\o/`) stays one backslash.
 */
export function formatTag(
  name: string,
  { keepUnderscores, escapeParentheses }: Pick<CaptionOptions, 'keepUnderscores' | 'escapeParentheses'>,
): string {
  const spaced = keepUnderscores || kaomoji.has(name) ? name : name.replaceAll('_', ' ');
  return escapeParentheses ? spaced.replace(/[()]/g, '\\$&') : spaced;
}
