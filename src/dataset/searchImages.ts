import type { DatasetImage } from './Dataset';

/**
 * The images whose caption or path has every word of the query, in any case.
 * @param query words with blanks between them; without a word all images match
 */
export function searchImages(images: readonly DatasetImage[], query: string): readonly DatasetImage[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return images;
  return images.filter((image) => {
    const haystack = `${image.path}\n${image.caption.text}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}
