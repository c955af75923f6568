import { hasPlainCommas, parseTags } from '../../tags/captionGrammar';
import { captionFacts } from '../../tags/captionTags';
import { characterCount } from '../../tags/characterCount';
import { comparableTag, composed } from '../../tags/comparableTag';
import type { DatasetImage } from '../captions/DatasetImage';
import { GlobPattern } from '../../tags/GlobPattern';
import type { ImageFact } from '../ImageFacts';
import type { ImageState, NumberField, OriginTerm, QueryNode, TextField } from './QueryNode';

/** What a query can depend on besides an image's path and caption. */
export interface QueryContext {
  fact: (path: string) => ImageFact | undefined;
  isSelected: (path: string) => boolean;
  /** whether the last attempt to caption the image failed */
  hasFailed: (image: DatasetImage) => boolean;
  /** whether the records of the image's caption match; only called with terms of {@link QueryNeeds} */
  hasOrigin: (image: DatasetImage, term: OriginTerm) => boolean;
}

/** Whether an image matches the query. */
export type QueryMatcher = (image: DatasetImage) => boolean;

/** The data that a query depends on. */
export interface QueryNeeds {
  /** modification times and sizes of the image files */
  stats: boolean;
  /** widths and heights of the images */
  sizes: boolean;
  /** state that changes as captions are edited, saved or selected, which makes results stale */
  changing: boolean;
  /** who wrote what in captions: each term once */
  origins: readonly OriginTerm[];
}

/** Compiles a query into a predicate for images. */
export function queryMatcher(tree: QueryNode | null, context: QueryContext): QueryMatcher {
  if (tree === null) return () => true;
  const matches = compile(tree, context);
  const candidate = new Candidate();
  return (image) => matches(candidate.become(image));
}

/** Determines the data that a query needs. */
export function queryNeeds(tree: QueryNode | null): QueryNeeds {
  const needed = new Set<keyof QueryNeeds>();
  const origins = new Map<string, OriginTerm>();
  const collect = (node: QueryNode): void => {
    switch (node.kind) {
      case 'not':
        collect(node.part);
        break;
      case 'and':
      case 'or':
        node.parts.forEach(collect);
        break;
      case 'origin': {
        const { field, pattern } = node;
        needed.add('changing');
        origins.set(`${field}:${pattern}`, { field, pattern });
        break;
      }
      case 'state':
        needed.add('changing');
        break;
      default:
        for (const need of needsOfFields[node.field]) needed.add(need);
    }
  };
  if (tree !== null) collect(tree);
  return {
    stats: needed.has('stats'),
    sizes: needed.has('sizes'),
    changing: needed.has('changing'),
    origins: [...origins.values()],
  };
}

/** The facts of an image that a field depends on. */
const needsOfFields: Readonly<Record<TextField | NumberField, readonly (keyof QueryNeeds)[]>> = {
  any: ['changing'],
  tag: ['changing'],
  caption: ['changing'],
  name: [],
  path: [],
  tags: ['changing'],
  chars: ['changing'],
  width: ['sizes'],
  height: ['sizes'],
  ratio: ['sizes'],
  size: ['stats'],
};

/** The image being matched; caches values that several terms use. */
class Candidate {
  private current: DatasetImage | undefined;
  private lowerText: string | undefined;
  private lowerPath: string | undefined;

  become(image: DatasetImage): this {
    this.current = image;
    this.lowerText = undefined;
    this.lowerPath = undefined;
    return this;
  }

  get image(): DatasetImage {
    if (this.current === undefined) throw new Error('No image is being matched');
    return this.current;
  }

  /** the path in lower case and NFC */
  get path(): string {
    return (this.lowerPath ??= composed(this.image.path.toLowerCase()));
  }

  /** the caption in lower case and NFC */
  get text(): string {
    return (this.lowerText ??= composed(this.image.caption.text.toLowerCase()));
  }
}

type Test = (candidate: Candidate) => boolean;

function compile(node: QueryNode, context: QueryContext): Test {
  switch (node.kind) {
    case 'not': {
      const test = compile(node.part, context);
      return (candidate) => !test(candidate);
    }
    case 'and': {
      const tests = cheapestFirst(node.parts).map((part) => compile(part, context));
      return (candidate) => tests.every((test) => test(candidate));
    }
    case 'or': {
      const tests = cheapestFirst(node.parts).map((part) => compile(part, context));
      return (candidate) => tests.some((test) => test(candidate));
    }
    case 'origin':
      return ({ image }) => context.hasOrigin(image, node);
    case 'state':
      return stateTest(node.state, context);
    case 'number':
      return numberTest(node, context);
    case 'text':
      return textTest(node.field, node.pattern);
  }
}

