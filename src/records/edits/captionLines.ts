import type { StoredEntry } from '../RecordDecoder';
import { byTime, type RecordHistory } from '../RecordHistory';

/**
 * What was recorded under one name of one picture, as far as the sizes of the pictures' files tell: a name may have
 * stood for several pictures one after the other, as after a renumbering.
 */
export interface CaptionLine {
  /** relative to the root */
  caption: string;
  /** recorded under this name, in the order of time */
  own: StoredEntry[];
  /** the same with what is known of former names */
  whole: StoredEntry[];
  /** until when what is recorded under this name is of it, ms since 1970 */
  until: number;
  /** bytes of the picture's file, as they were recorded last */
  size: number | undefined;
  /** it is known what it was called before */
  isNamed: boolean;
  /** it is known what it is called by now */
  isLeft: boolean;
  /** what stood under this name before, where a picture of another size ended that */
  before: CaptionLine | undefined;
  /** what stands under this name since */
  next: CaptionLine | undefined;
}

/** What was recorded under a name, line by line, in the order of time. @param caption relative to the root */
export function linesOf(history: RecordHistory, caption: string): CaptionLine[] {
  const lefts = history.timesLeft(caption);
  const lines: CaptionLine[] = [];
  const begin = (before: CaptionLine | undefined, former: readonly StoredEntry[] | undefined): CaptionLine => {
    const whole = [...(former ?? before?.whole ?? [])];
    const line: CaptionLine = {
      caption,
      own: [],
      whole,
      until: -Infinity,
      size: before === undefined ? lastSize(whole) : undefined,
      isNamed: former !== undefined,
      isLeft: false,
      before,
      next: undefined,
    };
    const last = lines.at(-1);
    if (last !== undefined) last.next = line;
    lines.push(line);
    return line;
  };
  for (const entry of (history.stored.get(caption) ?? []).toSorted(byTime)) {
    const { when, from, until = when, pictureSize } = entry;
    let line = lines.at(-1);
    if (line !== undefined) {
      const end = line.until;
      line.isLeft = lefts.some((left) => left >= end && (left < when || (left === when && from !== undefined)));
    }
    if (from !== undefined) {
      begin(undefined, history.knownOf(from, until)).until = when + afterMove;
      continue;
    }
    if (line === undefined || line.isLeft) line = begin(undefined, undefined);
    else if (line.size !== undefined && pictureSize !== undefined && pictureSize !== line.size)
      line = begin(line, undefined);
    line.size = pictureSize ?? line.size;
    line.own.push(entry);
    line.whole.push(entry);
    line.until = when;
  }
  const last = lines.at(-1);
  if (last !== undefined) last.isLeft = lefts.some((left) => left >= last.until);
  return lines;
}

/** What stands under a name now, as far as it is recorded; undefined if nothing is. */
export function presentLine(lines: readonly CaptionLine[]): CaptionLine | undefined {
  const last = lines.at(-1);
  return last?.isLeft === true ? undefined : last;
}

/** So long after it came to a name a caption is of that name at least, in milliseconds. */
const afterMove = 0.5;

/** What a caption may have held last, by hashes: of announced writes it is not known whether they were done. */
export function lastStates({ whole }: Pick<CaptionLine, 'whole'>): string[] {
  const states: string[] = [];
  for (const { before = '', after = '', isDone } of whole.toReversed()) {
    states.push(after);
    if (isDone) break;
    states.push(before);
  }
  return states;
}

function lastSize(entries: readonly StoredEntry[]): number | undefined {
  return entries.findLast(({ pictureSize }) => pictureSize !== undefined)?.pictureSize;
}
