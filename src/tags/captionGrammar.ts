/**
 * How a caption is split into tags. All code that counts, searches, shows, suggests, edits or merges tags uses this
 * module, so that they all split a caption in the same way.
 *
 * - A comma, a line end, `|||` and `;;;` separate tags. The last two are the `keep_tokens_separator` and
 *   `secondary_separator` of sd-scripts.
 * - A wildcard in braces is one tag, whatever it contains, including nested braces: sd-scripts chooses one of `{red
 *   hair, long hair|short hair}` before it splits the caption.
 * - A weighted group in parentheses or square brackets is one tag: `(smile, hat:1.2)`, `((a, b))`, `[a, b]`. Only
 *   `|||` splits it, because sd-scripts splits at `|||` first.
 * - An unbalanced bracket is ordinary text and groups nothing. So is a bracket after a backslash, as in `saber
 *   \(fate\)`, and the mouth of a smiley, as in `:)` and `>:(`. sd-scripts has no escape for braces.
 * - A sentence is no tag, and its commas divide none: see {@link proseIn}.
 * - A caption that is JSON has no tags, see {@link isJsonCaption}.
 */
import { captionKind } from './captionKind';
import { isJsonCaption, mayBeJson } from './jsonCaption';
import { isClearlyProse, mayHaveSentences, sentencesIn } from './sentences';
import type { Stretch } from './Stretch';

/** The separators of sd-scripts besides the comma: `keep_tokens_separator` and `secondary_separator`. */
export const trainerSeparators = ['|||', ';;;'] as const;

/**
 * The tags of a caption in order, trimmed. Empty tags are omitted, repeated ones are kept.
 * @param text with LF line ends
 */
export function parseTags(text: string): string[] {
  const tags: string[] = [];
  eachTag(text, (tag) => tags.push(tag));
  return tags;
}

/**
 * Calls `found` for each tag that {@link parseTags} would return, without building a list: for passes over whole
 * datasets.
 * @returns whether the caption has prose, too
 */
export function eachTag(text: string, found: (tag: string) => void): { hasProse: boolean } {
  if (isJsonCaption(text)) return withoutProse;
  const prose = hasProse(text);
  if (!prose && hasPlainBrackets(text)) {
    eachBetweenCommas(text, found);
    return withoutProse;
  }
  for (const line of text.split('\n')) {
    let start = 0;
    for (const divider of dividersIn(line)) {
      const tag = line.slice(start, divider.start).trim();
      if (tag !== '') found(tag);
      start = divider.end;
    }
    const last = line.slice(start).trim();
    if (last !== '') found(last);
  }
  return prose ? withProse : withoutProse;
}

/**
 * The tags of two captions without most of those that both have in common: those at the start and at the end of two
 * lists of tags. Bulk edits of whole datasets count no others.
 */
export function differingTags(before: string, after: string): [before: string[], after: string[]] {
  // A comma inside brackets or prose separates no tags, so the shortcut below would cut a tag.
  if (!hasPlainCommas(before) || !hasPlainCommas(after)) return [parseTags(before), parseTags(after)];
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  const isSameFromEnd = (index: number): boolean =>
    before.charCodeAt(before.length - 1 - index) === after.charCodeAt(after.length - 1 - index);
  while (end < shorter - start && isSameFromEnd(end)) end++;
  // Extend to whole tags: from the comma before the first difference to the comma after the last.
  start = start === 0 ? 0 : before.lastIndexOf(',', start - 1) + 1;
  const comma = before.indexOf(',', before.length - end);
  end = comma < 0 ? 0 : before.length - comma;
  return [plainTags(before.slice(start, before.length - end)), plainTags(after.slice(start, after.length - end))];
}

/** Of a piece of a list of tags: by itself it might look like prose. */
function plainTags(list: string): string[] {
  const tags: string[] = [];
  eachBetweenCommas(list, (tag) => tags.push(tag));
  return tags;
}

/** Made once: this is called for each caption of a dataset. */
const withProse = { hasProse: true };
const withoutProse = { hasProse: false };

/**
 * Splits a list of tags that the user wrote, in a setting or a field. Unlike {@link parseTags}, it does not split at
 * `|||` and `;;;`: such a text is written into captions unchanged. It has no prose: in such a list, users write tags
 * only.
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
 * Whether commas and line ends alone separate the tags of a text, and each of them does. This holds for most captions,
 * and the check is faster than the full split.
 */
export function hasPlainCommas(text: string): boolean {
  return hasPlainBrackets(text) && !hasProse(text);
}

