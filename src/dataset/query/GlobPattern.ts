/** One stretch between two `*`: its characters, and which of them are `?`. */
interface Segment {
  text: string;
  /** positions that any character fits; undefined where there are none */
  free: ReadonlySet<number> | undefined;
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
    let at = 0;
    for (const segment of this.segments) {
      const found = find(segment, text, at);
      if (found < 0) return false;
      at = found + segment.text.length;
    }
    return true;
  }

  /** Whether it matches the whole of a text. */
  is(text: string): boolean {
    if (this.literal !== undefined) return text === this.literal;
    const first = this.segments[0];
    const last = this.segments.at(-1);
    if (first === undefined || last === undefined) return text === '';
    if (first === last) return text.length === first.text.length && fits(first, text, 0);
    const end = text.length - last.text.length;
    let at = first.text.length;
    if (end < at || !fits(first, text, 0) || !fits(last, text, end)) return false;
    for (const segment of this.segments.slice(1, -1)) {
      const found = find(segment, text, at);
      if (found < 0) return false;
      at = found + segment.text.length;
    }
    return at <= end;
  }
}

function segmentsOf(pattern: string): Segment[] {
  const segments: Segment[] = [];
  let text = '';
  let free = new Set<number>();
  const end = (): void => {
    segments.push({ text, free: free.size === 0 ? undefined : free });
    text = '';
    free = new Set();
  };
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    if (char === '*') end();
    else if (char === '\\' && at + 1 < pattern.length) text += pattern.charAt(++at);
    else {
      if (char === '?') free.add(text.length);
      text += char;
    }
  }
  end();
  return segments;
}

function find(segment: Segment, text: string, from: number): number {
  if (segment.free === undefined) return text.indexOf(segment.text, from);
  for (let at = from; at + segment.text.length <= text.length; at++) if (fits(segment, text, at)) return at;
  return -1;
}

function fits({ text: wanted, free }: Segment, text: string, at: number): boolean {
  if (free === undefined) return text.startsWith(wanted, at);
  if (at + wanted.length > text.length) return false;
  for (let index = 0; index < wanted.length; index++) {
    if (!free.has(index) && wanted.charCodeAt(index) !== text.charCodeAt(at + index)) return false;
  }
  return true;
}
