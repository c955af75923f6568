import { numberFields, originFields, textFields, type TextRange } from './QueryNode';

/** A token of a query. */
export type QueryToken = TextRange &
  (
    | { kind: 'open' | 'close' | 'and' | 'or' | 'not' }
    | {
        kind: 'term';
        /** the prefix, such as `tag`, `tags` or `is`; empty for plain words */
        prefix: string;
        /** the value without prefix and quotes, with escapes as in the patterns of {@link QueryNode} */
        pattern: string;
        /** offset in the query at which the value starts */
        valueStart: number;
        quoted: boolean;
        /** the value starts with a quote that is not closed */
        unclosed: boolean;
      }
  );

/** The known prefixes of terms; any other text before a colon is part of a word. */
export const prefixes: readonly string[] = [...textFields, ...numberFields, ...originFields, 'is', 'tokens'];

const maxPrefixLength = Math.max(...prefixes.map((name) => name.length));
const blank = /\s/;
/** The characters that a backslash escapes; before any other character it is an ordinary backslash. */
const escapable = /[\\"()*?:\s-]/;
const operators = new Map<string, 'and' | 'or' | 'not'>([
  ['AND', 'and'],
  ['OR', 'or'],
  ['NOT', 'not'],
]);

/** Splits a query into tokens. Never fails: mistakes are reported by the parser. */
export function queryTokens(text: string): QueryToken[] {
  const tokens: QueryToken[] = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const start = at;
    const char = text.charAt(at);
    if (blank.test(char)) {
      at++;
    } else if (char === '(') {
      depth++;
      tokens.push({ kind: 'open', start, end: ++at });
    } else if (char === ')' && depth > 0) {
      depth--;
      tokens.push({ kind: 'close', start, end: ++at });
    } else if (char === '-' && at + 1 < text.length && !endsTerm(text.charAt(at + 1), depth)) {
      tokens.push({ kind: 'not', start, end: ++at });
    } else {
      const operator = operatorAt(text, at);
      const token = operator ?? termAt(text, at, depth);
      tokens.push(token);
      at = token.end;
    }
  }
  return tokens;
}

function endsTerm(char: string, depth: number): boolean {
  return blank.test(char) || (char === ')' && depth > 0);
}

function operatorAt(text: string, start: number): QueryToken | undefined {
  const word = /^[A-Z]+(?![^\s()])/.exec(text.slice(start, start + 4))?.[0] ?? '';
  const kind = operators.get(word);
  return kind === undefined ? undefined : { kind, start, end: start + word.length };
}

/**
 * Reads a term: a word or quoted text, optionally after a prefix. Parentheses inside a word belong to it
 * (`ganyu_(genshin)`); so does a surplus closing one when no group is open (`:)`).
 */
function termAt(text: string, start: number, depth: number): QueryToken {
  const head = text.slice(start, start + maxPrefixLength + 1).toLowerCase();
  const prefix = prefixes.find((name) => head.startsWith(`${name}:`)) ?? '';
  const valueStart = prefix === '' ? start : start + prefix.length + 1;
  const value =
    text.charAt(valueStart) === '"' ? quotedValue(text, valueStart + 1) : plainValue(text, valueStart, depth);
  return { kind: 'term', prefix, valueStart, start, ...value };
}

interface TermValue {
  pattern: string;
  end: number;
  quoted: boolean;
  unclosed: boolean;
}

function quotedValue(text: string, from: number): TermValue {
  let pattern = '';
  let at = from;
  while (at < text.length && text.charAt(at) !== '"') {
    const { piece, length } = characterAt(text, at);
    pattern += piece;
    at += length;
  }
  const unclosed = at >= text.length;
  return { pattern, end: unclosed ? at : at + 1, quoted: true, unclosed };
}

function plainValue(text: string, from: number, depth: number): TermValue {
  let pattern = '';
  let at = from;
  let opened = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (blank.test(char) || (char === ')' && opened === 0 && depth > 0)) break;
    if (char === '(') opened++;
    else if (char === ')') opened--;
    const { piece, length } = characterAt(text, at);
    pattern += piece;
    at += length;
  }
  return { pattern, end: at, quoted: false, unclosed: false };
}

/** The next character of a value in pattern syntax, and its length in the query. */
function characterAt(text: string, at: number): { piece: string; length: number } {
  const char = text.charAt(at);
  if (char !== '\\') return { piece: char, length: 1 };
  const next = text.charAt(at + 1);
  if (next === '' || !escapable.test(next)) return { piece: '\\\\', length: 1 };
  return { piece: /[*?\\]/.test(next) ? `\\${next}` : next, length: 2 };
}
