import type { DatasetImage } from '../captions/DatasetImage';
import { parseTags } from '../../tags/captionGrammar';
import { characterCount } from '../../tags/characterCount';
import { inSlices, type SliceOptions } from '../../base/inSlices';
import type { ImageSort, SortKey } from '../../protocol/page/imageSort';
import type { ImageFact } from '../ImageFacts';

/** The value that an image is sorted by; undefined if unknown. */
export type OrderValue = (image: DatasetImage) => number | undefined;

/** What each sort key is computed from: it is loaded before images are sorted, and edits of it make the order stale. */
export const sortNeeds: Readonly<Record<SortKey, 'nothing' | 'stats' | 'sizes' | 'caption'>> = {
  name: 'nothing',
  modified: 'stats',
  fileSize: 'stats',
  imageSize: 'sizes',
  captionLength: 'caption',
  tagCount: 'caption',
};

/** Returns the function that gets the number to sort by. `name` has none: datasets are in that order already. */
export function orderValue(key: Exclude<SortKey, 'name'>, fact: (path: string) => ImageFact | undefined): OrderValue {
  switch (key) {
    case 'modified':
      return ({ path }) => fact(path)?.modified;
    case 'fileSize':
      return ({ path }) => fact(path)?.fileSize;
    case 'imageSize':
      return ({ path }) => {
        const { width, height } = fact(path) ?? {};
        return width === undefined || height === undefined ? undefined : width * height;
      };
    case 'captionLength':
      return ({ caption }) => characterCount(caption.text);
    case 'tagCount':
      return ({ caption }) => parseTags(caption.text).length;
  }
}

/**
 * Sorts images that are given in natural order; images with equal values keep that order. Images with unknown values
 * come last in both directions.
 * @throws the signal's reason when aborted
 */
export async function orderImages(
  images: readonly DatasetImage[],
  { key, descending }: ImageSort,
  fact: (path: string) => ImageFact | undefined,
  options: SliceOptions,
): Promise<readonly DatasetImage[]> {
  if (key === 'name') return descending ? images.toReversed() : images;
  const value = orderValue(key, fact);
  const unknown: DatasetImage[] = [];
  const byValue = new Map<number, DatasetImage[]>();
  await inSlices(
    images,
    (image) => {
      const own = value(image);
      const equal = own === undefined ? unknown : byValue.get(own);
      if (equal !== undefined) equal.push(image);
      else if (own !== undefined) byValue.set(own, [image]);
    },
    options,
  );
  // Sorting plain numbers takes some ten milliseconds; sorting images with a comparator would block the event loop.
  const values = Float64Array.from(byValue.keys()).sort();
  if (descending) values.reverse();
  const ordered: DatasetImage[] = [];
  await inSlices(
    values,
    (own) => {
      for (const image of byValue.get(own) ?? []) ordered.push(image);
    },
    options,
  );
  for (const image of unknown) ordered.push(image);
  return ordered;
}

/**
 * Whether an image with the value `a` belongs after one with the value `b`; unknown values come last in both
 * directions.
 */
export function belongsBehind(a: number | undefined, b: number | undefined, descending: boolean): boolean {
  if (a === undefined || b === undefined) return a === undefined && b !== undefined;
  return descending ? a < b : a > b;
}
