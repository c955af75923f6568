import * as l10n from '@vscode/l10n';
import { comparableTag } from '../../tags/comparableTag';
import { escapedForRegExp } from '../../tags/escapedForRegExp';
import type { Stretch } from '../../tags/captionGrammar';
import { tagGlob, type GlobPattern } from '../../tags/GlobPattern';
import { EditError } from './EditError';

/**
 * Which tags an edit means: the same tags ({@link comparableTag} says which are), tags that a pattern describes as a
 * whole (`*` stands for any text, `?` for one character, `\*` and `\?` for themselves), or tags in which a regular
 * expression finds something.
 */
export type TagMatch =
  { kind: 'exact' | 'wildcard'; patterns: readonly string[] } | { kind: 'regex'; pattern: string; matchCase: boolean };

/** The maximum number of tags in the cache: captions may be sentences, each of which occurs once. */
const mostRemembered = 50_000;

/** Makes new text of old; undefined where the pattern does not match. */
export type Rewrite = (text: string) => string | undefined;

/**
 * Makes the function that replaces a matching tag.
 * @param replacement in it `*` stands for what the `*` of a wildcard matched, in turn, and `$1`, `$&`, `$<name>` for
 * what a regular expression did; `$$` is a dollar sign
 * @throws EditError PATTERN_INVALID
 */
export function tagRewrite(match: TagMatch, replacement: string): Rewrite {
  if (match.kind === 'regex') {
    const expression = regularExpression(match.pattern, match.matchCase ? 'g' : 'gi');
    return remembered(textRewrite(expression, (found) => expand(replacement, found)));
  }
  const exact = new Set<string>();
  const wildcards: GlobPattern[] = [];
  for (const pattern of match.patterns.map((one) => one.trim()).filter((one) => one !== '')) {
    const glob = match.kind === 'wildcard' ? tagGlob(foldedTag(pattern).text) : undefined;
    if (glob === undefined) exact.add(comparableTag(pattern));
    else if (glob.literal === undefined) wildcards.push(glob);
    else exact.add(comparableTag(glob.literal));
  }
  return remembered((tag) => {
    const folded = wildcards.length === 0 ? undefined : foldedTag(tag);
    for (const wildcard of wildcards) {
      const found = folded === undefined ? undefined : wildcard.captures(folded.text);
      if (found !== undefined && folded !== undefined) return filled(replacement, found.map(folded.written));
    }
    // Without a wildcard there is nothing that a `*` could stand for.
    return exact.has(comparableTag(tag)) ? replacement : undefined;
  });
}

/** The same tags occur in thousands of captions. */
function remembered(rewrite: Rewrite): Rewrite {
  const known = new Map<string, string | undefined>();
  return (tag) => {
    let after = known.get(tag);
    if (after !== undefined || known.has(tag)) return after;
    after = rewrite(tag);
    if (known.size < mostRemembered) known.set(tag, after);
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
 * Compiles a regular expression as a user wrote it.
 * @throws EditError PATTERN_INVALID with what is wrong
 */
export function regularExpression(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch {
    // What is strict about Unicode refuses harmless escapes, such as `\_`.
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

/** A plain text as an expression that finds it. */
export function plainExpression(text: string, flags: string): RegExp {
  return new RegExp(escapedForRegExp(text), `${flags}u`);
}

/** Puts what was found into a replacement: `$1` to `$99`, `$&`, `$<name>`, `$$`. */
export function expand(replacement: string, found: RegExpExecArray): string {
  return replacement.replace(/\$(?:(\$)|(&)|(\d\d?)|<([^>]*)>)/g, (whole: string, ...groups: unknown[]) => {
    const [dollar, all, digits, name] = groups as (string | undefined)[];
    if (dollar !== undefined) return '$';
    if (all !== undefined) return found[0];
    if (name !== undefined) return found.groups === undefined ? whole : (found.groups[name] ?? '');
    const number = Number(digits);
    if (number >= 1 && number < found.length) return found[number] ?? '';
    // `$12` is group 1 and a 2 where there are fewer groups.
    const first = Number(digits?.[0]);
    return digits?.length === 2 && first >= 1 && first < found.length ? (found[first] ?? '') + digits.slice(1) : whole;
  });
}

/** A tag as patterns see it, and the way back to how it is written. */
interface FoldedTag {
  text: string;
  /** what stands in the tag where `text` has this stretch */
  written: (stretch: Stretch) => string;
}

/** A tag in small letters, with blanks for underscores and plain parentheses for escaped ones. */
function foldedTag(tag: string): FoldedTag {
  const lower = tag.toLowerCase();
  if (lower.length === tag.length && !tag.includes('\\')) {
    return { text: lower.replaceAll('_', ' '), written: ({ start, end }) => tag.slice(start, end) };
  }
  let text = '';
  /** for each place in the text the one in the tag, also for the end */
  const places: number[] = [];
  for (const { 0: written, index } of tag.matchAll(/\\[()]|./gsu)) {
    const folded = written.length > 1 && written.startsWith('\\') ? written.slice(1) : written.toLowerCase();
    places.push(...Array<number>(folded.length).fill(index));
    text += folded === '_' ? ' ' : folded;
  }
  places.push(tag.length);
  return { text, written: ({ start, end }) => tag.slice(places[start], places[end]) };
}

/** A replacement with what the wildcards matched in place of its `*`. */
function filled(replacement: string, texts: readonly string[]): string {
  let next = 0;
  return replacement.replace(/\\\*|\*+/g, (part) => (part === '\\*' ? '*' : (texts[next++] ?? part)));
}
