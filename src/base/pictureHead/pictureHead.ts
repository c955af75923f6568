import { sniffFormat, type ImageFormat } from '../sniffFormat';
import { avifHead } from './avifHead';
import { bmpHead } from './bmpHead';
import { gifHead } from './gifHead';
import type { HeadReader } from './HeadReader';
import { jpegHead } from './jpegHead';
import { pngHead } from './pngHead';
import type { StoredPicture } from './StoredPicture';
import { tiffHead } from './tiffHead';
import { webpHead } from './webpHead';

/** What the head of an image file says. */
export interface PictureHead {
  format: ImageFormat;
  /** as shown, that is turned as the file asks for, in pixels, 1 or more */
  width: number;
  /** as shown, in pixels, 1 or more */
  height: number;
  /** how the pixels are turned to be shown: EXIF's number, 1..8 */
  orientation: number;
  /** whether decoders turn the picture, as AVIF's own boxes demand it */
  isOwnTurn: boolean;
}

const readers: Record<ImageFormat, (file: HeadReader) => StoredPicture | undefined> = {
  JPEG: jpegHead,
  PNG: pngHead,
  GIF: gifHead,
  WebP: webpHead,
  TIFF: tiffHead,
  AVIF: avifHead,
  BMP: bmpHead,
};

/** The largest width or height, in pixels: no format has more than 32 bits for it. */
const largestSide = 2 ** 32 - 1;

/**
 * The format and size of an image file's first picture, from its head, as Pillow gives it after `exif_transpose`. The
 * pixels are not read, so that they may be damaged. It takes a few reads, and time in proportion to what they give.
 * @returns undefined for a file that is no image of a supported format, or whose head is damaged
 */
export function readPictureHead(file: HeadReader): PictureHead | undefined {
  const format = sniffFormat(file.known(0) ?? Buffer.alloc(0));
  if (format === undefined) return undefined;
  const stored = readers[format](file);
  if (stored === undefined) return undefined;
  const { orientation, isOwnTurn = false } = stored;
  // For an incomplete file, some formats yield invalid numbers.
  if (![stored.width, stored.height].every((side) => Number.isInteger(side) && side > 0 && side <= largestSide)) {
    return undefined;
  }
  const [width, height] = orientation >= 5 ? [stored.height, stored.width] : [stored.width, stored.height];
  return { format, width, height, orientation, isOwnTurn };
}
