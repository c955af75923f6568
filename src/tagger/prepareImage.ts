import { decodeImage, type DecodedImage } from './decodeImage';
import { resizePaddedSquare } from './pillowBicubic';

/**
 * The picture as a WD tagger must see it: transparency on white, padded to a square with white (an odd pixel goes right
 * or below), scaled with Pillow's bicubic filter. Bit for bit what the model author's procedure gives.
 * @param size side of the result, in pixels
 * @returns RGB, `size` x `size` x 3 bytes, row by row, 0..255
 * @throws ImageError for anything that cannot be decoded completely; NativePackageError when sharp does not load
 */
export async function prepareImage(path: string, size: number): Promise<Uint8Array> {
  const image = await decodeImage(path);
  const { width, height } = image;
  const side = Math.max(width, height);
  const left = Math.floor((side - width) / 2);
  const top = Math.floor((side - height) / 2);
  return resizePaddedSquare({ pixels: blendOnWhite(image), width, height, side, left, top }, size);
}

/**
 * Puts a picture on white and drops its alpha channel, rounded as Pillow's `alpha_composite` on an opaque background:
 * `t = v * a + 255 * (255 - a) + 128; ((t >> 8) + t) >> 8`.
 * @returns RGB, `width` x `height` x 3 bytes; an opaque picture's own array
 */
export function blendOnWhite({ pixels, width, height, channels }: DecodedImage): Uint8Array {
  if (channels === 3) return pixels;
  const count = width * height;
  // In place: what is written never overtakes what is read, and a picture may have 100 megapixels.
  for (let i = 0; i < count; i++) {
    const alpha = pixels[i * 4 + 3] ?? 0;
    for (let channel = 0; channel < 3; channel++) {
      const blended = (pixels[i * 4 + channel] ?? 0) * alpha + 255 * (255 - alpha) + 128;
      pixels[i * 3 + channel] = ((blended >> 8) + blended) >> 8;
    }
  }
  return pixels.subarray(0, count * 3);
}
