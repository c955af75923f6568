import type { Caption } from './Caption';
import type { DatasetImage } from './Dataset';

/** How many images and captions are in which state. */
export interface DatasetCounts {
  images: number;
  /** images without a caption */
  empty: number;
  /** captions with unsaved edits, those in conflict and those that could not be written among them */
  unsaved: number;
  conflicts: number;
  /** captions that could not be written */
  failed: number;
}

/** Counts the images and captions of a dataset. */
export function countDataset(images: readonly DatasetImage[], dirty: Iterable<Caption>): DatasetCounts {
  const counts = { images: images.length, empty: 0, unsaved: 0, conflicts: 0, failed: 0 };
  for (const { caption } of images) if (caption.isEmpty) counts.empty++;
  for (const caption of dirty) {
    counts.unsaved++;
    if (caption.inConflict) counts.conflicts++;
    else if (caption.failure !== undefined) counts.failed++;
  }
  return counts;
}
