import * as l10n from '@vscode/l10n';
import type { Operator, QueryNode } from './QueryNode';
import { printQuery } from './printQuery';

const signs: Readonly<Record<Operator, string>> = { '=': '=', '!=': '≠', '<': '<', '<=': '≤', '>': '>', '>=': '≥' };

/** Describes a part of a query for the user, such as `not tag: long hair` or `width ≥ 1024`. */
export function describeQuery(tree: QueryNode): string {
  switch (tree.kind) {
    case 'not':
      return l10n.t('not {0}', describeQuery(tree.part));
    case 'state':
      return tree.state;
    case 'number':
      return `${tree.field} ${signs[tree.operator]} ${tree.text}`;
    case 'origin':
    case 'text': {
      const text = tree.pattern.replace(/\\(?=[*?\\])/g, '').replaceAll('\\\\', '\\');
      return tree.field === 'any' ? `“${text}”` : `${tree.field}: ${text}`;
    }
    default:
      return printQuery(tree);
  }
}
