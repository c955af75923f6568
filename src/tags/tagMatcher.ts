import { comparableTag } from './comparableTag';
import { tagGlob, type GlobPattern } from './GlobPattern';

/**
 * Makes the test whether a tag is one of a list. Tags are compared as {@link comparableTag} says. In a pattern `*`
 * stands for any text and `?` for one character, `\*` and `\?` for themselves; a tag of signs only, such as `!?`, is no
 * pattern unless it has a `*`.
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
