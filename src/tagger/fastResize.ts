import { maximumPixels, type DecodedImage } from './decodeImage';
import { loadSharp } from './nativePackages';

/**
 * The pixels of the white square around a picture, 0 where it would be larger than any picture may be: there the square
 * is not made, and the exact resizer, which needs none, does the work.
 */
export function squarePixels({ width, height }: { width: number; height: number }): number {
  const pixels = Math.max(width, height) ** 2;
  return pixels > maximumPixels ? 0 : pixels;
}

/**
 * Scales a picture on its white square with libvips' own `cubic`. Its filter is Pillow's, but its weights have fewer bits,
 * positions are rounded, the vertical pass comes first, and the border is repeated instead of left out.
 * @param image whose {@link squarePixels} are not 0
 * @param size side of the result, in pixels
 * @returns RGB, `size` x `size` x 3 bytes, row by row
 * @throws NativePackageError when sharp does not load
 */
export async function resizeFast({ pixels, width, height, channels }: DecodedImage, size: number): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const side = Math.max(width, height);
  const left = Math.floor((side - width) / 2);
  const top = Math.floor((side - height) / 2);
  // Padded before it is scaled: sharp's `extend` runs afterwards, whatever the order of the calls.
  const square = await sharp(pixels, { raw: { width, height, channels } })
    .flatten({ background: 'white' })
    .extend({ left, top, right: side - width - left, bottom: side - height - top, background: 'white' })
    .raw()
    .toBuffer();
  return sharp(square, { raw: { width: side, height: side, channels: 3 } })
    .resize(size, size, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
}
