import { composed } from '../../tags/comparableTag';
import type { DatasetImage } from '../captions/DatasetImage';
import { inSlices, type SliceOptions } from '../../base/inSlices';

/**
 * The first images whose path or caption has all words that somebody types, whatever their case.
 * @param typed words between spaces; none for any image
 * @param most how many are looked for
 * @throws the signal's reason when aborted
 */
export async function findImages(
  images: Iterable<DatasetImage>,
  typed: string,
  most: number,
  options?: SliceOptions,
): Promise<DatasetImage[]> {
  const words = composed(typed.toLowerCase()).split(/\s+/).filter(Boolean);
  const found: DatasetImage[] = [];
  function* untilEnough(): Generator<DatasetImage> {
    for (const image of images) {
      if (found.length >= most) return;
      yield image;
    }
  }
  const look = (image: DatasetImage): void => {
    const text = composed(`${image.path}\n${image.caption.text}`.toLowerCase());
    if (words.every((word) => text.includes(word))) found.push(image);
  };
  await inSlices(untilEnough(), look, options);
  return found;
}
