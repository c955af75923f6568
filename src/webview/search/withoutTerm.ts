import { parseQuery, topLevelParts } from '../../dataset/query/parseQuery';

/**
 * A search without one of its top-level terms.
 * @param query may have changed since the term was shown; without the term, it stays as it is
 * @param term as it is written in the search
 * @param index its place among the terms when it was shown: it says which one is meant if the term is there twice
 */
export function withoutTerm(query: string, term: string, index: number): string {
  const terms = topLevelParts(parseQuery(query).tree).map(({ start, end }) => query.slice(start, end));
  const at = terms[index] === term ? index : terms.indexOf(term);
  return at < 0 ? query : terms.filter((_, other) => other !== at).join(' ');
}
