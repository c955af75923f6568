// AssemblyScript, compiled by scripts/compileWasm.mjs: the inner loops of PillowResizer.ts with 128-bit vectors.
//
// A weight of 22 bits is `high * 2048 + low`, so that both halves fit the 16-bit multiply-and-add of two neighbours
// that every processor has (pmaddwd, smlal). `(sumHigh << 11) + sumLow` is the sum of the whole weights modulo 2^32,
// and Pillow's own sum is an int32.
//
// A pass is a table of entries of 16 bytes, one for each output position, all of them int32:
//   first      position of the first input (bytes in a row, or rows)
//   groups     number of groups of inputs: 4 pixels in a row, or 2 rows
//   white      the white around the picture, weighted, and the half for rounding
//   weights    address of the weights: for each two inputs their high halves, then their low halves, as int16
// What the last group reads beyond the weighted inputs has the weight 0, but it must be inside the memory.

const precisionBits = 22;
const lowBits = 11;

/** Pixels 0 and 1, and pixels 2 and 3, of packed RGB: red, red, green, green, blue, blue as int16. */
const firstTwo = i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
const lastTwo = i8x16(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);

/**
 * Scales `rows` rows (a multiple of 4) of packed RGB to `size` pixels each. A row of the result takes `size` * 3 bytes,
 * and one byte after it is overwritten.
 */
export function scaleRows(
  source: usize,
  sourceStride: usize,
  rows: i32,
  target: usize,
  targetStride: usize,
  table: usize,
  size: i32,
): void {
  for (let row = 0; row < rows; row += 4) {
    let to = target;
    let entry = table;
    for (let x = 0; x < size; x++) {
      let from = source + <usize>load<i32>(entry);
      const groups = load<i32>(entry, 4);
      const white = i32x4.splat(load<i32>(entry, 8));
      let weights = <usize>load<i32>(entry, 12);
      const end = weights + ((<usize>groups) << 4);
      let high0 = i32x4.splat(0);
      let high1 = high0;
      let high2 = high0;
      let high3 = high0;
      let low0 = white;
      let low1 = white;
      let low2 = white;
      let low3 = white;
      while (weights < end) {
        const pixels0 = v128.load(from);
        const pixels1 = v128.load(from + sourceStride);
        const pixels2 = v128.load(from + 2 * sourceStride);
        const pixels3 = v128.load(from + 3 * sourceStride);
        let high = v128.load32_splat(weights);
        let low = v128.load32_splat(weights, 4);
        let values = i8x16.swizzle(pixels0, firstTwo);
        high0 = i32x4.add(high0, i32x4.dot_i16x8_s(values, high));
        low0 = i32x4.add(low0, i32x4.dot_i16x8_s(values, low));
        values = i8x16.swizzle(pixels1, firstTwo);
        high1 = i32x4.add(high1, i32x4.dot_i16x8_s(values, high));
        low1 = i32x4.add(low1, i32x4.dot_i16x8_s(values, low));
        values = i8x16.swizzle(pixels2, firstTwo);
        high2 = i32x4.add(high2, i32x4.dot_i16x8_s(values, high));
        low2 = i32x4.add(low2, i32x4.dot_i16x8_s(values, low));
        values = i8x16.swizzle(pixels3, firstTwo);
        high3 = i32x4.add(high3, i32x4.dot_i16x8_s(values, high));
        low3 = i32x4.add(low3, i32x4.dot_i16x8_s(values, low));
        high = v128.load32_splat(weights, 8);
        low = v128.load32_splat(weights, 12);
        values = i8x16.swizzle(pixels0, lastTwo);
        high0 = i32x4.add(high0, i32x4.dot_i16x8_s(values, high));
        low0 = i32x4.add(low0, i32x4.dot_i16x8_s(values, low));
        values = i8x16.swizzle(pixels1, lastTwo);
        high1 = i32x4.add(high1, i32x4.dot_i16x8_s(values, high));
        low1 = i32x4.add(low1, i32x4.dot_i16x8_s(values, low));
        values = i8x16.swizzle(pixels2, lastTwo);
        high2 = i32x4.add(high2, i32x4.dot_i16x8_s(values, high));
        low2 = i32x4.add(low2, i32x4.dot_i16x8_s(values, low));
        values = i8x16.swizzle(pixels3, lastTwo);
        high3 = i32x4.add(high3, i32x4.dot_i16x8_s(values, high));
        low3 = i32x4.add(low3, i32x4.dot_i16x8_s(values, low));
        from += 12;
        weights += 16;
      }
      const bytes = toBytes(rounded(high0, low0), rounded(high1, low1), rounded(high2, low2), rounded(high3, low3));
      v128.store32_lane(to, bytes, 0);
      v128.store32_lane(to + targetStride, bytes, 1);
      v128.store32_lane(to + 2 * targetStride, bytes, 2);
      v128.store32_lane(to + 3 * targetStride, bytes, 3);
      to += 3;
      entry += 16;
    }
    source += 4 * sourceStride;
    target += 4 * targetStride;
  }
}

/**
 * One output row from the rows of the first pass. Up to 15 bytes after the row are overwritten.
 * @param source address of row 0 of the picture, as if all its rows were in memory
 * @param entry the output row's entry of the table
 * @param length bytes of a row
 */