function hasPlainBrackets(text: string): boolean {
  return (
    !text.includes('{') &&
    !text.includes('|||') &&
    !text.includes(';;;') &&
    !mayBeJson(text) &&
    closesBeforeComma(text, '(', ')') &&
    closesBeforeComma(text, '[', ']')
  );
}

/** Whether a text has prose in any of its lines. */
export function hasProse(text: string): boolean {
  if (captionKind() === 'tags') return false;
  if (captionKind() === 'prose') return text.trim() !== '' && !isJsonCaption(text);
  if (!text.includes('\n')) return mayHaveSentences(text) && proseIn(text).length > 0;
  return text.split('\n').some((line) => mayHaveSentences(line) && proseIn(line).length > 0);
}

/** Whether a caption is prose and has no tags. */
export function isProseAlone(text: string): boolean {
  if (!hasProse(text)) return false;
  let hasTag = false;
  eachTag(text, () => {
    hasTag = true;
  });
  return !hasTag;
}

/**
 * The sentences of a line, from left to right: none in one that is a list of tags.
 * @param line without line ends
 * @param separator as in {@link separatorsIn}; a separator of blanks or letters does not count, as sentences have
 *   them, too
 */
export function sentencesOf(line: string, separator = ','): readonly Stretch[] {
  if (!mayHaveSentences(line)) return [];
  if (line !== lastLine || separator !== lastSeparator) {
    const own = /^[^\p{L}\p{N}\s]+$/u.test(coreOf(separator)) ? separator : ',';
    const isHard = ({ start }: Stretch): boolean => trainerSeparators.some((one) => line.startsWith(one, start));
    const isPlain = own === ',' && hasPlainBrackets(line);
    const separators = isPlain ? commasIn(line) : separatorsIn(line, own);
    lastSentences = sentencesIn(line, separators, isPlain ? [] : heldStretches(line), isHard);
    lastLine = line;
    lastSeparator = separator;
  }
  return lastSentences;
}

function commasIn(line: string): Stretch[] {
  const commas: Stretch[] = [];
  for (let at = line.indexOf(','); at >= 0; at = line.indexOf(',', at + 1)) commas.push({ start: at, end: at + 1 });
  return commas;
}

/** Cache of the last line: after the question whether it has prose, it is mostly split next. */
let lastLine = '';
let lastSeparator = ',';
let lastSentences: readonly Stretch[] = [];

/**
 * The prose of a line, from left to right: sentences that follow each other are one stretch. No tag lies within it.
 * @param line without line ends
 * @param separator as in {@link sentencesOf}
 */
export function proseIn(line: string, separator = ','): Stretch[] {
  if (captionKind() === 'tags') return [];
  if (captionKind() === 'prose') {
    const text = line.trim();
    const start = line.indexOf(text);
    return text === '' ? [] : [{ start, end: start + text.length }];
  }
  return runsOf(line, sentencesOf(line, separator));
}

/** Sentences that follow each other as one stretch. */
function runsOf(line: string, sentences: readonly Stretch[]): Stretch[] {
  const prose: Stretch[] = [];
  for (const { start, end } of sentences) {
    const last = prose.at(-1);
    if (last !== undefined && /^[\s,]*$/.test(line.slice(last.end, start))) last.end = end;
    else prose.push({ start, end });
  }
  return prose;
}

/**
 * Finds the dividers between the tags of a line, from left to right: separators, and prose with the punctuation that
 * joins it to the tags beside it, such as the full stop of `1girl, solo. A girl smiles at us.` Nothing of a sentence
 * is a tag.
 * @param line without line ends
 * @param separator as in {@link separatorsIn}
 * @param sentences of the line, where they count whatever the user's choice is
 */
export function dividersIn(line: string, separator = ',', sentences?: readonly Stretch[]): Stretch[] {
  const separators = separatorsIn(line, separator);
  const core = coreOf(separator).trim();
  const runs = sentences === undefined ? proseIn(line, separator) : runsOf(line, sentences);
  // If blanks separate tags, any tags before a full stop look like a sentence.
  const isKept = ({ start, end }: Stretch): boolean =>
    core !== '' || captionKind() === 'prose' || line.includes(',') || isClearlyProse(line.slice(start, end));
  const prose = runs.filter(isKept);
  if (prose.length === 0) return separators;
  const dividers: Stretch[] = [];
  let next = 0;
  for (const { start, end } of prose) {
    for (let own = separators[next]; own !== undefined && own.start < start; own = separators[++next])
      dividers.push(own);
    while ((separators[next]?.start ?? Infinity) < end) next++;
    const joined = { start: startOfJoint(line, start, core), end: endOfJoint(line, end, core) };
    while ((dividers.at(-1)?.end ?? 0) > joined.start) dividers.pop();
    while ((separators[next]?.start ?? Infinity) < joined.end) next++;
    dividers.push(joined);
  }
  return [...dividers, ...separators.slice(next)];
}

