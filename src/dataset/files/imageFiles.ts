import path from 'node:path';

/** The file name extensions of the images of a dataset, in lower case. */
export const imageExtensions = ['.jpg', '.jpeg', '.png', '.gif', '.bmp', '.webp', '.tiff', '.tif', '.avif'];

/**
 * Whether a file with this name counts as an image of a dataset. The case of the extension does not matter. Hidden
 * files do not count: those that telephones deleted or have not finished (`.trashed-…`, `.pending-…`), and the
 * resource forks of macOS (`._x.jpg`), which are no pictures at all.
 */
export function isImageName(name: string): boolean {
  return hasImageExtension(name) && !name.startsWith('.');
}

/** Whether the name of a file ends like that of an image, hidden or not. */
export function hasImageExtension(name: string): boolean {
  return imageExtensions.includes(path.extname(name).toLowerCase());
}

/**
 * The path of the caption file that belongs to an image.
 * @param imagePath relative or absolute
 * @param captionExtension with its dot, such as `.txt`
 */
export function captionPathOf(imagePath: string, captionExtension: string): string {
  return imagePath.slice(0, imagePath.length - path.extname(imagePath).length) + captionExtension;
}

/**
 * Why this cannot be the extension of caption files, as the end of a sentence; undefined if it can. An image's
 * extension would make the images themselves the captions.
 */
export function captionExtensionProblem(captionExtension: string): string | undefined {
  if (!/^\.[^/\\\0]+$/.test(captionExtension)) return 'must be a dot and a name, such as .txt';
  if (isImageName(`x${captionExtension}`)) return 'is the extension of images';
  return undefined;
}
