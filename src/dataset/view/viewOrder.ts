import type { DatasetImage } from '../captions/DatasetImage';
import type { ImageSort } from '../../protocol/page/imageSort';
import { inSlices } from '../../base/inSlices';
import { belongsBehind, type OrderValue } from './orderImages';

/** The position of each image by its path; undefined for images in the order of their paths, which need no table. */
export async function positionsIn(
  images: readonly DatasetImage[],
  { key }: ImageSort,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number> | undefined> {
  if (key === 'name') return undefined;
  const positions = new Map<string, number>();
  await inSlices(images, ({ path }, index) => positions.set(path, index), { signal });
  return positions;
}

/** Images to merge into an existing order, with their sort values. */
export interface Newcomers {
  newcomers: readonly DatasetImage[];
  value: OrderValue;
  descending: boolean;
  signal: AbortSignal;
}

/**
 * Merges new images into the shown ones, which keep their order even if edits have changed their values since they were
 * sorted.
 * @param stay the shown images to keep, by path; the others are dropped
 */
export async function mergedInto(
  shown: readonly DatasetImage[],
  stay: ReadonlyMap<string, DatasetImage>,
  { newcomers, value, descending, signal }: Newcomers,
): Promise<DatasetImage[]> {
  const merged: DatasetImage[] = [];
  let next = 0;
  await inSlices(
    shown,
    ({ path }) => {
      const image = stay.get(path);
      if (image === undefined) return;
      const own = value(image);
      for (let other = newcomers[next]; other !== undefined; other = newcomers[++next]) {
        if (!belongsBehind(own, value(other), descending)) break;
        merged.push(other);
      }
      merged.push(image);
    },
    { signal },
  );
  for (const image of newcomers.slice(next)) merged.push(image);
  return merged;
}
