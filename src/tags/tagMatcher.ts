import { comparableTag } from './comparableTag';

/**
 * Makes the test whether a tag is one of a list. Tags are compared as {@link comparableTag} says. In a pattern `*` stands
 * for any text and `?` for one character, `\*` and `\?` for themselves; a tag of signs only, such as `!?`, is no pattern
 * unless it has a `*`.
 */
export function tagMatcher(patterns: readonly string[]): (tag: string) => boolean {
  const exact = new Set<string>();
  const sources: string[] = [];
  for (const pattern of patterns) {
    const comparable = comparableTag(pattern);
    const hasWildcard =
      /(?<!\\)\*/.test(comparable) || (/(?<!\\)\?/.test(comparable) && /[\p{L}\p{N}]/u.test(comparable));
    if (hasWildcard) sources.push(sourceOf(comparable));
    else exact.add(comparable.replace(/\\([*?])/g, '$1'));
  }
  if (patterns.length === 0) return () => false;
  const wildcards = sources.length === 0 ? undefined : new RegExp(`^(?:${sources.join('|')})$`, 'su');
  return (tag) => {
    const comparable = comparableTag(tag);
    return exact.has(comparable) || wildcards?.test(comparable) === true;
  };
}

function sourceOf(pattern: string): string {
  return pattern.replace(/\\[*?]|\*+|\?|[\\^$.+()[\]{}|/]/g, (part) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    return part.startsWith('\\') && part.length === 2 ? part : `\\${part}`;
  });
}
