import { comparableTag } from '../../tags/comparableTag';
import type { QueryNode, TextRange } from './QueryNode';
import { prefixes } from './queryTokens';

/** Prints a tree as a query; parsing the result gives an equivalent tree. */
export function printQuery(tree: QueryNode): string {
  switch (tree.kind) {
    case 'text':
      return `${tree.field === 'any' ? '' : `${tree.field}:`}${printPattern(tree.pattern)}`;
    case 'origin':
      return `${tree.field}:${printPattern(tree.pattern)}`;
    case 'number':
      return `${tree.field}:${tree.operator === '=' ? '' : tree.operator}${tree.text}`;
    case 'state':
      return `is:${tree.state}`;
    case 'not':
      return `-${printPart(tree.part)}`;
    case 'and':
      return tree.parts.map(printPart).join(' ');
    case 'or':
      return tree.parts.map(printPart).join(' OR ');
  }
}

/** The query term that finds a tag: `tag:cat`, `tag:"long hair"`. */
export function tagTerm(tag: string): string {
  return printQuery(tagNode(tag));
}

/** The node that finds a tag. */
export function tagNode(tag: string): QueryNode {
  const comparable = comparableTag(tag);
  // Matching normalizes the pattern again. If that would change it further (a second backslash or leading space), use
  // the tag itself.
  const text = comparableTag(comparable) === comparable ? comparable : tag.trim().toLowerCase();
  return { kind: 'text', field: 'tag', pattern: literalPattern(text), ...nowhere };
}

/** The node that finds a word or phrase in captions. @param phrase in lower case */
export function phraseNode(phrase: string): QueryNode {
  return { kind: 'text', field: 'caption', pattern: literalPattern(phrase), ...nowhere };
}

/** Escapes a text into a pattern that matches only that text. */
export function literalPattern(text: string): string {
  return text.replace(/[*?\\]/g, '\\$&');
}

const nowhere: TextRange = { start: 0, end: 0 };

function printPart(part: QueryNode): string {
  return part.kind === 'and' || part.kind === 'or' ? `(${printQuery(part)})` : printQuery(part);
}

/** Adds quotes to a pattern that would be parsed differently without them. */
function printPattern(pattern: string): string {
  const plain = !/[\s()"]|^-/.test(pattern) && !prefixes.some((prefix) => pattern.startsWith(`${prefix}:`));
  return plain ? pattern : `"${pattern.replaceAll('"', '\\"')}"`;
}
