import * as l10n from '@vscode/l10n';
import { comparableTag } from '../../tags/comparableTag';
import { escapedForRegExp } from '../../tags/escapedForRegExp';
import type { Stretch } from '../../tags/Stretch';
import { tagGlob, type GlobPattern } from '../../tags/GlobPattern';
import { EditError } from './EditError';

/**
 * The tags that an edit applies to: tags equal to one of a list (see {@link comparableTag}); tags that a pattern
 * matches as a whole (`*` matches any text, `?` one character, `\*` and `\?` match themselves); or tags in which a
 * regular expression finds a match.
 */
export type TagMatch =
  { kind: 'exact' | 'wildcard'; patterns: readonly string[] } | { kind: 'regex'; pattern: string; matchCase: boolean };

/** Maximum number of tags in the cache: captions may be sentences, each of which occurs only once. */
const maxMemoized = 50_000;

/** Returns the new text, or undefined when the pattern does not match. */
export type Rewrite = (text: string) => string | undefined;

/**
 * Compiles the replacement of matching tags.
 * @param replacement with wildcards, the n-th `*` stands for what the n-th `*` of the pattern matched; with a regular
 *   expression, `$1`, `$&` and `$<name>` stand for what it matched, and `$$` is a dollar sign
 * @throws EditError PATTERN_INVALID
 */
export function tagRewrite(match: TagMatch, replacement: string): Rewrite {
  if (match.kind === 'regex') {
    const expression = regularExpression(match.pattern, match.matchCase ? 'g' : 'gi');
    return memoized(textRewrite(expression, (found) => expand(replacement, found)));
  }
  const exact = new Set<string>();
  const wildcards: GlobPattern[] = [];
  for (const pattern of match.patterns.map((one) => one.trim()).filter((one) => one !== '')) {
    const glob = match.kind === 'wildcard' ? tagGlob(foldedTag(pattern).text) : undefined;
    if (glob === undefined) exact.add(comparableTag(pattern));
    else if (glob.literal === undefined) wildcards.push(glob);
    else exact.add(comparableTag(glob.literal));
  }
  return memoized((tag) => {
    const folded = wildcards.length === 0 ? undefined : foldedTag(tag);
    for (const wildcard of wildcards) {
      const found = folded === undefined ? undefined : wildcard.captures(folded.text);
      if (found !== undefined && folded !== undefined) return fillWildcards(replacement, found.map(folded.written));
    }
    // Without a wildcard there is nothing that a `*` in the replacement could stand for.
    return exact.has(comparableTag(tag)) ? replacement : undefined;
  });
}

/** Memoizes results, because the same tags occur in thousands of captions. */
function memoized(rewrite: Rewrite): Rewrite {
  const known = new Map<string, string | undefined>();
  return (tag) => {
    let after = known.get(tag);
    if (after !== undefined || known.has(tag)) return after;
    after = rewrite(tag);
    if (known.size < maxMemoized) known.set(tag, after);
    return after;
  };
}

/** Replaces every match in a text. An empty match directly after another match is ignored: `.*` matches a text once. */
export function textRewrite(expression: RegExp, replace: (found: RegExpExecArray) => string): Rewrite {
  return (text) => {
    let result = '';
    let end = 0;
    let matched = false;
    for (const found of text.matchAll(expression)) {
      if (found[0] === '' && matched && found.index === end) continue;
      result += text.slice(end, found.index) + replace(found);
      end = found.index + found[0].length;
      matched = true;
    }
    return matched ? result + text.slice(end) : undefined;
  };
}

/**
 * Compiles a regular expression that the user wrote.
 * @throws EditError PATTERN_INVALID with the reason
 */
export function regularExpression(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch {
    // The `u` flag rejects harmless escapes such as `\_`, so try again without it.
  }
  try {
    return new RegExp(pattern, flags);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message.replace(/^.*\/[a-z]*: /, '') : String(thrown);
    throw new EditError(
      'PATTERN_INVALID',
      l10n.t('The regular expression is not valid: {0}.', detail),
      undefined,
      thrown,
    );
  }
}

/** A regular expression that finds a plain text. */
export function plainExpression(text: string, flags: string): RegExp {
  return new RegExp(escapedForRegExp(text), `${flags}u`);
}

/** Resolves `$1` to `$99`, `$&`, `$<name>` and `$$` in a replacement. */
export function expand(replacement: string, found: RegExpExecArray): string {
  return replacement.replace(/\$(?:(\$)|(&)|(\d\d?)|<([^>]*)>)/g, (whole: string, ...groups: unknown[]) => {
    const [dollar, all, digits, name] = groups as (string | undefined)[];
    if (dollar !== undefined) return '$';
    if (all !== undefined) return found[0];
    if (name !== undefined) return found.groups === undefined ? whole : (found.groups[name] ?? '');
    const number = Number(digits);
    if (number >= 1 && number < found.length) return found[number] ?? '';
    // With fewer than 12 groups, `$12` is group 1 followed by a 2.
    const first = Number(digits?.[0]);
    return digits?.length === 2 && first >= 1 && first < found.length ? (found[first] ?? '') + digits.slice(1) : whole;
  });
}

/** A tag normalized for matching, with a mapping back to its original spelling. */
interface FoldedTag {
  text: string;
  /** the part of the original tag for a range of `text` */
  written: (stretch: Stretch) => string;
}

/** A tag in lower case, with spaces for underscores and unescaped parentheses. */
function foldedTag(tag: string): FoldedTag {
  const lower = tag.toLowerCase();
  if (lower.length === tag.length && !tag.includes('\\')) {
    return { text: lower.replaceAll('_', ' '), written: ({ start, end }) => tag.slice(start, end) };
  }
  let text = '';
  /** maps each offset in `text`, including its end, to the offset in the tag */
  const offsets: number[] = [];
  for (const { 0: written, index } of tag.matchAll(/\\[()]|./gsu)) {
    const folded = written.length > 1 && written.startsWith('\\') ? written.slice(1) : written.toLowerCase();
    offsets.push(...Array<number>(folded.length).fill(index));
    text += folded === '_' ? ' ' : folded;
  }
  offsets.push(tag.length);
  return { text, written: ({ start, end }) => tag.slice(offsets[start], offsets[end]) };
}

/** Replaces each `*` of a replacement by what the wildcard matched. */
function fillWildcards(replacement: string, texts: readonly string[]): string {
  let next = 0;
  return replacement.replace(/\\\*|\*+/g, (part) => (part === '\\*' ? '*' : (texts[next++] ?? part)));
}
