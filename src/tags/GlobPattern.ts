/** One stretch between two `*`. */
interface Segment {
  /** its characters */
  text: string;
  /** what finds it where some of them are `?`, which a pair of code units fits as one does; undefined where none is */
  free: RegExp | undefined;
}

/** A pattern with `*` and `?`, ready to be compared with many texts; its time grows with the text's length only. */
export class GlobPattern {
  /** the text that the pattern stands for; undefined when it has wildcards */
  readonly literal: string | undefined;
  /** a text that has to occur in whatever matches, the longest known; may be empty */
  readonly needle: string;
  private readonly segments: readonly Segment[];

  /** @param pattern `*` is any text, `?` one character, `\` takes the meaning from the next character */
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
    const first = this.segments[0];
    const last = this.segments.at(-1);
    if (first === undefined || last === undefined) return text === '';
    const start = find(first, text, 0);
    if (start?.at !== 0) return false;
    if (first === last) return start.end === text.length;
    const end = endOfAll(this.segments.slice(1, -1), text, start.end);
    return end !== undefined && endsWith(last, text, end);
  }
}

function segmentsOf(pattern: string): Segment[] {
  const segments: Segment[] = [];
  let text = '';
  let source = '';
  let isFree = false;
  const end = (): void => {
    segments.push({ text, free: isFree ? new RegExp(source, 'gsu') : undefined });
    text = source = '';
    isFree = false;
  };
  // By whole characters, of which each is one or two code units.
  const chars = Array.from(pattern);
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '*') end();
    else if (char === '?') {
      isFree = true;
      source += '.';
      text += char;
    } else {
      const plain = char === '\\' ? (chars[++at] ?? char) : char;
      source += escaped(plain);
      text += plain;
    }
  }
  end();
  return segments;
}

function escaped(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);
}

/** Where the first place of a segment begins and ends. */
function find({ text: wanted, free }: Segment, text: string, from: number): { at: number; end: number } | undefined {
  if (free === undefined) {
    const at = text.indexOf(wanted, from);
    return at < 0 ? undefined : { at, end: at + wanted.length };
  }
  free.lastIndex = from;
  const found = free.exec(text);
  return found === null ? undefined : { at: found.index, end: free.lastIndex };
}

/** Where the last of some segments ends that follow each other; undefined when they do not. */
function endOfAll(segments: readonly Segment[], text: string, from: number): number | undefined {
  let end = from;
  for (const segment of segments) {
    const found = find(segment, text, end);
    if (found === undefined) return undefined;
    ({ end } = found);
  }
  return end;
}

function endsWith({ text: wanted, free }: Segment, text: string, from: number): boolean {
  if (free === undefined) return text.length - wanted.length >= from && text.endsWith(wanted);
  // Characters have one or two code units: from the end it is as many of them as the segment has.
  let start = text.length;
  for (let count = Array.from(wanted).length; count > 0; count--) {
    start -= /[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(Math.max(0, start - 2), start)) ? 2 : 1;
  }
  if (start < from) return false;
  free.lastIndex = start;
  return free.exec(text)?.index === start;
}
