import * as l10n from '@vscode/l10n';
import {
  imageStates,
  numberFields,
  originFields,
  textFields,
  type NumberField,
  type OriginField,
  type QueryError,
  type QueryNode,
  type TextField,
  type TextRange,
} from './QueryNode';
import { queryTokens, type QueryToken } from './queryTokens';
import { imageState, numberExamples, numberValue } from './queryValues';

/** The syntax tree of a query, or its mistake. A null tree without a mistake matches all images. */
export type ParsedQuery = { tree: QueryNode | null; error?: undefined } | { tree: null; error: QueryError };

/**
 * Maximum nesting depth, more than any sensible query needs; without it, deep nesting would overflow the call stack.
 */
const maxDepth = 100;

/** Parses a query. Never throws; the language is described in docs/search.md. */
export function parseQuery(text: string): ParsedQuery {
  try {
    return { tree: new Parser(text).parse() };
  } catch (thrown) {
    if (thrown instanceof Problem) return { tree: null, error: thrown.error };
    throw thrown;
  }
}

/** The parts of a query that all have to match: each becomes a filter chip. */
export function topLevelParts(tree: QueryNode | null): readonly QueryNode[] {
  if (tree === null) return [];
  return tree.kind === 'and' ? tree.parts : [tree];
}

class Problem extends Error {
  constructor(readonly error: QueryError) {
    super(error.message);
  }
}

type Term = QueryToken & { kind: 'term' };

