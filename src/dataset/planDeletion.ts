import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { inSlices } from '../base/inSlices';
import type { Caption } from './captions/Caption';
import type { DatasetImage } from './captions/DatasetImage';
import type { Dataset } from './Dataset';
import type { CaptionError } from './files/CaptionError';
import { folderOf } from './files/datasetPath';
import { isImageName } from './files/imageFiles';

/** What a caption was when its deletion was planned. */
interface PlannedCaption {
  /** its content, null for no file */
  raw: string | null;
  /** why it could not be read */
  unreadable: CaptionError | undefined;
}

/** What is to be deleted. */
export interface Deletion {
  images: readonly DatasetImage[];
  /** captions that no remaining image uses, each as it was when this was planned */
  captions: ReadonlyMap<Caption, PlannedCaption>;
  /** number of captions that stay because a remaining image uses them */
  shared: number;
}

/** Plans the deletion of images: which captions are deleted with them, and how many stay. */
export function planDeletion(images: readonly DatasetImage[]): Deletion {
  const going = new Set(images.map((image) => image.path));
  const captions = new Map<Caption, PlannedCaption>();
  const shared = new Set<Caption>();
  for (const { caption } of images) {
    if (caption.images.some((other) => !going.has(other))) shared.add(caption);
    else captions.set(caption, { raw: caption.raw, unreadable: caption.unreadable });
  }
  return { images, captions, shared: shared.size };
}

/**
 * Whether a caption that is to be deleted still holds what it held when the user was asked. What one holds that cannot
 * be read is not known: it counts as changed, unless the same error was known by then.
 */
export function isAsPlanned({ captions }: Deletion, caption: Caption): boolean {
  const planned = captions.get(caption);
  if (planned?.raw !== caption.raw) return false;
  const { unreadable } = caption;
  return (
    unreadable === undefined ||
    (planned.unreadable?.code === unreadable.code && planned.unreadable.message === unreadable.message)
  );
}

/**
 * Looks on the disk for what other programs changed since a deletion was planned.
 * @returns paths for {@link Dataset.reconcile}: the captions that would be deleted, images that are gone, and images
 *   that share one of the captions and that the dataset does not know yet
 */
export async function pathsToReadAgain(dataset: Dataset, { images, captions }: Deletion): Promise<string[]> {
  const paths = new Set(Array.from(captions.keys(), (caption) => caption.path));
  const missing = new Set(images.map((image) => image.path));
  const come: string[] = [];
  for (const folder of new Set(Array.from(missing, folderOf))) {
    // A folder that cannot be read says nothing of its images; deleting in it fails with the reason.
    const names = await readdir(dataset.absolute(folder)).catch(() => []);
    await inSlices(names, (name) => {
      const image = path.posix.join(folder, name);
      if (missing.delete(image) || !isImageName(name)) return;
      const caption = dataset.caption(dataset.captionPathOf(image));
      if (caption !== undefined && captions.has(caption) && dataset.image(image) === undefined) come.push(image);
    });
  }
  return [...paths, ...missing, ...come];
}
