import { GlobPattern } from '../../tags/GlobPattern';
import { parseQuery, topLevelParts } from './parseQuery';
import { printQuery, tagNode, tagTerm } from './printQuery';
import type { QueryNode } from './QueryNode';

/** Whether a query asks for a tag, excludes it, or does neither. */
export type TagFilter = 'included' | 'excluded' | undefined;

/** What a query says about a tag by a term of its own. */
export function tagFilter(tree: QueryNode | null, tag: string): TagFilter {
  const wanted = tagNode(tag);
  for (const part of topLevelParts(tree)) {
    if (isSame(part, wanted)) return 'included';
    if (part.kind === 'not' && isSame(part.part, wanted)) return 'excluded';
  }
  return undefined;
}

/** The tags that a query asks for or excludes by terms of their own, without those with wildcards. */
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
 * Adds a tag to a query or excludes it; where it is in the query like that already, it is taken out again.
 * @param query without a mistake, else only the tag is left of it
 * @returns the new query
 */
export function toggleTag(query: string, tag: string, exclude: boolean): string {
  const { tree } = parseQuery(query);
  const wanted = tagNode(tag);
  let wasThere = false;
  const kept: string[] = [];
  for (const part of topLevelParts(tree)) {
    const own = part.kind === 'not' ? part.part : part;
    if (!isSame(own, wanted)) {
      const source = query.slice(part.start, part.end);
      kept.push(part.kind === 'or' && !source.startsWith('(') ? `(${source})` : source);
    } else if ((part.kind === 'not') === exclude) wasThere = true;
  }
  if (!wasThere) kept.push(`${exclude ? '-' : ''}${tagTerm(tag)}`);
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
