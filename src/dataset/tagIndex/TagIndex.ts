import { comparableTag } from '../../tags/comparableTag';
import { inSlices, type SliceOptions } from '../../base/inSlices';

/** A tag that can be suggested. */
export interface KnownTag {
  tag: string;
  /** how often it is used; more frequent tags rank first */
  count: number;
  /** another name by which it can be found */
  alias?: string;
}

/** Matching tags by quality of the match; each list is sorted by frequency. */
export interface TagMatches {
  /** the tag starts with the typed text */
  start: KnownTag[];
  /** a later word of the tag starts with it */
  word: KnownTag[];
  /** the typed text occurs elsewhere in the tag */
  inside: KnownTag[];
}

/**
 * Keys per block. Large blocks make searching fast; small ones limit how many keys a single non-Latin name slows down.
 */
const keysInBlock = 2048;

interface Block {
  /** the keys, each between two line ends */
  text: string;
  /** offset of each key in `text` */
  starts: Uint32Array;
  /** index of the first key among all tags */
  first: number;
}

/**
 * Finds tags by typed text. The keys are joined into long texts in order of frequency: a search is one native
 * `indexOf`, and the first matches are the most frequent tags.
 */
export class TagIndex {
  private constructor(
    private readonly tags: readonly KnownTag[],
    private readonly blocks: readonly Block[],
  ) {}

  /** An index without tags. */
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

  /** Number of names, including aliases. */
  get size(): number {
    return this.tags.length;
  }

  /**
   * Finds tags. Case, spaces or underscores, and escaping of parentheses make no difference.
   * @param typed the text that a tag starts with or contains; an empty text finds the most frequent tags
   * @param limit maximum length of each list
   * @param accept filters the tags
   */
  search(typed: string, limit: number, accept: (tag: KnownTag) => boolean = () => true): TagMatches {
    const matches: TagMatches = { start: [], word: [], inside: [] };
    const key = searchKey(typed);
    const added = new Set<number>();
    const add = (list: KnownTag[], position: number): boolean => {
      const tag = this.tags[position];
      if (tag !== undefined && !added.has(position) && list.length < limit) {
        added.add(position);
        if (accept(tag)) list.push(tag);
      }
      return list.length >= limit;
    };
    this.find(`\n${key}`, (position) => add(matches.start, position));
    if (key === '' || matches.start.length >= limit) return matches;
    const inside: number[] = [];
    this.find(key, (position, before) => {
      if (!/[\p{L}\p{N}]/u.test(before)) return add(matches.word, position);
      // A later word of the same tag may still start with the typed text.
      if (inside.length < 2 * limit && inside.at(-1) !== position) inside.push(position);
      return false;
    });
    for (const position of inside) add(matches.inside, position);
    return matches;
  }

  /** Calls `found` with the index of each key that contains `text` until it returns true. */
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

/**
 * Normalizes a tag for searching, see {@link comparableTag}; a trailing space or backslash is dropped as unfinished.
 */
export function searchKey(tag: string): string {
  return comparableTag(tag)
    .replace(/\s*\\?$/, '')
    .replaceAll('\n', ' ');
}

/** Maximum number of tags in an index. A number can hold an index below this limit together with a count. */
const maxTags = 2 ** 22;

/**
 * Indexes of tags, each packed into one number with its count, in descending order of count; equal counts keep their
 * order. Sorting numbers without a comparison function is many times faster: 200,000 tags must add less than 50 ms.
 */
async function byCount(tags: readonly KnownTag[], options: SliceOptions): Promise<Float64Array> {
  const packed = new Float64Array(Math.min(tags.length, maxTags));
  await inSlices(
    tags,
    ({ count }, place) => {
      packed[place] = place - Math.min(count, 2 ** 30) * maxTags;
    },
    options,
  );
  return packed.sort();
}

function placeIn(packed: number): number {
  return ((packed % maxTags) + maxTags) % maxTags;
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

/** Index of the key that contains an offset of the text (binary search). */
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
