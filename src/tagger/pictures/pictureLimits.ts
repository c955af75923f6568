import * as l10n from '@vscode/l10n';
import { ImageError } from './ImageError';

/**
 * Pictures with more pixels are refused before they are decoded: a file of a few kB can ask for gigabytes. It is where
 * Pillow refuses them, at twice its MAX_IMAGE_PIXELS, so all that trainers read is read.
 */
export const maximumPixels = 2 * 89_478_485;

/** JPEG's largest side. Longer ones make the resampler's intermediate picture large even where the area is small. */
export const maximumSide = 65_535;

/** The longest side of a JPEG that libjpeg reads, and so Pillow. */
export const maximumJpegSide = 65_500;

/**
 * @param longest of the sides, in pixels
 * @throws ImageError IMAGE_TOO_LARGE
 */
export function checkSize(path: string, width: number, height: number, longest = maximumSide): void {
  if (width * height > maximumPixels) {
    const limit = Math.round(maximumPixels / 1e6);
    const message = l10n.t('{0} x {1} pixels are more than the limit of {2} megapixels.', width, height, limit);
    throw new ImageError('IMAGE_TOO_LARGE', path, message);
  }
  if (Math.max(width, height) > longest) {
    const message = l10n.t('{0} x {1} pixels: a side is longer than the limit of {2} pixels.', width, height, longest);
    throw new ImageError('IMAGE_TOO_LARGE', path, message);
  }
}
