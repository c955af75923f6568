import { comparableTag } from './comparableTag';
import { tagGlob, type GlobPattern } from './GlobPattern';

/**
 * Compiles a list of tags and patterns into a test whether a tag matches any of them. Tags are compared by their
 * normalized form ({@link comparableTag}). In a pattern `*` matches any text, `?` one character, and `\*` and `\?`
 * match themselves. A tag without letters and digits, such as `!?`, is a pattern only if it has a `*`.
 */
export function tagMatcher(patterns: readonly string[]): (tag: string) => boolean {
  const exact = new Set<string>();
  const globs: GlobPattern[] = [];
  for (const pattern of patterns) {
    const comparable = comparableTag(pattern);
    const glob = tagGlob(comparable);
    const isPattern = /(?<!\\)\*/.test(comparable) || /[\p{L}\p{N}]/u.test(comparable);
    if (glob.literal === undefined && isPattern) globs.push(glob);
    else exact.add(glob.literal ?? comparable.replace(/\\([*?])/g, '$1'));
  }
  return (tag) => {
    const comparable = comparableTag(tag);
    return exact.has(comparable) || globs.some((glob) => glob.is(comparable));
  };
}