/** The start of a divider: the comma or full stop between a tag and the prose after it is part of the divider. */
function startOfJoint(line: string, start: number, core: string): number {
  const from = Math.max(0, start - longestJoint);
  const before = line.slice(from, start).trimEnd();
  if (before.endsWith(',') || /[^\s.,|;]\.$/.test(before)) return from + before.length - 1;
  return core !== '' && before.endsWith(core) ? from + before.length - core.length : start;
}

function endOfJoint(line: string, end: number, core: string): number {
  const behind = line.slice(end, end + longestJoint);
  const blanks = behind.length - behind.trimStart().length;
  const divider = behind.startsWith(',', blanks) ? ',' : core;
  return divider !== '' && behind.startsWith(divider, blanks) ? end + blanks + divider.length : end;
}

/** How far from a sentence its joining punctuation is searched, in UTF-16 code units: there may be blanks between. */
const longestJoint = 100;

/** Whether a divider of {@link dividersIn} has prose in it. */
export function isProse(divider: string): boolean {
  if (divider.length < shortestProse) return false;
  return proseIn(withoutJoint(divider)).length > 0;
}

/** Separators, also those of settings, are mostly shorter. */
const shortestProse = 4;

/** A divider with prose, without the punctuation that joins it to tags before it. */
export function withoutJoint(divider: string): string {
  return divider.replace(/^[\s.,;|/]+/, '');
}

/**
 * Finds the separators in a line, from left to right. The tags, with the whitespace around them, are what lies
 * between. Sentences are not recognized here: see {@link dividersIn}.
 * @param line without line ends
 * @param separator a further separator besides the comma and those of trainers; one that is only whitespace applies
 *   only when the line has no comma
 */
export function separatorsIn(line: string, separator = ','): Stretch[] {
  const separators: Stretch[] = [];
  const core = coreOf(separator);
  const finders = findersFor(line, core);
  if (finders.length === 0) return separators;
  const held = core === ',' && hasPlainBrackets(line) ? [] : heldStretches(line);
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

/** Finds the next occurrence of a separator in a line; `start` is Infinity when there is none. */
interface Finder extends Stretch {
  findFrom: (from: number) => void;
}

/** The finders for the separators that a line contains. When two match at the same position, the first finder wins. */
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
  // Whitespace separates no tags in a line that contains commas.
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

/**
 * A separator without the whitespace around it. A separator with letters or digits keeps it, because the bare word may
 * be part of a tag.
 */
export function coreOf(separator: string): string {
  return /[\p{L}\p{N}]/u.test(separator) ? separator : separator.trim();
}

/**
 * The bracketed groups of a line that count as one tag, brackets included, from left to right; of nested groups the
 * outermost. Takes time linear in the length of the line.
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
      // Brackets opened inside this pair and not closed are unbalanced.
      const other = isRound ? square : round;
      while ((other.at(-1) ?? -1) > start) other.pop();
      addOutermost(held, { start, end: at + 1 });
    }
  }
  return held;
}

/** The outermost pairs of braces. Braces are paired before other brackets, because sd-scripts replaces them first. */
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

/** Adds a stretch that ends after all others, and removes those that lie inside it. */
function addOutermost(stretches: Stretch[], added: Stretch): void {
  while ((stretches.at(-1)?.start ?? -1) > added.start) stretches.pop();
  stretches.push(added);
}

/** Whether a bracket is ordinary text: after a backslash, or the mouth of a smiley such as `:)`, `;-(` or `>:(`. */
function isText(line: string, at: number): boolean {
  const before = line.charAt(at - 1);
  if (before === '\\') return true;
  // Eyes start a word, whereas the end of a weight follows a number or a word.
  return mayBeFace.test(before) && faceAtEnd.test(line.slice(Math.max(0, at - 6), at));
}

/** The eyes of a smiley at the start of a word, and perhaps a nose. The last `;` of the separator `;;;` is no eye. */
const faceAtEnd = /(?:^|[\s,([{|]|(?<=;;);)>?[:;=][-'^]?$/;

/** The character before the mouth of a smiley: its eyes or its nose. */
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

/**
 * Whether each bracket of a kind closes within the tag that it opens in. May return false when that is costly to find
 * out.
 */
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
