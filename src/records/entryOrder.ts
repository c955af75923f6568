import { isMachine, type RecordEntry } from './recordEntry';

/**
 * Clock skew, in milliseconds: within this time, the order of writes is told by the texts of the caption rather than
 * by the clocks of the writers, which may be concurrent processes or machines with different clocks.
 */
const clocksDiffer = 10_000;
/**
 * Two completed writes that began from the same text were concurrent only if they were recorded within this time, in
 * milliseconds. Otherwise somebody restored that text between them, by an edit without a record.
 */
const atOnce = 250;
/** If a caption has more entries, they are left in the order of time: comparing all of them would take long. */
const mostEntries = 1000;
/** Maximum number of concurrent writes that are put in order by their texts: all their orders are tried. */
const mostTogether = 6;
/** The entries of one write come within this time, in milliseconds. */
const oneWrite = 1000;

/** One write of a caption: one entry, or two if what its user asked for is recorded apart, as written by the user. */
interface Write {
  entries: readonly RecordEntry[];
  before: string;
  after: string;
  when: number;
  isDone: boolean;
  isMachines: boolean;
}

/**
 * The entries of a caption in the order in which they happened, as far as the texts tell: several processes may write
 * at once, each into a record of its own. A write of a machine that was lost to a concurrent one from the same text is
 * left out: nothing of it remains.
 * @param entries by time
 * @param now the hash of what the caption holds; undefined if that is not known
 */
export function entriesInOrder(entries: readonly RecordEntry[], now?: string): readonly RecordEntry[] {
  const isChain = entries.every(({ before }, index) => index === 0 || before === entries[index - 1]?.after);
  if (isChain || entries.length > mostEntries) return entries;
  const left = [...withoutOvertaken(writesOf(entries), now)];
  const ordered: Write[] = [];
  let hash = '';
  for (let first = left[0]; first !== undefined; first = left[0]) {
    const next = first.before === hash ? first : nextOf(hash, left, now);
    left.splice(left.indexOf(next), 1);
    ordered.push(next);
    hash = next.after;
  }
  return ordered.flatMap((one) => one.entries);
}

/**
 * Which write comes next. Of all orders of the concurrent writes, the one with the fewest breaks is taken, that is
 * with the fewest writes that do not begin from the text that the write before them left; of several such orders, the
 * one by time.
 * @param hash of what stood before
 */
function nextOf(hash: string, left: readonly Write[], now: string | undefined): Write {
  const [first, ...others] = left;
  if (first === undefined) throw new RangeError('There is no write.');
  const together = [first, ...others.filter((one) => isNear(one.when, first.when))].slice(0, mostTogether);
  const behind = others.find((one) => !together.includes(one))?.before ?? now;
  let best = { breaks: Infinity, next: first };
  const look = (last: string, rest: readonly Write[], breaks: number, next: Write | undefined): void => {
    if (breaks >= best.breaks) return;
    if (rest.length === 0) {
      const all = breaks + (behind === undefined || behind === last ? 0 : 1);
      if (all < best.breaks) best = { breaks: all, next: next ?? first };
      return;
    }
    for (const [index, one] of rest.entries()) {
      const isBreak = one.before !== last;
      // No break if an earlier write makes the text that it begins from: an undo comes after what it takes back.
      if (isBreak && rest.slice(0, index).some(({ after }) => after === one.before)) continue;
      const then = rest.filter((other) => other !== one);
      look(one.after, then, breaks + (isBreak ? 1 : 0), next ?? one);
    }
  };
  look(hash, together, 0, undefined);
  return best.next;
}

/** Leaves out lost writes: those whose text is found nowhere, while a concurrent one began from the same text. */
function withoutOvertaken(writes: readonly Write[], now: string | undefined): readonly Write[] {
  const left = new Set(writes);
  const isSeen = (write: Write): boolean =>
    write.after === now || [...left].some((other) => other !== write && other.before === write.after);
  const rivals = (write: Write): Write[] =>
    [...left].filter(
      (other) =>
        other !== write &&
        other.isMachines &&
        other.before === write.before &&
        Math.abs(other.when - write.when) <= (write.isDone && other.isDone ? atOnce : clocksDiffer),
    );
  /** whether a write began from the text of a lost one, and so is lost, too */
  const followsOvertaken = (write: Write, visited: Set<Write>): boolean => {
    if (visited.has(write)) return false;
    visited.add(write);
    if (rivals(write).some((other) => other.after === now)) return true;
    const before = [...left].filter(
      (one) => one.isMachines && one.after === write.before && isNear(one.when, write.when),
    );
    return before.some((one) => followsOvertaken(one, visited));
  };
  const isOvertaken = (write: Write): boolean =>
    rivals(write).some((other) => other.isDone || isSeen(other)) || followsOvertaken(write, new Set());
  for (let count = -1; count !== left.size;) {
    count = left.size;
    // First those that may never have completed.
    for (const isDone of [false, true]) {
      for (const write of writes) {
        if (!write.isMachines || write.isDone !== isDone || !left.has(write)) continue;
        const isTwice = rivals(write).some((other) => other.after === write.after);
        if (isTwice || (!isSeen(write) && isOvertaken(write))) left.delete(write);
      }
    }
  }
  return writes.filter((write) => left.has(write));
}

function writesOf(entries: readonly RecordEntry[]): Write[] {
  const taken = new Set<RecordEntry>();
  const writes: Write[] = [];
  for (const entry of entries) {
    if (taken.has(entry)) continue;
    const { author, before, after, when } = entry;
    const second =
      author.by !== 'hand' || author.job === undefined
        ? undefined
        : entries.find(
            (other) =>
              other.author.job === author.job &&
              other.before === after &&
              other !== entry &&
              isMachine(other.author) &&
              Math.abs(other.when - when) <= oneWrite,
          );
    if (second !== undefined) taken.add(second);
    const last = second ?? entry;
    const isMachines = isMachine(last.author) && last.kind === 'written';
    const both = second === undefined ? [entry] : [entry, second];
    writes.push({ entries: both, before, after: last.after, when, isDone: last.isDone, isMachines });
  }
  return writes;
}

function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= clocksDiffer;
}
