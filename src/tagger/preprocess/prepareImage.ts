import type { PreprocessMode } from '../../protocol/tagging/execution';
import { decodeOpened, openImage } from '../pictures/decodeImage';
import type { OpenedImage } from '../pictures/OpenedImage';
import { inputBytes, type PreparedInput } from './modelInput';
import { PillowResizer } from './PillowResizer';

/**
 * Minimum side of a picture downscaled by the decoder, as a multiple of the result's side: the resizer must still
 * average several pixels.
 */
const minOversampling = 1.5;

/**
 * Decoder scale factors per format, largest first; smaller ones save too little time for the loss of detail. 2 saves no
 * time with libjpeg, but does with libwebp.
 */
const factors: Readonly<Record<string, readonly number[]>> = { JPEG: [8, 4], WebP: [8, 4, 2] };

/** One instance per thread. */
const resizer = new PillowResizer();

/**
 * Prepares a picture as WD taggers expect it: composited on white, padded to a square with white (an odd pixel goes
 * right or below), scaled with Pillow's bicubic filter. `exact` matches the model author's procedure bit for bit.
 * @param size side of the result, in pixels
 * @returns RGB, `size` x `size` x 3 bytes, row by row, 0..255
 * @throws ImageError for anything that cannot be decoded completely; NativePackageError when sharp does not load
 */
export async function prepareImage(path: string, size: number, mode: PreprocessMode): Promise<Uint8Array> {
  const opened = await openImage(path);
  return resizer.resize(await decodeOpened(path, opened, shrinkOf(opened, size, mode)), size);
}

/**
 * Like {@link prepareImage}, but returns floats in the format of model inputs.
 * @param enter called with the number of pixels before they are decoded, more for one of which decoding holds copies;
 *   returns once there is room for them
 * @param memory buffer for the result, {@link inputBytes} bytes
 * @returns BGR, 0..255, `size` x `size` x 3 floats in the layout of `channelsLast`, see {@link PreparedInput}
 * @throws ImageError, NativePackageError as {@link prepareImage}
 */
export async function prepareInput(
  path: string,
  { size, channelsLast, mode }: PreparedInput,
  enter: (pixels: number) => void,
  memory = new ArrayBuffer(inputBytes(size)),
): Promise<Float32Array<ArrayBuffer>> {
  const opened = await openImage(path);
  const shrink = shrinkOf(opened, size, mode);
  const copies = opened.kind === 'pixels' ? opened.copies : 1;
  enter(Math.ceil(Math.ceil(opened.width / shrink) * Math.ceil(opened.height / shrink) * copies));
  const image = await decodeOpened(path, opened, shrink);
  const values = new Float32Array(memory);
  resizer.resizeToFloats(image, size, channelsLast, values);
  return values;
}

/**
 * The factor by which the decoder downscales a picture in `fast` mode. JPEG and WebP decoders do that at a fraction of
 * the cost; the resizer scales the rest of the way as usual. Other formats are prepared exactly.
 * @param format format name as in messages, such as `JPEG`
 * @param side the longer side of the picture, in pixels
 * @param size side of the result, in pixels
 * @returns a power of two; 1 for a picture that is decoded at full size
 */
export function fastShrink(format: string, side: number, size: number): number {
  return factors[format]?.find((factor) => side / factor >= minOversampling * size) ?? 1;
}

/**
 * Measures how much `fast` differs from `exact` for an image.
 * @returns the largest and the mean difference of a value, 0..255
 * @throws ImageError, NativePackageError as {@link prepareImage}
 */
export async function fastDifference(path: string, size: number): Promise<{ largest: number; mean: number }> {
  const exact = await prepareImage(path, size, 'exact');
  const fast = await prepareImage(path, size, 'fast');
  let largest = 0;
  let sum = 0;
  for (const [i, value] of exact.entries()) {
    const difference = Math.abs(value - (fast[i] ?? 0));
    largest = Math.max(largest, difference);
    sum += difference;
  }
  return { largest, mean: sum / exact.length };
}

function shrinkOf(opened: OpenedImage, size: number, mode: PreprocessMode): number {
  if (mode === 'exact' || opened.kind === 'pixels') return 1;
  return fastShrink(opened.format, Math.max(opened.width, opened.height), size);
}