/** Recursive descent parser. NOT binds tightest, then AND (explicit or by juxtaposition), then OR. */
class Parser {
  private readonly tokens: readonly QueryToken[];
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = queryTokens(text);
  }

  parse(): QueryNode | null {
    return this.next === undefined ? null : this.or();
  }

  private get next(): QueryToken | undefined {
    return this.tokens[this.at];
  }

  private or(): QueryNode {
    const parts = [this.and()];
    while (this.next?.kind === 'or') {
      this.at++;
      parts.push(this.and());
    }
    return joined('or', parts);
  }

  private and(): QueryNode {
    const parts = [this.operand()];
    for (;;) {
      const { next } = this;
      if (next === undefined || next.kind === 'or' || next.kind === 'close') break;
      if (next.kind === 'and') this.at++;
      parts.push(this.operand());
    }
    return joined('and', parts);
  }

  private operand(): QueryNode {
    const token = this.next;
    if (token === undefined) throw this.missingOperand();
    switch (token.kind) {
      case 'term':
        this.at++;
        return this.term(token);
      case 'not': {
        this.at++;
        const part = this.nested(token, () => this.operand());
        return { kind: 'not', part, start: token.start, end: part.end };
      }
      case 'open':
        this.at++;
        return this.nested(token, () => this.group(token));
      case 'close':
        throw this.tokens[this.at - 1]?.kind === 'open'
          ? new Problem({
              message: l10n.t('There is nothing in these parentheses.'),
              ...this.from(this.at - 1),
              incomplete: false,
            })
          : this.missingOperand();
      case 'and':
      case 'or': {
        const before = this.tokens[this.at - 1];
        const word = this.source(token);
        const message =
          before === undefined || before.kind === 'open'
            ? l10n.t('{0} needs a term before it. To find the word, put it in quotes.', word)
            : l10n.t('{0} cannot follow {1}. To find the word, put it in quotes.', word, this.source(before));
        throw new Problem({ message, start: token.start, end: token.end, incomplete: false });
      }
    }
  }

  private group(open: QueryToken): QueryNode {
    const inside = this.next === undefined ? undefined : this.or();
    const close = this.tokens[this.at];
    if (inside === undefined || close?.kind !== 'close') {
      const message = l10n.t('This parenthesis is not closed. To find the character, put it in quotes.');
      throw new Problem({ message, start: open.start, end: open.end, incomplete: true });
    }
    this.at++;
    return { ...inside, start: open.start, end: close.end };
  }

  private nested(token: QueryToken, parse: () => QueryNode): QueryNode {
    if (++this.depth > maxDepth) {
      const message = l10n.t('This is nested too deeply. Use fewer parentheses.');
      throw new Problem({ message, start: token.start, end: token.end, incomplete: false });
    }
    const node = parse();
    this.depth--;
    return node;
  }

  private term(token: Term): QueryNode {
    const { prefix, start, end } = token;
    const valueRange = { start: token.valueStart, end };
    if (token.unclosed) {
      throw new Problem({ message: l10n.t('This quote is not closed.'), ...valueRange, incomplete: true });
    }
    if (isNumberField(prefix)) return this.number(token, prefix);
    if (prefix === 'is') return this.state(token);
    if (prefix === 'tokens') {
      const message = l10n.t(
        'Tokens are not counted here. chars: compares the number of characters, tags: that of tags.',
      );
      throw new Problem({ message, start, end, incomplete: false });
    }
    if (token.pattern.trim() === '') {
      const message =
        prefix === '' ? l10n.t('There is nothing between the quotes.') : l10n.t('{0}: needs a text after it.', prefix);
      throw new Problem({ message, start, end, incomplete: end === this.text.length && !token.quoted });
    }
    if (isOriginField(prefix)) {
      return { kind: 'origin', field: prefix, pattern: token.pattern.toLowerCase(), start, end };
    }
    const field = isTextField(prefix) ? prefix : 'any';
    return { kind: 'text', field, pattern: token.pattern.toLowerCase(), start, end };
  }

  private number(token: Term, field: NumberField): QueryNode {
    const { start, end } = token;
    const written = this.value(token);
    const value = numberValue(field, written);
    if (value !== undefined) return { kind: 'number', field, ...value, start, end };
    const incomplete = end === this.text.length && /^[<>=!]*[\d.:/]*$/.test(written);
    const message = l10n.t('{0}: needs a number after it, such as {1}.', field, numberExamples[field]);
    throw new Problem({ message, start, end, incomplete });
  }

  private state(token: Term): QueryNode {
    const { start, end } = token;
    const written = this.value(token);
    const state = imageState(written);
    if (state !== undefined) return { kind: 'state', state, start, end };
    const begins = imageStates.some((name) => name.startsWith(written.toLowerCase()));
    const message = l10n.t('is: knows {0} and {1}.', imageStates.slice(0, -1).join(', '), imageStates.at(-1) ?? '');
    throw new Problem({ message, start, end, incomplete: begins && end === this.text.length });
  }

  /** The value as written, after the prefix and without quotes. */
  private value(token: Term): string {
    const { valueStart, end, quoted } = token;
    return quoted ? this.text.slice(valueStart + 1, end - 1) : this.text.slice(valueStart, end);
  }

  private missingOperand(): Problem {
    const before = this.tokens[this.at - 1];
    const { start, end } = before ?? { start: 0, end: this.text.length };
    const operator = before === undefined ? '' : this.source(before);
    const message = l10n.t('{0} needs a term after it. To find the word, put it in quotes.', operator);
    return new Problem({ message, start, end, incomplete: this.next === undefined });
  }

  private source({ start, end }: TextRange): string {
    return this.text.slice(start, end);
  }

  private from(first: number): TextRange {
    return { start: this.tokens[first]?.start ?? 0, end: this.tokens[this.at]?.end ?? this.text.length };
  }
}

function joined(kind: 'and' | 'or', parts: readonly QueryNode[]): QueryNode {
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined) throw new Error('A query without parts');
  return first === last ? first : { kind, parts, start: first.start, end: last.end };
}

function isNumberField(prefix: string): prefix is NumberField {
  return (numberFields as readonly string[]).includes(prefix);
}

function isOriginField(prefix: string): prefix is OriginField {
  return (originFields as readonly string[]).includes(prefix);
}

function isTextField(prefix: string): prefix is TextField {
  return (textFields as readonly string[]).includes(prefix);
}
