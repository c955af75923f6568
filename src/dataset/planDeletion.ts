import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { inSlices } from '../base/inSlices';
import type { Caption } from './captions/Caption';
import type { DatasetImage } from './captions/DatasetImage';
import type { Dataset } from './Dataset';
import type { CaptionError } from './files/CaptionError';
import { folderOf } from './files/datasetPath';
import { isImageName } from './files/imageFiles';

/** The state of a caption when its deletion was planned. */
interface PlannedCaption {
  /** the content of the caption file; null if there was no file */
  raw: string | null;
  /** why the caption file could not be read; undefined if it could */
  unreadable: CaptionError | undefined;
}

/** What is to be deleted. */
export interface Deletion {
  images: readonly DatasetImage[];
  /** captions that no remaining image uses, with their state at the time of planning */
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
 * Whether a caption that is to be deleted is unchanged since the user was asked. A caption that cannot be read counts
 * as changed, because its content is unknown, unless reading it had already failed with the same error.
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
 * Finds the files that other programs may have changed on the disk since a deletion was planned.
 * @returns paths for {@link Dataset.reconcile}: the captions that would be deleted, images that are gone, and images
 *   that share one of the captions and that the dataset does not know yet
 */
export async function pathsToReadAgain(dataset: Dataset, { images, captions }: Deletion): Promise<string[]> {
  const paths = new Set(Array.from(captions.keys(), (caption) => caption.path));
  const missing = new Set(images.map((image) => image.path));
  const come: string[] = [];
  for (const folder of new Set(Array.from(missing, folderOf))) {
    // A folder that cannot be read is treated as empty; the deletion itself will fail there and report the reason.
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
