import type { Caption } from './captions/Caption';
import type { DatasetImage } from './captions/DatasetImage';

/** What is to be deleted. */
export interface Deletion {
  images: readonly DatasetImage[];
  /** captions that no other image uses, with the first image that goes */
  captions: ReadonlyMap<Caption, string>;
  /** captions that stay because an image that stays uses them */
  shared: number;
}

/** What goes with some images, and what stays. */
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
