import { GlobPattern } from '../../tags/GlobPattern';
import { parseQuery, topLevelParts } from './parseQuery';
import { phraseNode, printQuery, tagNode } from './printQuery';
import type { QueryNode } from './QueryNode';

/** Whether a query requires a tag, excludes it, or does neither. */
export type TagFilter = 'included' | 'excluded' | undefined;

/** How a query filters a tag: only top-level terms count. */
export function tagFilter(tree: QueryNode | null, tag: string): TagFilter {
  return filterOf(tree, tagNode(tag));
}

/** How a query filters a word or phrase of captions: only top-level terms count. */
export function phraseFilter(tree: QueryNode | null, phrase: string): TagFilter {
  return filterOf(tree, phraseNode(phrase));
}

function filterOf(tree: QueryNode | null, wanted: QueryNode): TagFilter {
  for (const part of topLevelParts(tree)) {
    if (isSame(part, wanted)) return 'included';
    if (part.kind === 'not' && isSame(part.part, wanted)) return 'excluded';
  }
  return undefined;
}

/** The tags that top-level terms of a query require or exclude, except patterns with wildcards. */
export function filteredTags(tree: QueryNode | null): string[] {
  const tags: string[] = [];
  for (const part of topLevelParts(tree)) {
    const own = part.kind === 'not' ? part.part : part;
    if (own.kind !== 'text' || own.field !== 'tag') continue;
    const { literal } = new GlobPattern(own.pattern);
    if (literal !== undefined) tags.push(literal);
  }
  return tags;
}

/**
 * Adds a term to a query that requires or excludes a tag, or removes that term if the query has it already.
 * @param query a query with a mistake is replaced by the term
 * @returns the new query
 */
export function toggleTag(query: string, tag: string, exclude: boolean): string {
  return toggle(query, tagNode(tag), exclude);
}

/** As {@link toggleTag}, for a word or phrase of captions. */
export function togglePhrase(query: string, phrase: string, exclude: boolean): string {
  return toggle(query, phraseNode(phrase), exclude);
}

function toggle(query: string, wanted: QueryNode, exclude: boolean): string {
  const { tree } = parseQuery(query);
  let wasThere = false;
  const kept: string[] = [];
  for (const part of topLevelParts(tree)) {
    const own = part.kind === 'not' ? part.part : part;
    if (!isSame(own, wanted)) {
      const source = query.slice(part.start, part.end);
      kept.push(part.kind === 'or' && !source.startsWith('(') ? `(${source})` : source);
    } else if ((part.kind === 'not') === exclude) wasThere = true;
  }
  if (!wasThere) kept.push(`${exclude ? '-' : ''}${printQuery(wanted)}`);
  // A single group needs no parentheses.
  const [only] = kept;
  return kept.length === 1 && only !== undefined ? unwrapped(only) : kept.join(' ');
}

function unwrapped(term: string): string {
  const { tree } = parseQuery(term);
  return tree?.kind === 'or' ? printQuery(tree) : term;
}

function isSame(a: QueryNode, b: QueryNode): boolean {
  return printQuery(a) === printQuery(b);
}
