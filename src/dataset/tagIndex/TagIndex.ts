import { comparableTag } from '../../tags/comparableTag';
import { inSlices, type SliceOptions } from '../../base/inSlices';

/** A tag that can be suggested. */
export interface KnownTag {
  tag: string;
  /** how often it is used; tags that are used more come first */
  count: number;
  /** another name, under which it is found too */
  alias?: string;
}

/** The tags that match, by how well they do; each list has those that are used most first. */
export interface TagMatches {
  /** the tag begins with what was looked for */
  start: KnownTag[];
  /** a word of it begins so */
  word: KnownTag[];
  /** it is somewhere inside */
  inside: KnownTag[];
}

/** Keys searched as one text: long enough to be quick, short enough that one Japanese name makes few of them slow. */
const keysInBlock = 2048;

interface Block {
  /** the keys with a line end before each and behind the last */
  text: string;
  /** where each key begins in `text` */
  starts: Uint32Array;
  /** position of the first key among all tags */
  first: number;
}

/**
 * Finds tags by what is typed of them. The keys lie in texts in the order of use, so that searching is the engine's own
 * search in a text, and the first that are found are those that are used most.
 */
export class TagIndex {
  private constructor(
    private readonly tags: readonly KnownTag[],
    private readonly blocks: readonly Block[],
  ) {}

  /** An index that finds nothing. */
  static readonly empty = new TagIndex([], []);

  /** Builds an index in slices, so that the event loop is never blocked. @throws the signal's reason when aborted */
  static async build(tags: Iterable<KnownTag>, options: SliceOptions = {}): Promise<TagIndex> {
    const found: KnownTag[] = [];
    const keys: string[] = [];
    await inSlices(
      tags,
      (tag) => {
        const key = searchKey(tag.alias ?? tag.tag);
        if (key === '') return;
        found.push(tag);
        keys.push(key);
      },
      options,
    );
    const order = await byCount(found, options);
    const ordered: KnownTag[] = [];
    const blocks: Block[] = [];
    let block: string[] = [];
    const finish = (): void => {
      if (block.length > 0) blocks.push(makeBlock(block, ordered.length - block.length));
      block = [];
    };
    await inSlices(
      order,
      (packed) => {
        const position = placeIn(packed);
        const tag = found[position];
        const key = keys[position];
        if (tag === undefined || key === undefined) return;
        ordered.push(tag);
        block.push(key);
        if (block.length === keysInBlock) finish();
      },
      options,
    );
    finish();
    return new TagIndex(ordered, blocks);
  }

  /** How many names it knows, aliases among them. */
  get size(): number {
    return this.tags.length;
  }

  /**
   * Finds tags, in any mixture of capitals and small letters, blanks and underscores, escaped parentheses and plain
   * ones.
   * @param typed what they begin with or contain; nothing finds those that are used most
   * @param limit of each list
   * @param accept whether a tag counts
   */
  search(typed: string, limit: number, accept: (tag: KnownTag) => boolean = () => true): TagMatches {
    const matches: TagMatches = { start: [], word: [], inside: [] };
    const key = searchKey(typed);
    const taken = new Set<number>();
    const take = (list: KnownTag[], position: number): boolean => {
      const tag = this.tags[position];
      if (tag !== undefined && !taken.has(position) && list.length < limit) {
        taken.add(position);
        if (accept(tag)) list.push(tag);
      }
      return list.length >= limit;
    };
    this.find(`\n${key}`, (position) => take(matches.start, position));
    if (key === '' || matches.start.length >= limit) return matches;
    const inside: number[] = [];
    this.find(key, (position, before) => {
      if (!/[\p{L}\p{N}]/u.test(before)) return take(matches.word, position);
      // The same tag may still have a word that begins so.
      if (inside.length < 2 * limit && inside.at(-1) !== position) inside.push(position);
      return false;
    });
    for (const position of inside) take(matches.inside, position);
    return matches;
  }

  /** Calls `found` with the position of each key that contains `text`, until that returns true. */
  private find(text: string, found: (position: number, before: string) => boolean): void {
    for (const block of this.blocks) {
      let at = block.text.indexOf(text);
      while (at !== -1 && at < block.text.length - 1) {
        const inBlock = keyAt(block.starts, text.startsWith('\n') ? at + 1 : at);
        if (found(block.first + inBlock, block.text.charAt(at - 1))) return;
        at = block.text.indexOf(text, at + 1);
      }
    }
  }
}

/** What is compared of a tag: see {@link comparableTag}; a blank or a backslash at the end is not yet part of it. */
export function searchKey(tag: string): string {
  return comparableTag(tag)
    .replace(/\s*\\?$/, '')
    .replaceAll('\n', ' ');
}

/** More tags than this are in no list; a number can hold a place below it and a count beside it. */
const places = 2 ** 22;

/**
 * The places of tags, each packed into a number with its count: those that are used most first, equal ones in their
 * order. Sorting numbers without a comparison function is many times faster: 200,000 tags must not take 50 ms.
 */
async function byCount(tags: readonly KnownTag[], options: SliceOptions): Promise<Float64Array> {
  const packed = new Float64Array(Math.min(tags.length, places));
  await inSlices(
    tags,
    ({ count }, place) => {
      packed[place] = place - Math.min(count, 2 ** 30) * places;
    },
    options,
  );
  return packed.sort();
}

function placeIn(packed: number): number {
  return ((packed % places) + places) % places;
}

function makeBlock(keys: readonly string[], first: number): Block {
  const starts = new Uint32Array(keys.length);
  let at = 1;
  for (const [position, key] of keys.entries()) {
    starts[position] = at;
    at += key.length + 1;
  }
  return { text: `\n${keys.join('\n')}\n`, starts, first };
}

/** The position of the key in which a place of the text is. */
function keyAt(starts: Uint32Array, place: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? Infinity) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
