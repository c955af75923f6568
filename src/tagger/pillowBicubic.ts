/** A picture in the middle of a larger white square: what "pad to a square" makes, without the memory for it. */
export interface PaddedPicture {
  /** RGB, row by row, 0..255 */
  pixels: Uint8Array;
  width: number;
  height: number;
  /** side of the square, at least as large as `width` and `height` */
  side: number;
  /** position of the picture in the square */
  left: number;
  top: number;
}

/** For each output position: where its weights begin in `weights`, and the input positions they belong to. */
interface Kernel {
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

/**
 * Scales a picture in its white square to `size` x `size`, bit for bit like Pillow's `resize((size, size), BICUBIC)` on
 * 8-bit RGB (src/libImaging/Resample.c): antialiased, a = -0.5, 22-bit weights, the horizontal pass first, rounded and
 * clipped to 0..255 after each pass.
 * @param size side of the result, in pixels
 * @returns RGB, `size` x `size` x 3 bytes, row by row
 */
export function resizePaddedSquare(picture: PaddedPicture, size: number): Uint8Array {
  const result = new Uint8Array(size * size * 3).fill(255);
  if (picture.side === size) {
    for (let y = 0; y < picture.height; y++) {
      const row = picture.pixels.subarray(y * picture.width * 3, (y + 1) * picture.width * 3);
      result.set(row, ((picture.top + y) * size + picture.left) * 3);
    }
    return result;
  }
  const kernel = bicubicKernel(picture.side, size);
  const rows = resizeRows(picture, kernel, size);
  resizeColumns(rows, picture, kernel, size, result);
  return result;
}

/** Pillow's bicubic_filter with a = -0.5. */
function bicubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/** Pillow's precompute_coeffs and normalize_coeffs_8bpc. */
function bicubicKernel(inputSize: number, outputSize: number): Kernel {
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

/** The part of an output position's weights that falls on the picture. */
interface Span {
  /** first picture row or column, and the one after the last */
  from: number;
  to: number;
  /** where the weight of `from` is */
  firstWeight: number;
  /** what the white pixels around the picture add up to, and the half for rounding */
  white: number;
}

function clipToPicture(kernel: Kernel, out: number, start: number, length: number): Span {
  const begin = kernel.first[out] ?? 0;
  const end = begin + (kernel.count[out] ?? 0);
  const from = Math.min(Math.max(begin, start), end);
  const to = Math.max(Math.min(end, start + length), from);
  const base = out * kernel.stride;
  let white = 0;
  for (let i = begin; i < from; i++) white += kernel.weights[base + i - begin] ?? 0;
  for (let i = to; i < end; i++) white += kernel.weights[base + i - begin] ?? 0;
  return { from: from - start, to: to - start, firstWeight: base + from - begin, white: white * 255 + half };
}

/** Horizontal pass over the picture's own rows: `height` rows of `size` pixels. */
function resizeRows({ pixels, width, height, left }: PaddedPicture, kernel: Kernel, size: number): Uint8ClampedArray {
  const { weights } = kernel;
  const spans = Array.from({ length: size }, (_, x) => clipToPicture(kernel, x, left, width));
  const rows = new Uint8ClampedArray(height * size * 3);
  let target = 0;
  for (let y = 0; y < height; y++) {
    for (const { from, to, firstWeight, white } of spans) {
      let red = white;
      let green = white;
      let blue = white;
      let at = (y * width + from) * 3;
      const lastWeight = firstWeight + to - from;
      for (let i = firstWeight; i < lastWeight; i++) {
        const weight = weights[i] ?? 0;
        red += weight * (pixels[at] ?? 0);
        green += weight * (pixels[at + 1] ?? 0);
        blue += weight * (pixels[at + 2] ?? 0);
        at += 3;
      }
      rows[target] = red >> precisionBits;
      rows[target + 1] = green >> precisionBits;
      rows[target + 2] = blue >> precisionBits;
      target += 3;
    }
  }
  return rows;
}

/** Vertical pass: `size` rows from the picture's rows and the white ones above and below them. */
function resizeColumns(
  rows: Uint8ClampedArray,
  { height, top }: PaddedPicture,
  kernel: Kernel,
  size: number,
  result: Uint8Array,
): void {
  const { weights } = kernel;
  const rowLength = size * 3;
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < size; y++) {
    const { from, to, firstWeight, white } = clipToPicture(kernel, y, top, height);
    sums.fill(white);
    for (let i = from; i < to; i++) {
      const weight = weights[firstWeight + i - from] ?? 0;
      const row = i * rowLength;
      for (let x = 0; x < rowLength; x++) sums[x] = (sums[x] ?? 0) + weight * (rows[row + x] ?? 0);
    }
    const target = y * rowLength;
    for (let x = 0; x < rowLength; x++) {
      const value = (sums[x] ?? 0) >> precisionBits;
      result[target + x] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
}
