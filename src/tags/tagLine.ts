import { coreOf, dividersIn, hasPlainCommas, isProse, trainerSeparators, withoutJoint } from './captionGrammar';
import type { Stretch } from './Stretch';

/** A tag and the whitespace around it; `tag` is empty between two adjacent separators. */
export interface TagPart {
  lead: string;
  tag: string;
  trail: string;
}

/**
 * The first line of a caption, which is its list of tags, split into parts. {@link lineText} restores it exactly.
 * Trainers ignore all further lines.
 */
export interface TagLine {
  parts: TagPart[];
  /** the separators between the parts, one fewer than parts: prose is one of them, so no edit of tags reaches it */
  separators: string[];
  /** the other lines, starting with the line end of the first */
  rest: string;
}

/**
 * Splits the first line of a caption at the dividers that {@link dividersIn} finds.
 * @param text the caption with any line ends
 * @param separator a further separator besides the comma and those of trainers
 */
export function parseTagLine(text: string, separator = ','): TagLine {
  const line = firstLine(text);
  const rest = text.slice(line.length);
  if (coreOf(separator) === ',' && hasPlainCommas(line)) {
    // Gives the same result as the code below, but faster: edits of whole datasets depend on it.
    const parts = line.split(',').map(partOf);
    return { parts, separators: Array<string>(parts.length - 1).fill(','), rest };
  }
  const parts: TagPart[] = [];
  const separators: string[] = [];
  let at = 0;
  for (const { start, end } of dividersIn(line, separator)) {
    parts.push(partOf(line.slice(at, start)));
    separators.push(line.slice(start, end));
    at = end;
  }
  parts.push(partOf(line.slice(at)));
  return { parts, separators, rest };
}

/** The first line of a caption, without its line end. */
export function firstLine(text: string): string {
  return /^[^\r\n]*/.exec(text)?.[0] ?? '';
}

/** Joins the parts, separators and other lines back into a caption. */
export function lineText({ parts, separators, rest }: TagLine): string {
  let text = '';
  for (const [index, { lead, tag, trail }] of parts.entries()) text += lead + tag + trail + (separators[index] ?? '');
  return text + rest;
}

/**
 * Turns an edit of one line into an edit of each line of a caption. A line below the first is removed when the edit
 * empties it; the first line is kept, or trainers would read the second as the tags.
 */
export function inEachLine(edit: (line: string) => string): (text: string) => string {
  return (text) => {
    if (!text.includes('\n')) return edit(text);
    const before = text.split('\n');
    const after = before.map(edit);
    return after.filter((line, index) => index === 0 || line !== '' || before[index] === '').join('\n');
  };
}

/** The tags of a line without empty ones. */
export function tagsOf({ parts }: TagLine): string[] {
  return parts.map(({ tag }) => tag).filter((tag) => tag !== '');
}

/** The prose of a line, piece by piece, without the comma or full stop that joins it to the tags beside it. */
export function proseOf({ separators }: TagLine): string[] {
  return separators.filter(isProse).map((divider) => {
    const { start, end } = proseStretch(divider);
    return divider.slice(start, end);
  });
}

/** Where the prose lies in a divider that has some. */
export function proseStretch(divider: string): Stretch {
  return { start: divider.length - withoutJoint(divider).length, end: divider.replace(/[\s,;|/]+$/, '').length };
}

/**
 * The most frequent separator between two tags of this line, with its whitespace; `usual` when the line has fewer than
 * two tags.
 */
