import { isMachine, type RecordEntry } from './recordEntry';

/**
 * Within this time, in milliseconds, the texts of a caption say more of the order of writes than the clocks of those
 * that did them: processes at once, and machines whose clocks differ a little.
 */
const clocksDiffer = 10_000;
/**
 * Two writes that both came to their end from the same text were at once only if they were recorded within this time,
 * in milliseconds: otherwise somebody brought that text back between them, by an edit without a record.
 */
const atOnce = 250;
/** More entries of one caption are taken as they come: comparing all of them would take long. */
const mostEntries = 1000;
/** So many writes at one time are put in order by their texts. */
const mostTogether = 6;
/** The entries of one write come within this time, in milliseconds. */
const oneWrite = 1000;

/** What one write did, in one entry, or in one for what its user asked for and one for the machine. */
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
 * at once, each into a record of its own. A write of a machine that another one overtook from the same text is left
 * out: nothing that it did stands anywhere.
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
 * Which write comes next: the first of that order of those at one time in which the fewest texts come from nowhere. Of
 * several such orders it is the one by time.
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
      // Its text does not come from nowhere where an earlier write makes it: an undo follows what it takes back.
      if (isBreak && rest.slice(0, index).some(({ after }) => after === one.before)) continue;
      const then = rest.filter((other) => other !== one);
      look(one.after, then, breaks + (isBreak ? 1 : 0), next ?? one);
    }
  };
  look(hash, together, 0, undefined);
  return best.next;
}

/** Leaves out writes whose texts stand nowhere, where another machine wrote from the same text at the same time. */
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
  /** a write that goes on from one that was overtaken is, too */
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
    // First those that perhaps never came to their end.
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
