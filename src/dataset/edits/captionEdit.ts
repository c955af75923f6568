import { coreOf } from '../../tags/captionGrammar';
import { comparableTag } from '../../tags/comparableTag';
import { isJsonCaption } from '../../tags/jsonCaption';
import { captionWithTags } from '../../tags/writeTags';
import {
  dividesTags,
  evenLine,
  inEachLine,
  lineText,
  parseTagLine,
  separatorOf,
  proseOf,
  tagsOf,
  withoutParts,
  type TagLine,
  type TagPart,
} from '../../tags/tagLine';
import {
  expand,
  plainExpression,
  regularExpression,
  tagRewrite,
  textRewrite,
  type Rewrite,
  type TagMatch,
} from './tagPattern';

/** One kind of bulk edit. `keepFirst` is the number of tags at the start that stay in place. */
export type CaptionEdit =
  | { kind: 'addTags'; tags: readonly string[]; position: 'first' | 'last'; keepFirst: number }
  | { kind: 'removeTags'; match: TagMatch }
  /** a tag that is renamed to an existing one is merged with it; a comma in the replacement makes several tags */
  | { kind: 'replaceTags'; match: TagMatch; replacement: string }
  | { kind: 'moveTags'; tags: readonly string[]; keepFirst: number }
  | { kind: 'deduplicate' }
  | { kind: 'sortTags'; by: 'alphabet' | 'frequency'; keepFirst: number }
  /** the same separator between all tags, no empty tags, no whitespace at the ends */
  | { kind: 'separators' }
  | { kind: 'replaceText'; find: string; replacement: string; regex: boolean; matchCase: boolean }
  | { kind: 'setCaption'; text: string; how: 'replace' | 'append' | 'prepend' }
  | { kind: 'clear' };

/** What an edit depends on besides the caption. */
export interface EditContext {
  /** the separator for a caption whose own cannot be inferred */
  separator: string;
  /** how often a tag occurs in the dataset */
  countOf: (tag: string) => number;
}

/** Created lazily, see `naturalOrder`. */
let alphabet: Intl.Collator | undefined;

/**
 * Compiles an edit into a function that edits one caption. Tags are removed and replaced in every line, because they
 * are counted and found there too. They are added, moved and sorted in the first line only, because trainers read no
 * other. All characters that are not the target of the edit are kept, and so is prose, which only edits of the text
 * change; tags can be added to it. A caption that is JSON has no tags, so only edits of its text change it.
 * @returns a function from a caption with LF line ends to its new text; an unaffected caption is returned unchanged
 * @throws EditError PATTERN_INVALID
 */
export function captionEditor(edit: CaptionEdit, context: EditContext): (text: string) => string {
  const change = compileEdit(edit, context);
  return isOfTags(edit) ? (text) => (isJsonCaption(text) ? text : change(text)) : change;
}

/** Whether an edit is about the tags of a caption, not about its text. */
export function isOfTags(edit: CaptionEdit): boolean {
  switch (edit.kind) {
    case 'replaceText':
    case 'clear':
      return false;
    case 'setCaption':
      return edit.how !== 'replace';
    default:
      return true;
  }
}

function compileEdit(edit: CaptionEdit, { separator, countOf }: EditContext): (text: string) => string {
  const parse = (text: string): TagLine => parseTagLine(text, separator);
  const add = (text: string, tags: readonly string[], mode: 'append' | 'prepend', keepFirst: number): string => {
    const given = tags.filter((tag) => tag.trim() !== '');
    const line = parse(text);
    const own = separatorOf(line, separator);
    const parsed = coreOf(own) === coreOf(separator) ? line : undefined;
    return captionWithTags(text, given, { mode, keepFirst, separator: own }, parsed);
  };
  switch (edit.kind) {
    case 'addTags':
      return (text) => add(text, edit.tags, edit.position === 'first' ? 'prepend' : 'append', edit.keepFirst);
    case 'removeTags': {
      const rewrite = tagRewrite(edit.match, '');
      const isMeant = ({ tag }: TagPart): boolean => tag !== '' && rewrite(tag) !== undefined;
      return inEachLine((text) => lineText(withoutParts(parse(text), isMeant)));
    }
    case 'replaceTags': {
      const rewrite = tagRewrite(edit.match, edit.replacement);
      return inEachLine((text) => replaceTags(text, parse(text), rewrite, separator));
    }
    case 'moveTags':
      return (text) => {
        const line = parse(text);
        const moved = tagsToMove(line, edit.tags, edit.keepFirst);
        if (moved === undefined) return text;
        const places = new Set(moved);
        const without = lineText(withoutParts(line, (part) => places.has(part)));
        const tags = moved.map(({ tag }) => tag);
        return captionWithTags(without, tags, {
          mode: 'prepend',
          keepFirst: edit.keepFirst,
          separator: separatorOf(line, separator),
        });
      };
    case 'deduplicate':
      return inEachLine((text) => {
        const seen = new Set<string>();
        const isRepeated = ({ tag }: TagPart): boolean => tag !== '' && seen.size === seen.add(comparableTag(tag)).size;
        return lineText(withoutParts(parse(text), isRepeated));
      });
    case 'sortTags': {
      const { compare } = (alphabet ??= new Intl.Collator('en', { numeric: true }));
      const byAlphabet = (a: string, b: string): number => compare(comparableTag(a), comparableTag(b));
      const order = edit.by === 'alphabet' ? byAlphabet : (a: string, b: string) => countOf(b) - countOf(a);
      return (text) => sortTags(parse(text), order, edit.keepFirst);
    }
    case 'separators':
      return (text) => {
        const line = parse(text);
        return evenLine(line, separator) + line.rest;
      };
    case 'replaceText': {
      const flags = edit.matchCase ? 'gm' : 'gmi';
      const rewrite = edit.regex
        ? textRewrite(regularExpression(edit.find, flags), (found) => expand(withEscapes(edit.replacement), found))
        : textRewrite(plainExpression(edit.find, flags), () => edit.replacement);
      return (text) => (edit.find === '' ? text : (rewrite(text) ?? text));
    }
    case 'setCaption':
      return (text) => {
        if (edit.how === 'replace') return edit.text;
        const line = parse(edit.text);
        return add(text, [...tagsOf(line), ...proseOf(line)], edit.how, 0);
      };
    case 'clear':
      return () => '';
  }
}