export function separatorOf({ parts, separators }: TagLine, usual: string): string {
  const counts = new Map<string, number>();
  let latest = '';
  let latestCount = 0;
  for (let index = 0; index < separators.length; index++) {
    const separator = separators[index];
    const left = parts[index];
    const right = parts[index + 1];
    if (left === undefined || right === undefined || separator === undefined || !dividesTags(separator)) continue;
    if (left.tag === '' || right.tag === '') continue;
    const whole = left.trail + separator + right.lead;
    // Most lines have one separator: the map is updated only when it changes.
    if (whole !== latest) {
      if (latestCount > 0) counts.set(latest, (counts.get(latest) ?? 0) + latestCount);
      latest = whole;
      latestCount = 0;
    }
    latestCount++;
  }
  if (latestCount > 0) counts.set(latest, (counts.get(latest) ?? 0) + latestCount);
  let best = usual;
  let most = 0;
  for (const [whole, count] of counts) if (count > most) [best, most] = [whole, count];
  return best;
}

/**
 * Removes tags from a line, each with one separator. Trainer separators are kept: they determine which tags stay in
 * front and which belong together.
 * @param isRemoved called once for each tag, from first to last
 */
export function withoutParts(line: TagLine, isRemoved: (part: TagPart, index: number) => boolean): TagLine {
  const removed = line.parts.map(isRemoved);
  if (!removed.includes(true)) return line;
  const before = line.parts.map((part) => ({ ...part }));
  const parts: TagPart[] = [];
  const separators: string[] = [];
  // Backwards, because what follows a part decides which separator is removed with it. Both lists are reversed.
  for (let index = before.length - 1; index >= 0; index--) {
    const part = before[index];
    if (part === undefined) continue;
    const previous = before[index - 1];
    const next = parts.at(-1);
    const inFront = line.separators[index - 1];
    const after = separators.at(-1);
    if (removed[index] !== true) parts.push(part);
    else if (previous !== undefined && dividesTags(inFront)) {
      if (!dividesTags(after)) previous.trail = part.trail;
      continue;
    } else if (next !== undefined && dividesTags(after)) {
      next.lead = part.lead;
      separators.pop();
    } else {
      parts.push({ lead: previous === undefined || next === undefined ? '' : part.lead, tag: '', trail: '' });
    }
    if (inFront !== undefined) separators.push(inFront);
  }
  parts.reverse();
  separators.reverse();
  dropJoints(parts, separators);
  const hasTags = parts.some(({ tag }) => tag !== '');
  if (!hasTags && separators.every(dividesTags)) return { ...line, parts: [partOf('')], separators: [] };
  return { ...line, parts, separators };
}

/**
 * The first line with the same separator between all tags, without empty tags and whitespace at its ends. Trainer
 * separators are kept unchanged.
 */
export function evenLine({ parts, separators }: TagLine, separator: string): string {
  let text = '';
  let joins = false;
  for (const [index, { lead, tag }] of parts.entries()) {
    const before = separators[index - 1];
    if (before !== undefined && !dividesTags(before)) {
      text += (parts[index - 1]?.trail ?? '') + before + lead;
      joins = false;
    }
    if (tag === '') continue;
    text += (joins ? separator : '') + tag;
    joins = true;
  }
  return text.trim();
}

/** Removes the joining comma or full stop beside prose that has no tag there any more. */
function dropJoints(parts: readonly TagPart[], separators: string[]): void {
  for (const [index, divider] of separators.entries()) {
    if (!isProse(divider)) continue;
    const isAlone = (part: TagPart | undefined, beyond: string | undefined): boolean =>
      part?.tag === '' && (beyond === undefined || !dividesTags(beyond));
    let text = divider;
    if (isAlone(parts[index], separators[index - 1])) text = withoutJoint(text);
    if (isAlone(parts[index + 1], separators[index + 1])) text = text.slice(0, proseStretch(text).end);
    separators[index] = text;
  }
}

/** Whether a separator only separates tags, and is neither prose nor has a meaning for trainers. */
export function dividesTags(separator: string | undefined): boolean {
  return separator !== undefined && !trainerSeparators.some((one) => one === separator) && !isProse(separator);
}

function partOf(text: string): TagPart {
  const tag = text.trim();
  if (tag === '') return { lead: text, tag, trail: '' };
  const start = text.indexOf(tag);
  return { lead: text.slice(0, start), tag, trail: text.slice(start + tag.length) };
}
