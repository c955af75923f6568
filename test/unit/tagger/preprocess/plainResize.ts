import type { DecodedImage } from '../../../../src/tagger/formats/DecodedImage';

// Pillow's procedure written down as plainly as possible, on the whole square and one value at a time, to compare the
// vectors with. All sums stay below 2^53, so that doubles are exact.

/** `Image.resize((size, size), BICUBIC)` of an opaque picture on its white square; RGB bytes. */
export function plainResize({ pixels, width, height }: DecodedImage, size: number): Buffer {
  const side = Math.max(width, height);
  const left = Math.floor((side - width) / 2);
  const top = Math.floor((side - height) / 2);
  const square = new Float64Array(side * side * 3).fill(255);
  for (let y = 0; y < height; y++) {
    square.set(pixels.subarray(y * width * 3, (y + 1) * width * 3), ((y + top) * side + left) * 3);
  }
  if (side === size) return Buffer.from(square);
  const weights = Array.from({ length: size }, (_, out) => plainWeights(side, size, out));
  const rows = new Float64Array(side * size * 3);
  for (let y = 0; y < side; y++) {
    for (const [x, { begin, values }] of weights.entries()) {
      for (let channel = 0; channel < 3; channel++) {
        rows[(y * size + x) * 3 + channel] = weighted(values, square, (y * side + begin) * 3 + channel, 3);
      }
    }
  }
  const result = Buffer.alloc(size * size * 3);
  for (const [y, { begin, values }] of weights.entries()) {
    for (let i = 0; i < size * 3; i++) {
      result[y * size * 3 + i] = weighted(values, rows, begin * size * 3 + i, size * 3);
    }
  }
  return result;
}

/** `Image.alpha_composite` on opaque white, in the words of Pillow's AlphaComposite.c for an opaque background. */
export function plainBlend({ pixels, width, height }: DecodedImage): Buffer {
  const result = Buffer.alloc(width * height * 3);
  for (let i = 0; i < result.length; i++) {
    const pixel = Math.floor(i / 3);
    const alpha = pixels[pixel * 4 + 3]!;
    const t = pixels[pixel * 4 + (i % 3)]! * alpha + 255 * (255 - alpha) + 0x80;
    result[i] = (Math.floor(t / 256) + t) / 256;
  }
  return result;
}

function weighted(weights: readonly number[], inputs: Float64Array, first: number, step: number): number {
  let sum = 2 ** 21;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * inputs[first + i * step]!;
  return Math.min(255, Math.max(0, Math.floor(sum / 2 ** 22)));
}

/** Resample.c: support 2, a = -0.5, the filter stretched when the picture shrinks, 22 bits rounded away from zero. */
function plainWeights(from: number, to: number, out: number): { begin: number; values: number[] } {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const center = (out + 0.5) * scale;
  const begin = Math.max(0, Math.trunc(center - 2 * stretch + 0.5));
  const end = Math.min(from, Math.trunc(center + 2 * stretch + 0.5));
  const raw = Array.from({ length: end - begin }, (_, i) => cubic((i + begin - center + 0.5) * (1 / stretch)));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  const values = raw.map((weight) => Math.sign(weight) * Math.floor(Math.abs((weight / sum) * 2 ** 22) + 0.5));
  return { begin, values };
}

function cubic(x: number): number {
  const d = Math.abs(x);
  if (d < 1) return ((-0.5 + 2) * d - (-0.5 + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * -0.5 : 0;
}
