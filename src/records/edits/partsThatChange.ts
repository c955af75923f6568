import { captionParts } from '../captionParts';

/** Which parts of a caption a change removes and adds, each in order, and how many stay. */
export interface PartsThatChange {
  added: string[];
  removed: string[];
  kept: number;
}

/** The size of a change of one or many captions, counted in parts, that is tags and whole sentences. */
export interface ChangeTotals {
  adds: number;
  removes: number;
  keeps: number;
}

/**
 * Compares the parts of a caption before and after a change. A part that only moves stays.
 * @param before with LF line ends, as `after`
 * @param separator divides tags besides the comma and those of trainers
 */
export function partsThatChange(before: string, after: string, separator?: string): PartsThatChange {
  const left = new Map<string, number>();
  const old = captionParts(before, separator);
  for (const { text } of old) left.set(text, (left.get(text) ?? 0) + 1);
  const added: string[] = [];
  let kept = 0;
  for (const { text } of captionParts(after, separator)) {
    const count = left.get(text) ?? 0;
    if (count === 0) added.push(text);
    else {
      kept++;
      left.set(text, count - 1);
    }
  }
  const removed: string[] = [];
  // Of equal parts the last go.
  for (const { text } of old.reverse()) {
    const count = left.get(text) ?? 0;
    if (count === 0) continue;
    removed.push(text);
    left.set(text, count - 1);
  }
  return { added, removed: removed.reverse(), kept };
}

/** Adds the counts of a change to totals, or subtracts them. */
export function countParts(totals: ChangeTotals, { added, removed, kept }: PartsThatChange, sign: 1 | -1 = 1): void {
  totals.adds += sign * added.length;
  totals.removes += sign * removed.length;
  totals.keeps += sign * kept;
}
