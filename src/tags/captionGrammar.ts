/**
 * How a caption divides into tags. Everything that counts, searches, shows, suggests, edits or merges tags asks here,
 * so that all of them mean the same pieces.
 *
 * - A comma or a line end divides tags, and so do `|||` and `;;;`, the `keep_tokens_separator` and
 *   `secondary_separator` of sd-scripts.
 * - A wildcard in braces is one piece, whatever stands in it, also other braces: sd-scripts chooses one of
 *   `{red hair, long hair|short hair}` before it divides the caption.
 * - A weight in parentheses or square brackets is one piece: `(smile, hat:1.2)`, `((a, b))`, `[a, b]`. Only `|||`
 *   divides there too, because sd-scripts divides at it first.
 * - A bracket without its partner is text and holds nothing together. So is one behind a backslash, as in
 *   `saber \(fate\)`, and the mouth of a smiley, as in `:)` and `>:(`. Braces have no escape in sd-scripts.
 */

/** What sd-scripts reads as the end of a tag beside the comma: `keep_tokens_separator` and `secondary_separator`. */
export const trainerSeparators = ['|||', ';;;'] as const;

/** A part of a text: from `start` to before `end`. */
export interface Stretch {
  start: number;
  end: number;
}

/**
 * The tags of a caption in their order, without the blanks around them; empty ones are left out, repeated ones stay.
 * @param text with LF line ends
 */
export function parseTags(text: string): string[] {
  const tags: string[] = [];
  eachTag(text, (tag) => tags.push(tag));
  return tags;
}

/** Calls back for each tag of a caption, as {@link parseTags} gives them: without lists, for whole datasets. */
export function eachTag(text: string, found: (tag: string) => void): void {
  if (hasPlainCommas(text)) {
    eachBetweenCommas(text, found);
    return;
  }
  for (const line of text.split('\n')) {
    let start = 0;
    for (const separator of separatorsIn(line)) {
      const tag = line.slice(start, separator.start).trim();
      if (tag !== '') found(tag);
      start = separator.end;
    }
    const last = line.slice(start).trim();
    if (last !== '') found(last);
  }
}

/**
 * The tags of a list that a user wrote, such as a setting or a field: like {@link parseTags}, but what `|||` and `;;;`
 * stand between stays one text, because it will be written into a caption as it stands.
 * @param text with any line ends
 */
export function parseTagList(text: string): string[] {
  return text.split(/[\r\n]/).flatMap((line) => {
    const tags: string[] = [];
    let start = 0;
    for (const separator of separatorsIn(line)) {
      if (line.charAt(separator.start) !== ',') continue;
      tags.push(line.slice(start, separator.start).trim());
      start = separator.end;
    }
    tags.push(line.slice(start).trim());
    return tags.filter((tag) => tag !== '');
  });
}

/**
 * Whether nothing but commas and line ends divides a text, and each of them does. Most captions are so, and finding out
 * takes less time than dividing them.
 */
export function hasPlainCommas(text: string): boolean {
  return (
    !text.includes('{') &&
    !text.includes('|||') &&
    !text.includes(';;;') &&
    closesBeforeComma(text, '(', ')') &&
    closesBeforeComma(text, '[', ']')
  );
}

/**
 * Where a line divides into tags, from left to right. The stretches between the separators, with the blanks around the
 * tags, are what is left of the line.
 * @param line without line ends
 * @param separator what may divide tags beside the comma and the separators of trainers; one of blanks only counts
 * where the line has no comma
 */
export function separatorsIn(line: string, separator = ','): Stretch[] {
  const separators: Stretch[] = [];
  const core = coreOf(separator);
  const finders = findersFor(line, core);
  if (finders.length === 0) return separators;
  const held = core === ',' && hasPlainCommas(line) ? [] : heldStretches(line);
  let nextHeld = 0;
  for (let from = 0; ;) {
    let first: Finder | undefined;
    for (const finder of finders) {
      if (finder.start < from) finder.findFrom(from);
      if (first === undefined || finder.start < first.start) first = finder;
    }
    if (first === undefined || first.start === Infinity) return separators;
    const { start, end } = first;
    while ((held[nextHeld]?.end ?? Infinity) <= start) nextHeld++;
    const around = held[nextHeld];
    if (around !== undefined && around.start < end) from = around.end;
    else {
      separators.push({ start, end });
      from = end;
    }
  }
}

/** The next place of a separator in a line; `start` is Infinity where there is none. */
interface Finder extends Stretch {
  findFrom: (from: number) => void;
}

