import { parseTags } from '../../tags/captionGrammar';
import type { DatasetImage } from '../captions/DatasetImage';
import { inSlices, type SliceOptions } from '../../base/inSlices';
import { sortInSlices } from '../../base/sortInSlices';

export type TagOrder = 'count' | 'name';

/** A tag and how often it occurs. */
export interface CountedTag {
  tag: string;
  count: number;
}

/** How often each tag occurs in the captions of some images, once for each image that has it. */
export async function countTagsOf(
  images: readonly DatasetImage[],
  options: SliceOptions = {},
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  await inSlices(
    images,
    ({ caption }) => {
      for (const tag of parseTags(caption.text)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    },
    options,
  );
  return counts;
}

/**
 * The first tags in an order: the most frequent, equal ones by name, or by name. Only those that are wanted are sorted.
 * @param most how many are wanted
 */
export async function firstTags(
  counts: Iterable<readonly [tag: string, count: number]>,
  order: TagOrder,
  most: number,
  options: SliceOptions = {},
): Promise<CountedTag[]> {
  const compare = order === 'name' ? byName : byCount;
  let first: CountedTag[] = [];
  let worst: CountedTag | undefined;
  await inSlices(
    counts,
    ([tag, count]) => {
      const own = { tag, count };
      if (worst !== undefined && compare(own, worst) > 0) return;
      first.push(own);
      if (first.length < most * 2) return;
      first = first.sort(compare).slice(0, most);
      worst = first.at(-1);
    },
    options,
  );
  return (await sortInSlices(first, compare, options)).slice(0, most);
}

function byCount(a: CountedTag, b: CountedTag): number {
  return b.count - a.count || byName(a, b);
}

function byName({ tag: a }: CountedTag, { tag: b }: CountedTag): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
