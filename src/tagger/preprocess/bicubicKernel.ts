/** For each output position, the input positions that contribute to it and their weights. */
export interface Kernel {
  /** first input position for each output position */
  first: Int32Array;
  /** number of input positions for each output position */
  count: Int32Array;
  /** `stride` fixed-point weights for each output position */
  weights: Int32Array;
  stride: number;
}

/** Fraction bits of the weights: Pillow's PRECISION_BITS, 32 - 8 - 2 (src/libImaging/Resample.c). */
const precisionBits = 22;
const half = 1 << (precisionBits - 1);

/** Radius of the bicubic filter in source pixels at scale 1 (BICUBIC in Resample.c). */
const filterSupport = 2;

/** Pillow's bicubic_filter with a = -0.5. */
function bicubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/**
 * The weights with which Pillow scales a row of `inputSize` 8-bit values to `outputSize` (precompute_coeffs and
 * normalize_coeffs_8bpc in src/libImaging/Resample.c): antialiased bicubic, 22 fraction bits.
 * @param inputSize length of the row before scaling, in pixels
 * @param outputSize length of the row after scaling, in pixels
 */
export function bicubicKernel(inputSize: number, outputSize: number): Kernel {
  const scale = inputSize / outputSize;
  const filterScale = Math.max(scale, 1);
  const support = filterSupport * filterScale;
  const inverse = 1 / filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Int32Array(outputSize * stride);
  const raw = new Float64Array(stride);
  for (let out = 0; out < outputSize; out++) {
    const center = (out + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(inputSize, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let i = 0; i < end - begin; i++) {
      const weight = bicubic((i + begin - center + 0.5) * inverse);
      raw[i] = weight;
      sum += weight;
    }
    for (let i = 0; i < end - begin; i++) {
      const weight = ((raw[i] ?? 0) / sum) * (1 << precisionBits);
      weights[out * stride + i] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    first[out] = begin;
    count[out] = end - begin;
  }
  return { first, count, weights, stride };
}

/** The part of an output position's weights that lies on the picture. */
export interface Span {
  /** the first picture row or column and the one after the last; both 0 when the weights cover only white */
  from: number;
  to: number;
  /** index in the kernel's `weights` of the weight of `from` */
  firstWeight: number;
  /** weighted sum of the white pixels around the picture, plus one half for rounding */
  white: number;
}

/**
 * Restricts an output position's weights to a picture that is centred on white, so that only weights on the picture are
 * computed per row.
 * @param out the output position
 * @param start start of the picture in the square, in pixels
 * @param length length of the picture, in pixels
 */
export function clipToPicture(kernel: Kernel, out: number, start: number, length: number): Span {
  const begin = kernel.first[out] ?? 0;
  const end = begin + (kernel.count[out] ?? 0);
  const from = Math.min(Math.max(begin, start), end);
  const to = Math.max(Math.min(end, start + length), from);
  const base = out * kernel.stride;
  let white = 0;
  for (let i = begin; i < from; i++) white += kernel.weights[base + i - begin] ?? 0;
  for (let i = to; i < end; i++) white += kernel.weights[base + i - begin] ?? 0;
  const span = { firstWeight: base + from - begin, white: white * 255 + half };
  return from === to ? { from: 0, to: 0, ...span } : { from: from - start, to: to - start, ...span };
}
