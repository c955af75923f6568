import { comparableTag } from '../../tags/comparableTag';
import type { QueryNode, TextRange } from './QueryNode';
import { prefixes } from './queryTokens';

/** A tree as a query; reading that again gives the same tree. */
export function printQuery(tree: QueryNode): string {
  switch (tree.kind) {
    case 'text':
      return `${tree.field === 'any' ? '' : `${tree.field}:`}${printPattern(tree.pattern)}`;
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

/** The term that finds a tag: `tag:cat`, `tag:"long hair"`. */
export function tagTerm(tag: string): string {
  return printQuery(tagNode(tag));
}

/** The term that finds a tag, as a part of a tree. */
export function tagNode(tag: string): QueryNode {
  const comparable = comparableTag(tag);
  // Searching compares once more, which would take a second backslash or leading blank away.
  const text = comparableTag(comparable) === comparable ? comparable : tag.trim().toLowerCase();
  return { kind: 'text', field: 'tag', pattern: literalPattern(text), ...nowhere };
}

/** A pattern that stands for this text only. */
export function literalPattern(text: string): string {
  return text.replace(/[*?\\]/g, '\\$&');
}

const nowhere: TextRange = { start: 0, end: 0 };

function printPart(part: QueryNode): string {
  return part.kind === 'and' || part.kind === 'or' ? `(${printQuery(part)})` : printQuery(part);
}

/** In quotes where it would be read as something else without them. */
function printPattern(pattern: string): string {
  const plain = !/[\s()"]|^-/.test(pattern) && !prefixes.some((prefix) => pattern.startsWith(`${prefix}:`));
  return plain ? pattern : `"${pattern.replaceAll('"', '\\"')}"`;
}
