import { escapedForRegExp } from './escapedForRegExp';
import type { Stretch } from './captionGrammar';

/** One stretch between two `*`. */
interface Segment {
  /** its characters */
  text: string;
  /** how many characters it has, a pair of code units being one */
  length: number;
  /** what finds it, from a place on or just there, where some of the characters are `?`; undefined where none is */
  free: { from: RegExp; at: RegExp } | undefined;
}

/**
 * A pattern with `*` and `?`, ready to be compared with many texts. `*` is any text, also none, and `?` one character.
 * The time that a comparison takes grows with the length of the text, whatever the number of wildcards.
 */
export class GlobPattern {
  /** the text that the pattern stands for; undefined when it has wildcards */
  readonly literal: string | undefined;
  /** a text that has to occur in whatever matches, the longest known; may be empty */
  readonly needle: string;
  /** at least one */
  private readonly segments: readonly Segment[];

  /** @param pattern in it `\` takes the meaning from the next character */
  constructor(pattern: string) {
    this.segments = segmentsOf(pattern);
    const [first] = this.segments;
    this.literal = this.segments.length === 1 && first?.free === undefined ? (first?.text ?? '') : undefined;
    const literals = this.segments.filter(({ free }) => free === undefined).map(({ text }) => text);
    this.needle = literals.reduce((longest, text) => (text.length > longest.length ? text : longest), '');
  }

  /** Whether it matches some part of a text. */
  isIn(text: string): boolean {
    if (this.literal !== undefined) return text.includes(this.literal);
    return endOfAll(this.segments, text, 0) !== undefined;
  }

  /** Whether it matches the whole of a text. */
  is(text: string): boolean {
    if (this.literal !== undefined) return text === this.literal;
    return this.ends(text) !== undefined;
  }

  /**
   * What each `*` stands for where the pattern matches the whole of a text: each, from the first on, as much as it can.
   * Several `*` side by side are one.
   * @returns undefined where it does not match
   */
  captures(text: string): Stretch[] | undefined {
    const ends = this.ends(text);
    if (ends === undefined) return undefined;
    // Where each segment is as far back as it can be, each `*` before it has as much as it can.
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

  /** Where the first segment ends and the last begins in a text that matches as a whole; undefined in others. */
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
 * A pattern for tags. In tags a backslash is a letter, as in `\o/`, so here it takes the meaning from a `*` or `?`
 * only.
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
  // By whole characters, of which each is one or two code units.
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

/** Where the first place of a segment begins and ends. */
function find({ text: wanted, free }: Segment, text: string, from: number): { at: number; end: number } | undefined {
  if (free === undefined) {
    const at = text.indexOf(wanted, from);
    return at < 0 ? undefined : { at, end: at + wanted.length };
  }
  free.from.lastIndex = from;
  const found = free.from.exec(text);
  return found === null ? undefined : { at: found.index, end: free.from.lastIndex };
}

/** Where the last of some segments ends that follow each other; undefined when they do not. */
function endOfAll(segments: readonly Segment[], text: string, from: number): number | undefined {
  let end = from;
  for (const segment of segments) {
    const found = find(segment, text, end);
    if (found === undefined) return undefined;
    end = found.end;
  }
  return end;
}

/** Where a segment begins that ends with the text; undefined where none does, or only one that begins before `from`. */
function startAtEnd(segment: Segment, text: string, from: number): number | undefined {
  const { text: wanted, length, free } = segment;
  let start = text.length - wanted.length;
  if (free !== undefined) {
    // Characters have one or two code units: from the end it is as many of them as the segment has.
    start = text.length;
    for (let count = length; count > 0; count--) {
      start -= /[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(Math.max(0, start - 2), start)) ? 2 : 1;
    }
  }
  if (start < from) return undefined;
  return lengthAt(segment, text, start) === text.length - start ? start : undefined;
}

/** Where the last place of a segment begins that ends at `end` or before; there has to be one. */
function lastBefore(segment: Segment, text: string, end: number): number {
  if (segment.free === undefined) return text.lastIndexOf(segment.text, end - segment.text.length);
  let start = end - segment.length;
  while (start > 0 && !(start + lengthAt(segment, text, start) <= end)) start--;
  return start;
}

/** How many code units a segment takes at a place of the text; NaN where it does not fit. */
function lengthAt({ text: wanted, free }: Segment, text: string, at: number): number {
  if (free === undefined) return text.startsWith(wanted, at) ? wanted.length : NaN;
  free.at.lastIndex = at;
  // In the middle of a pair of code units the engine goes a step back.
  return free.at.exec(text)?.index === at ? free.at.lastIndex - at : NaN;
}