/** What finds the separators that a line has. Of two that begin at the same place the first counts. */
function findersFor(line: string, core: string): Finder[] {
  const finders: Finder[] = [];
  const add = (find: (from: number) => Stretch | undefined): void => {
    const finder: Finder = {
      start: -1,
      end: -1,
      findFrom: (from) => {
        const found = find(from);
        finder.start = found?.start ?? Infinity;
        finder.end = found?.end ?? Infinity;
      },
    };
    finder.findFrom(0);
    if (finder.start !== Infinity) finders.push(finder);
  };
  const addText = (text: string): void => {
    add((from) => {
      const start = line.indexOf(text, from);
      return start < 0 ? undefined : { start, end: start + text.length };
    });
  };
  trainerSeparators.forEach(addText);
  if (core !== '' && core !== ',') addText(core);
  // Blanks cannot divide tags in a line where commas do.
  if (core !== '' || line.includes(',')) addText(',');
  else {
    const blanks = /\s+/g;
    add((from) => {
      blanks.lastIndex = from;
      const found = blanks.exec(line);
      return found === null ? undefined : { start: found.index, end: blanks.lastIndex };
    });
  }
  return finders;
}

/** A separator without the blanks around it; a word keeps them, because it may be part of a tag. */
export function coreOf(separator: string): string {
  return /[\p{L}\p{N}]/u.test(separator) ? separator : separator.trim();
}

/**
 * The stretches of a line that are in brackets and hold together, brackets included, from left to right; of nested ones
 * the outermost. Takes time in proportion to the length of the line.
 */
export function heldStretches(line: string): Stretch[] {
  const braces = bracedStretches(line);
  const held: Stretch[] = [];
  const round: number[] = [];
  const square: number[] = [];
  const signs = /[{()[\]]|\|{3}/g;
  let nextBraces = 0;
  for (let found = signs.exec(line); found !== null; found = signs.exec(line)) {
    const sign = found[0];
    const at = found.index;
    const braced = braces[nextBraces];
    if (at === braced?.start) {
      held.push(braced);
      signs.lastIndex = braced.end;
      nextBraces++;
    } else if (sign === '|||') {
      round.length = square.length = 0;
    } else if (sign !== '{' && !isText(line, at)) {
      const isRound = sign === '(' || sign === ')';
      const own = isRound ? round : square;
      if (sign === '(' || sign === '[') {
        own.push(at);
        continue;
      }
      const start = own.pop();
      if (start === undefined) continue;
      // What was opened within this pair and not closed has no partner any more.
      const other = isRound ? square : round;
      while ((other.at(-1) ?? -1) > start) other.pop();
      addOutermost(held, { start, end: at + 1 });
    }
  }
  return held;
}

/** The outermost pairs of braces. They are paired before all others, as sd-scripts replaces them first. */
function bracedStretches(line: string): Stretch[] {
  const pairs: Stretch[] = [];
  if (!line.includes('}')) return pairs;
  const open: number[] = [];
  for (const { 0: sign, index } of line.matchAll(/[{}]/g)) {
    if (sign === '{') {
      open.push(index);
      continue;
    }
    const start = open.pop();
    if (start !== undefined) addOutermost(pairs, { start, end: index + 1 });
  }
  return pairs;
}

/** Adds a stretch that ends behind all others; those within it go. */
function addOutermost(stretches: Stretch[], added: Stretch): void {
  while ((stretches.at(-1)?.start ?? -1) > added.start) stretches.pop();
  stretches.push(added);
}

/** Whether a bracket is only a letter: behind a backslash, or the mouth of a smiley such as `:)`, `;-(` or `>:(`. */
function isText(line: string, at: number): boolean {
  const before = line.charAt(at - 1);
  if (before === '\\') return true;
  // A number or a word may stand before the end of a weight, eyes at the start of a word do not.
  return mayBeFace.test(before) && /(?:^|[\s,([{|;])>?[:;=][-'^]?$/.test(line.slice(Math.max(0, at - 4), at));
}

/** What stands before the mouth of a smiley: its eyes or its nose. */
const mayBeFace = /[:;=\-'^]/;

function eachBetweenCommas(text: string, found: (tag: string) => void): void {
  let lineEnd = endOf(text, '\n', 0);
  for (let start = 0; start <= text.length;) {
    if (lineEnd < start) lineEnd = endOf(text, '\n', start);
    const end = Math.min(lineEnd, endOf(text, ',', start));
    const tag = text.slice(start, end).trim();
    if (tag !== '') found(tag);
    start = end + 1;
  }
}

function endOf(text: string, separator: string, from: number): number {
  const at = text.indexOf(separator, from);
  return at < 0 ? text.length : at;
}

/** Whether each bracket of a kind closes in the tag that it opens in. May say no where that is hard to see. */
function closesBeforeComma(text: string, open: string, close: string): boolean {
  let comma = -1;
  for (let at = text.indexOf(open); at >= 0;) {
    const next = text.indexOf(open, at + 1);
    if (text.charAt(at - 1) !== '\\') {
      const end = text.indexOf(close, at);
      if (end < 0) return true;
      if (comma < at) comma = endOf(text, ',', at);
      if (comma < end || (next >= 0 && next < end) || isText(text, end)) return false;
    }
    at = next;
  }
  return true;
}
