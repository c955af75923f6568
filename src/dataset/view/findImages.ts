import { composed } from '../../tags/comparableTag';
import type { DatasetImage } from '../captions/DatasetImage';
import { inSlices, type SliceOptions } from '../../base/inSlices';

/**
 * The first images whose path or caption contains all words that the user typed, ignoring case.
 * @param typed words separated by spaces; without a word, all images match
 * @param limit maximum number of images
 * @throws the signal's reason when aborted
 */
export async function findImages(
  images: Iterable<DatasetImage>,
  typed: string,
  limit: number,
  options?: SliceOptions,
): Promise<DatasetImage[]> {
  const words = composed(typed.toLowerCase()).split(/\s+/).filter(Boolean);
  const found: DatasetImage[] = [];
  function* untilEnough(): Generator<DatasetImage> {
    for (const image of images) {
      if (found.length >= limit) return;
      yield image;
    }
  }
  const addIfMatching = (image: DatasetImage): void => {
    const text = composed(`${image.path}\n${image.caption.text}`.toLowerCase());
    if (words.every((word) => text.includes(word))) found.push(image);
  };
  await inSlices(untilEnough(), addIfMatching, options);
  return found;
}