export function scaleColumns(source: usize, stride: usize, entry: usize, target: usize, length: usize): void {
  const groups = load<i32>(entry, 4);
  const white = i32x4.splat(load<i32>(entry, 8));
  const first = <usize>load<i32>(entry, 12);
  const end = first + ((<usize>groups) << 3);
  let column = source + <usize>load<i32>(entry) * stride;
  const targetEnd = target + length;
  while (target < targetEnd) {
    let from = column;
    let weights = first;
    let high0 = i32x4.splat(0);
    let high1 = high0;
    let high2 = high0;
    let high3 = high0;
    let low0 = white;
    let low1 = white;
    let low2 = white;
    let low3 = white;
    while (weights < end) {
      const above = v128.load(from);
      const below = v128.load(from + stride);
      const high = v128.load32_splat(weights);
      const low = v128.load32_splat(weights, 4);
      const left = i8x16.shuffle(above, below, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      let values = i16x8.extend_low_i8x16_u(left);
      high0 = i32x4.add(high0, i32x4.dot_i16x8_s(values, high));
      low0 = i32x4.add(low0, i32x4.dot_i16x8_s(values, low));
      values = i16x8.extend_high_i8x16_u(left);
      high1 = i32x4.add(high1, i32x4.dot_i16x8_s(values, high));
      low1 = i32x4.add(low1, i32x4.dot_i16x8_s(values, low));
      const right = i8x16.shuffle(above, below, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      values = i16x8.extend_low_i8x16_u(right);
      high2 = i32x4.add(high2, i32x4.dot_i16x8_s(values, high));
      low2 = i32x4.add(low2, i32x4.dot_i16x8_s(values, low));
      values = i16x8.extend_high_i8x16_u(right);
      high3 = i32x4.add(high3, i32x4.dot_i16x8_s(values, high));
      low3 = i32x4.add(low3, i32x4.dot_i16x8_s(values, low));
      from += 2 * stride;
      weights += 8;
    }
    v128.store(target, toBytes(rounded(high0, low0), rounded(high1, low1), rounded(high2, low2), rounded(high3, low3)));
    target += 16;
    column += 16;
  }
}

/**
 * Puts RGBA on white and packs it as RGB, as Pillow's `alpha_composite` on an opaque background:
 * `t = v * a + 255 * (255 - a) + 128; ((t >> 8) + t) >> 8`.
 * `target` may be `source`; up to 16 bytes more are read and up to 16 more overwritten.
 */
export function blendOnWhite(source: usize, target: usize, count: i32): void {
  const all = i16x8.splat(255);
  const half = i16x8.splat(128);
  for (let i = 0; i < count; i += 4) {
    const pixels = v128.load(source);
    const left = blendTwo(i16x8.extend_low_i8x16_u(pixels), all, half);
    const right = blendTwo(i16x8.extend_high_i8x16_u(pixels), all, half);
    const blended = i8x16.narrow_i16x8_u(left, right);
    v128.store(target, i8x16.swizzle(blended, i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1)));
    source += 16;
    target += 12;
  }
}

function blendTwo(values: v128, all: v128, half: v128): v128 {
  const alpha = i8x16.swizzle(values, i8x16(6, -1, 6, -1, 6, -1, 6, -1, 14, -1, 14, -1, 14, -1, 14, -1));
  const white = i16x8.mul(i16x8.sub(all, alpha), all);
  const sum = i16x8.add(i16x8.add(i16x8.mul(values, alpha), white), half);
  return i16x8.shr_u(i16x8.add(i16x8.shr_u(sum, 8), sum), 8);
}

/**
 * RGB bytes to BGR floats 0..255, pixel by pixel. `count` is rounded up to a multiple of 4; up to 4 bytes more are
 * read.
 */
export function toChannelsLast(source: usize, target: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const pixels = v128.load(source);
    v128.store(target, toFloats(i8x16.swizzle(pixels, lanes(2, 1, 0, 5))));
    v128.store(target, toFloats(i8x16.swizzle(pixels, lanes(4, 3, 8, 7))), 16);
    v128.store(target, toFloats(i8x16.swizzle(pixels, lanes(6, 11, 10, 9))), 32);
    source += 12;
    target += 48;
  }
}

/**
 * RGB bytes to three planes of floats 0..255, blue first. `count` is rounded up to a multiple of 4; up to 4 bytes more
 * are read.
 * @param stride bytes from plane to plane
 */
export function toChannelsFirst(source: usize, target: usize, stride: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const pixels = v128.load(source);
    v128.store(target, toFloats(i8x16.swizzle(pixels, lanes(2, 5, 8, 11))));
    v128.store(target + stride, toFloats(i8x16.swizzle(pixels, lanes(1, 4, 7, 10))));
    v128.store(target + 2 * stride, toFloats(i8x16.swizzle(pixels, lanes(0, 3, 6, 9))));
    source += 12;
    target += 16;
  }
}

function lanes(a: i8, b: i8, c: i8, d: i8): v128 {
  return i8x16(a, -1, -1, -1, b, -1, -1, -1, c, -1, -1, -1, d, -1, -1, -1);
}

function toFloats(integers: v128): v128 {
  return f32x4.convert_i32x4_s(integers);
}

function rounded(high: v128, low: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.shl(high, lowBits), low), precisionBits);
}

function toBytes(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}
