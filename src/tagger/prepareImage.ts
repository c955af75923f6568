import type { PreprocessMode } from '../protocol/execution';
import { decodeImage, decodeOpened, openImage, type DecodedImage } from './decodeImage';
import { resizeFast, squarePixels } from './fastResize';
import { PillowResizer } from './PillowResizer';

/** What a model takes. */
export interface PreparedInput {
  /** side of the square, in pixels */
  size: number;
  /** pixel by pixel (NHWC), else in three planes (NCHW) */
  channelsLast: boolean;
  mode: PreprocessMode;
}

/** One for each thread. */
const resizer = new PillowResizer();

/**
 * The picture as a WD tagger must see it: transparency on white, padded to a square with white (an odd pixel goes right
 * or below), scaled with Pillow's bicubic filter. `exact` is bit for bit what the model author's procedure gives.
 * @param size side of the result, in pixels
 * @returns RGB, `size` x `size` x 3 bytes, row by row, 0..255
 * @throws ImageError for anything that cannot be decoded completely; NativePackageError when sharp does not load
 */
export async function prepareImage(path: string, size: number, mode: PreprocessMode): Promise<Uint8Array> {
  return resizer.resize(await atModelSize(await decodeImage(path), size, mode), size);
}

/**
 * The same as {@link prepareImage} in the form that models take.
 * @param enter called with the number of pixels before they are decoded; it returns when there is room for them
 * @returns BGR, `size` x `size` x 3 floats, 0..255
 * @throws ImageError, NativePackageError as {@link prepareImage}
 */
export async function prepareInput(
  path: string,
  { size, channelsLast, mode }: PreparedInput,
  enter: (pixels: number) => void,
): Promise<Float32Array<ArrayBuffer>> {
  const opened = await openImage(path);
  enter(opened.width * opened.height + (mode === 'fast' ? squarePixels(opened) : 0));
  const image = await atModelSize(await decodeOpened(path, opened), size, mode);
  return resizer.resizeToFloats(image, size, channelsLast);
}

/**
 * By how much `fast` differs from `exact` for an image.
 * @returns the largest and the mean difference of a value, 0..255
 * @throws ImageError, NativePackageError as {@link prepareImage}
 */
export async function fastDifference(path: string, size: number): Promise<{ largest: number; mean: number }> {
  const image = await decodeImage(path);
  const exact = resizer.resize(image, size);
  const fast = resizer.resize(await atModelSize(image, size, 'fast'), size);
  let largest = 0;
  let sum = 0;
  for (const [i, value] of exact.entries()) {
    const difference = Math.abs(value - (fast[i] ?? 0));
    largest = Math.max(largest, difference);
    sum += difference;
  }
  return { largest, mean: sum / exact.length };
}

/** In `fast` mode what libvips makes of the picture, which the resizer then leaves alone; else the picture. */
async function atModelSize(image: DecodedImage, size: number, mode: PreprocessMode): Promise<DecodedImage> {
  if (mode === 'exact' || squarePixels(image) === 0) return image;
  return { pixels: await resizeFast(image, size), width: size, height: size, channels: 3 };
}