/** Sorts terms by cost: looking up states and facts is cheaper than searching texts. */
function cheapestFirst(parts: readonly QueryNode[]): QueryNode[] {
  const cost = (node: QueryNode): number => {
    if (node.kind === 'not') return cost(node.part);
    if (node.kind === 'and' || node.kind === 'or') return 3;
    if (node.kind === 'text') return 2;
    return (node.kind === 'state' && node.state === 'duplicate') || (node.kind === 'number' && isOfCaption(node.field))
      ? 3
      : 1;
  };
  return [...parts].sort((a, b) => cost(a) - cost(b));
}

function isOfCaption(field: NumberField): boolean {
  return field === 'tags' || field === 'chars';
}

function stateTest(state: ImageState, { isSelected, hasFailed }: QueryContext): Test {
  switch (state) {
    case 'empty':
      return ({ image }) => image.caption.isEmpty;
    case 'unsaved':
      return ({ image }) => image.caption.isDirty;
    case 'conflict':
      return ({ image }) => image.caption.inConflict;
    case 'failed':
      return ({ image }) =>
        image.caption.failure !== undefined || image.caption.unreadable !== undefined || hasFailed(image);
    case 'duplicate':
      // Line by line, as the card does: a one-word sentence in another line may equal a tag.
      return ({ image }) => captionFacts(image.caption.text).duplicates.length > 0;
    case 'selected':
      return ({ image }) => isSelected(image.path);
  }
}

function numberTest(node: QueryNode & { kind: 'number' }, { fact }: QueryContext): Test {
  const { operator, value, tolerance } = node;
  const number = numberOf(node.field, fact);
  return ({ image }) => {
    const actual = number(image);
    if (actual === undefined) return false;
    const equal = Math.abs(actual - value) <= tolerance;
    switch (operator) {
      case '=':
        return equal;
      case '!=':
        return !equal;
      case '<':
        return actual < value;
      case '<=':
        return actual < value || equal;
      case '>':
        return actual > value;
      case '>=':
        return actual > value || equal;
    }
  };
}

function numberOf(field: NumberField, fact: QueryContext['fact']): (image: DatasetImage) => number | undefined {
  switch (field) {
    case 'tags':
      return ({ caption }) => parseTags(caption.text).length;
    case 'chars':
      return ({ caption }) => characterCount(caption.text);
    case 'width':
      return ({ path }) => fact(path)?.width;
    case 'height':
      return ({ path }) => fact(path)?.height;
    case 'ratio':
      return ({ path }) => {
        const { width, height } = fact(path) ?? {};
        return width === undefined || height === undefined || height === 0 ? undefined : width / height;
      };
    case 'size':
      return ({ path }) => fact(path)?.fileSize;
  }
}

function textTest(field: TextField, pattern: string): Test {
  const glob = new GlobPattern(composed(pattern));
  switch (field) {
    case 'any':
      return (candidate) => glob.isIn(candidate.path) || glob.isIn(candidate.text);
    case 'caption':
      return ({ text }) => glob.isIn(text);
    case 'path':
      return ({ path }) => glob.isIn(path);
    case 'name':
      return ({ path }) => glob.isIn(path.slice(path.lastIndexOf('/') + 1));
    case 'tag':
      return tagTest(pattern);
  }
}

/** Compares whole tags by {@link comparableTag}. Avoids splitting captions into tags where possible. */
function tagTest(pattern: string): Test {
  // Patterns double each backslash: `\\(` in a pattern is the escaped parenthesis `\(` of a caption.
  const plain = composed(
    pattern
      .replace(/\\\\([()])/g, '$1')
      .trim()
      .replaceAll('_', ' ')
      .toLowerCase(),
  );
  const glob = new GlobPattern(plain);
  const { literal, needle } = glob;
  return ({ text, image }) => {
    const escaped = text.includes('\\');
    const spaced = text.includes('_') ? text.replaceAll('_', ' ') : text;
    // An escape may lie inside the needle, so an escaped text is not rejected here.
    if (!escaped && !spaced.includes(needle)) return false;
    // Not the text in lower case: capital letters tell prose from tags.
    if (literal === undefined || literal === '' || escaped || !hasPlainCommas(image.caption.text)) {
      return parseTags(image.caption.text).some((tag) => glob.is(comparableTag(tag)));
    }
    // Only commas separate tags in this caption, so no tag contains one.
    if (literal.includes(',')) return false;
    let from = 0;
    let at = spaced.indexOf(literal);
    while (at >= 0) {
      const length = text.slice(at).search(/[,\n]/);
      const end = length < 0 ? text.length : at + length;
      // From the end of the tag before: going back further would take quadratic time in a long line.
      const head = text.slice(from, at);
      const start = from + Math.max(head.lastIndexOf(','), head.lastIndexOf('\n')) + 1;
      if (comparableTag(text.slice(start, end)) === literal) return true;
      from = end;
      at = spaced.indexOf(literal, end);
    }
    return false;
  };
}
