import type { PreprocessMode } from '../../protocol/tagging/execution';
import { decodeOpened, openImage, type OpenedImage } from '../pictures/decodeImage';
import { inputBytes, type PreparedInput } from './modelInput';
import { PillowResizer } from './PillowResizer';

/**
 * The minimum side of a shrunk picture, as a multiple of the result's: the resizer then still averages several pixels.
 */
const smallestOversampling = 1.5;

/**
 * The factors that are worth the loss of detail, largest first. 2 saves no time with libjpeg, but does with libwebp.
 */
const factors: Readonly<Record<string, readonly number[]>> = { JPEG: [8, 4], WebP: [8, 4, 2] };

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
  const opened = await openImage(path);
  return resizer.resize(await decodeOpened(path, opened, shrinkOf(opened, size, mode)), size);
}

/**
 * The same as {@link prepareImage}, as floats in the form that models take.
 * @param enter called with the number of pixels before they are decoded; it returns when there is room for them
 * @param memory for the result, {@link inputBytes} bytes
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
  enter(Math.ceil(opened.width / shrink) * Math.ceil(opened.height / shrink));
  const image = await decodeOpened(path, opened, shrink);
  const values = new Float32Array(memory);
  resizer.resizeToFloats(image, size, channelsLast, values);
  return values;
}

/**
 * By how much a picture is shrunk while it is decoded in `fast` mode, which decoders of JPEG and WebP do at a fraction
 * of the cost. The resizer does the rest as always; other formats are prepared exactly.
 * @param format as messages name it, such as `JPEG`
 * @param side the longer side of the picture, in pixels
 * @param size side of the result, in pixels
 * @returns a power of two; 1 for a picture that is decoded at its full size
 */
export function fastShrink(format: string, side: number, size: number): number {
  return factors[format]?.find((factor) => side / factor >= smallestOversampling * size) ?? 1;
}

/**
 * By how much `fast` differs from `exact` for an image.
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
  if (mode === 'exact' || opened.kind === 'bmp') return 1;
  return fastShrink(opened.format, Math.max(opened.width, opened.height), size);
}
