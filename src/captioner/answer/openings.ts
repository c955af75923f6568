import { escapedForRegExp } from '../../tags/escapedForRegExp';

/**
 * Removes openings that say nothing about the picture from an answer, one after another, as in "Sure! Here is a
 * caption: The image shows". The rest begins with a capital letter. What is all of an answer is no opening.
 * @param openings rules as users write them: a text, in any case, in which `*` stands for some words of the same
 *   sentence (three times at most, else the rule is ignored), `(a|b)` for one of several texts, and `?` behind a sign
 *   or a group for one that may be missing
 */
export function withoutOpenings(text: string, openings: readonly string[]): string {
  const patterns = openings.flatMap((opening) => patternOf(opening) ?? []);
  let rest = text.trim();
  for (let found: string | undefined = rest; found !== undefined;) {
    rest = found;
    found = patterns.map((pattern) => without(rest, pattern)).find((shorter) => shorter !== undefined);
  }
  return rest;
}

/** A text without its opening; undefined if it has none, or if the rest would make no sense. */
function without(text: string, pattern: RegExp): string | undefined {
  const found = pattern.exec(text);
  if (found === null || found[0] === '') return undefined;
  // Bold type of Markdown that closes behind the opening.
  const rest = text.slice(found[0].length).replace(/^(?:\*{1,3}|_{1,2})?[\s:,]*(?:\*\*|__)?\s*/, '');
  if (rest === '' || (/\p{L}$/u.test(found[0]) && restOfVerb.test(rest))) return undefined;
  return capitalized(rest);
}

/**
 * If one of these words follows, the opening is part of the statement: "The image shows off", "shows how a mill
 * works".
 */
const restOfVerb =
  /^(?:off|up|out|how|that|what|where|why|when|whether|which|only|both|nothing|no|neither|and|or|to)\b/i;

/** A text with a capital letter at its start. Names such as iPhone and quoted texts stay as they are. */
function capitalized(text: string): string {
  return text.replace(/^([(*_]*)(\p{Ll})(?!\p{Lu})/u, (_, lead: string, letter: string) => lead + letter.toUpperCase());
}

/** How often `*` may stand in a rule: each makes a failing match a hundred times slower. */
const mostWildcards = 3;

/** A rule as a pattern; undefined if it has too many wildcards, or no letter, so that it would match anything. */
function patternOf(opening: string): RegExp | undefined {
  const rule = opening.trim().replace(/\*+/g, '*');
  if (!/\p{L}/u.test(rule) || rule.split('*').length - 1 > mostWildcards) return undefined;
  const source = rule
    .split(/(\s+|[*()|?])/)
    .map((piece) => {
      if (piece === '*') return String.raw`[^.!?\n"“”]{0,80}?`;
      if (piece === '(') return '(?:';
      if (piece === ')' || piece === '|' || piece === '?') return piece;
      return piece.trim() === '' && piece !== '' ? String.raw`\s+` : escapedForRegExp(piece).replaceAll("'", "['’]");
    })
    .join('');
  // A rule that ends with a letter matches whole words only.
  const end = /[\p{L}\p{N})]$/u.test(rule) ? String.raw`(?![\p{L}\p{N}’'-])` : '';
  try {
    return new RegExp(String.raw`^(?:\*{1,3}|_{1,2}|#{1,4}\s)?\s*(?:${source})${end}`, 'iu');
  } catch {
    // Unbalanced brackets: then the rule is taken literally.
    return new RegExp(`^${escapedForRegExp(rule)}`, 'iu');
  }
}
