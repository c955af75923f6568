import type { Caption } from './captions/Caption';
import type { DatasetImage } from './captions/DatasetImage';

/** What is to be deleted. */
export interface Deletion {
  images: readonly DatasetImage[];
  /** captions that no remaining image uses, each with the first of its deleted images */
  captions: ReadonlyMap<Caption, string>;
  /** number of captions that stay because a remaining image uses them */
  shared: number;
}

/** Plans the deletion of images: which captions are deleted with them, and how many stay. */
export function planDeletion(images: readonly DatasetImage[]): Deletion {
  const going = new Set(images.map((image) => image.path));
  const captions = new Map<Caption, string>();
  const shared = new Set<Caption>();
  for (const { path: image, caption } of images) {
    if (caption.images.some((other) => !going.has(other))) shared.add(caption);
    else if (!captions.has(caption)) captions.set(caption, image);
  }
  return { images, captions, shared: shared.size };
}
