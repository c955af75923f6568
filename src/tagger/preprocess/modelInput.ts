import type { PreprocessMode } from '../../protocol/tagging/execution';

/**
 * The input format of a model. The input itself is a `Float32Array` for one picture with three values per pixel, in the
 * order blue, green, red (BGR), 0..255, neither scaled to 0..1 nor normalized. `preprocess` makes it from 8-bit pixels,
 * so all values are whole numbers.
 */
export interface PreparedInput {
  /** side of the square, in pixels */
  size: number;
  /**
   * true: shape [size, size, 3], pixel by pixel (NHWC without the batch); false: [3, size, size], plane by plane (NCHW)
   */
  channelsLast: boolean;
  /** `fast` lets the decoder downscale large JPEG and WebP pictures, which is not exact */
  mode: PreprocessMode;
}

/**
 * Length of one model input in bytes: `size` x `size` x 3 32-bit floats, in either layout.
 * @param size side of the square, in pixels
 */
export function inputBytes(size: number): number {
  return size * size * 3 * Float32Array.BYTES_PER_ELEMENT;
}
