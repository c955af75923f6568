import { escapedForRegExp } from './escapedForRegExp';
import type { Stretch } from './Stretch';

/** The part of a pattern between two `*` wildcards. */
interface Segment {
  /** its characters */
  text: string;
  /** the number of characters; a surrogate pair counts as one */
  length: number;
  /**
   * expressions for a segment with `?`: `from` finds it at or after `lastIndex`, `at` (sticky) only there; undefined
   * when the segment has no `?`
   */
  free: { from: RegExp; at: RegExp } | undefined;
}

/**
 * A compiled pattern with `*` and `?`, to be matched against many texts. `*` matches any text, including an empty one,
 * and `?` matches one character. Matching time grows with the length of the text, whatever the number of wildcards.
 */
export class GlobPattern {
  /** the only text that the pattern matches; undefined when the pattern has wildcards */
  readonly literal: string | undefined;
  /** the longest known text that every match contains; may be empty */
  readonly needle: string;
  /** at least one */
  private readonly segments: readonly Segment[];

  /** @param pattern a `\` escapes the next character */
  constructor(pattern: string) {
    this.segments = segmentsOf(pattern);
    const [first] = this.segments;
    this.literal = this.segments.length === 1 && first?.free === undefined ? (first?.text ?? '') : undefined;
    const literals = this.segments.filter(({ free }) => free === undefined).map(({ text }) => text);
    this.needle = literals.reduce((longest, text) => (text.length > longest.length ? text : longest), '');
  }

  /** Whether the pattern matches a part of a text. */
  isIn(text: string): boolean {
    if (this.literal !== undefined) return text.includes(this.literal);
    return endOfAll(this.segments, text, 0) !== undefined;
  }

  /** Whether the pattern matches the whole text. */
  is(text: string): boolean {
    if (this.literal !== undefined) return text === this.literal;
    return this.ends(text) !== undefined;
  }

  /**
   * What each `*` matches when the pattern matches the whole text. Matching is greedy from left to right. Consecutive
   * `*` count as one.
   * @returns undefined when the pattern does not match
   */
  captures(text: string): Stretch[] | undefined {
    const ends = this.ends(text);
    if (ends === undefined) return undefined;
    // Greedy: placing each segment as far right as possible gives the `*` before it as much as possible.
    const found: Stretch[] = [];
    let end = ends.last;
    for (const segment of this.segments.slice(1, -1).reverse()) {
      const start = lastBefore(segment, text, end);
      found.push({ start: start + lengthAt(segment, text, start), end });
      end = start;
    }
    if (this.segments.length > 1) found.push({ start: ends.first, end });
    return found.reverse();
  }

  /** End of the first segment and start of the last one when the whole text matches; undefined when it does not. */
  private ends(text: string): { first: number; last: number } | undefined {
    const first = this.segments[0];
    const last = this.segments.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const start = find(first, text, 0);
    if (start?.at !== 0) return undefined;
    if (first === last) return start.end === text.length ? { first: start.end, last: 0 } : undefined;
    const end = endOfAll(this.segments.slice(1, -1), text, start.end);
    const lastStart = end === undefined ? undefined : startAtEnd(last, text, end);
    return lastStart === undefined ? undefined : { first: start.end, last: lastStart };
  }
}

/**
 * A pattern for tags. A tag may contain a backslash, as in `\o/`, so here a backslash is an escape only before `*` or
 * `?`.
 */
export function tagGlob(pattern: string): GlobPattern {
  return new GlobPattern(pattern.replace(/\\(?![*?])/g, String.raw`\\`));
}

function segmentsOf(pattern: string): Segment[] {
  const segments: Segment[] = [];
  let text = '';
  let source = '';
  let length = 0;
  let isFree = false;
  const end = (): void => {
    const free = isFree ? { from: new RegExp(source, 'gsu'), at: new RegExp(source, 'ysu') } : undefined;
    segments.push({ text, length, free });
    text = source = '';
    length = 0;
    isFree = false;
  };
  // Split by characters: a character is one or two code units.
  const chars = Array.from(pattern);
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '*') {
      if (chars[at + 1] !== '*') end();
      continue;
    }
    isFree ||= char === '?';
    const plain = char === '\\' ? (chars[++at] ?? char) : char;
    source += char === '?' ? '.' : escapedForRegExp(plain);
    text += plain;
    length++;
  }
  end();
  return segments;
}

/** Start and end of the first match of a segment at or after `from`; undefined when there is none. */
function find({ text: wanted, free }: Segment, text: string, from: number): { at: number; end: number } | undefined {
  if (free === undefined) {
    const at = text.indexOf(wanted, from);
    return at < 0 ? undefined : { at, end: at + wanted.length };
  }
  free.from.lastIndex = from;
  const found = free.from.exec(text);
  return found === null ? undefined : { at: found.index, end: free.from.lastIndex };
}

/** End of the last segment when all segments match one after the other from `from` on; undefined when they do not. */
function endOfAll(segments: readonly Segment[], text: string, from: number): number | undefined {
  let end = from;
  for (const segment of segments) {
    const found = find(segment, text, end);
    if (found === undefined) return undefined;
    end = found.end;
  }
  return end;
}

/**
 * Start of a segment that matches the end of the text; undefined when it does not match there or would start before
 * `from`.
 */
function startAtEnd(segment: Segment, text: string, from: number): number | undefined {
  const { text: wanted, length, free } = segment;
  let start = text.length - wanted.length;
  if (free !== undefined) {
    // A character is one or two code units, so count back as many characters as the segment has.
    start = text.length;
    for (let count = length; count > 0; count--) {
      start -= /[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(Math.max(0, start - 2), start)) ? 2 : 1;
    }
  }
  if (start < from) return undefined;
  return lengthAt(segment, text, start) === text.length - start ? start : undefined;
}

/** Start of the last match of a segment that ends at or before `end`; the caller knows that there is one. */
function lastBefore(segment: Segment, text: string, end: number): number {
  if (segment.free === undefined) return text.lastIndexOf(segment.text, end - segment.text.length);
  let start = end - segment.length;
  while (start > 0 && !(start + lengthAt(segment, text, start) <= end)) start--;
  return start;
}

/** Number of code units that a segment matches at a position of the text; NaN when it does not match there. */
function lengthAt({ text: wanted, free }: Segment, text: string, at: number): number {
  if (free === undefined) return text.startsWith(wanted, at) ? wanted.length : NaN;
  free.at.lastIndex = at;
  // When `lastIndex` is in the middle of a surrogate pair, the engine steps back to the start of the pair.
  return free.at.exec(text)?.index === at ? free.at.lastIndex - at : NaN;
}