function replaceTags(text: string, line: TagLine, rewrite: Rewrite, usual: string): string {
  const rewritten = line.parts.map(({ tag }) => (tag === '' ? undefined : rewrite(tag)));
  const isMeant = (index: number): boolean => {
    const after = rewritten[index];
    return after !== undefined && after !== line.parts[index]?.tag;
  };
  if (!line.parts.some((_, index) => isMeant(index))) return text;
  const between = separatorOf(line, usual);
  const seen = new Set(line.parts.filter((_, index) => !isMeant(index)).map(({ tag }) => comparableTag(tag)));
  const parts = line.parts.map((part, index) => {
    if (!isMeant(index)) return part;
    const tags = tagsOf(parseTagLine(rewritten[index] ?? '', ',')).filter((tag) => {
      const isNew = !seen.has(comparableTag(tag));
      seen.add(comparableTag(tag));
      return isNew;
    });
    return { ...part, tag: tags.join(between) };
  });
  return lineText(withoutParts({ ...line, parts }, (part, index) => isMeant(index) && part.tag === ''));
}

/** The tags to move, in their new order; undefined when they are in front already. */
function tagsToMove(line: TagLine, tags: readonly string[], keepFirst: number): TagPart[] | undefined {
  const all = line.parts.filter(({ tag }) => tag !== '');
  const movable = all.slice(keepFirst);
  const kept = new Set(all.slice(0, keepFirst).map(({ tag }) => comparableTag(tag)));
  const wanted = [...new Set(tags.map(comparableTag))].filter((tag) => !kept.has(tag));
  const moved = wanted.flatMap((tag) => movable.filter((part) => comparableTag(part.tag) === tag));
  return moved.every((part, index) => movable[index] === part) ? undefined : moved;
}

/** Sorts within the parts that `|||` separates; tags joined by `;;;` stay together. */
function sortTags(line: TagLine, order: (a: string, b: string) => number, keepFirst: number): string {
  const units: { lead: string; text: string; first: string; trail: string; end: string | undefined }[] = [];
  let joined = false;
  for (const [index, { lead, tag, trail }] of line.parts.entries()) {
    const end = line.separators[index];
    const unit = units.at(-1);
    if (joined && unit !== undefined) {
      unit.text += unit.trail + (unit.end ?? '') + lead + tag;
      Object.assign(unit, { trail, end });
    } else units.push({ lead, text: tag, first: tag, trail, end });
    joined = end === ';;;';
  }
  let tags = 0;
  let section: typeof units = [];
  const sortSection = (): void => {
    const sorted = section.map(({ text, first }) => ({ text, first })).sort((a, b) => order(a.first, b.first));
    for (const [index, unit] of section.entries()) Object.assign(unit, sorted[index]);
    section = [];
  };
  for (const unit of units) {
    if (unit.text !== '' && ++tags > keepFirst) section.push(unit);
    if (!dividesTags(unit.end)) sortSection();
  }
  return units.map(({ lead, text, trail, end }) => lead + text + trail + (end ?? '')).join('') + line.rest;
}

/** Resolves `\n` and `\t` in the replacement of a regular expression, as VS Code's own search does. */
function withEscapes(replacement: string): string {
  return replacement.replace(/\\([nt\\])/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? '\\');
}
