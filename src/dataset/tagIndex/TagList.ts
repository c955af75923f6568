import { parseTags } from '../../tags/captionGrammar';
import type { DatasetImage } from '../captions/DatasetImage';
import { inSlices, type SliceOptions } from '../../base/inSlices';
import { sortInSlices } from '../../base/sortInSlices';

export type TagOrder = 'count' | 'name';

/** A tag and the number of its occurrences. */
export interface CountedTag {
  tag: string;
  count: number;
}

/** Counts how often each tag occurs in the captions of some images; a shared caption counts once for each image. */
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
 * The first tags in an order: by frequency with ties by name, or by name. Avoids sorting all tags.
 * @param max maximum number of tags
 */
export async function firstTags(
  counts: Iterable<readonly [tag: string, count: number]>,
  order: TagOrder,
  max: number,
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
      if (first.length < max * 2) return;
      first = first.sort(compare).slice(0, max);
      worst = first.at(-1);
    },
    options,
  );
  return (await sortInSlices(first, compare, options)).slice(0, max);
}

function byCount(a: CountedTag, b: CountedTag): number {
  return b.count - a.count || byName(a, b);
}

function byName({ tag: a }: CountedTag, { tag: b }: CountedTag): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
