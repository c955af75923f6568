/** `a * b / 255`, rounded as Pillow does (`MULDIV255` in ImagingUtils.h). */
function times255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/** One channel of CMYK as red, green or blue, without profiles: what Pillow's `convert('RGB')` gives. */
export function withoutInk(ink: number, black: number): number {
  const white = 255 - black;
  return white - times255(ink, white);
}

/**
 * Replaces pixels of CMYK by RGB, in their own memory.
 * @param pixels 4 bytes each, 255 for all of an ink
 * @returns 3 bytes each
 */
export function cmykToRgb(pixels: Uint8Array): Uint8Array {
  let to = 0;
  for (let at = 0; at + 3 < pixels.length; at += 4) {
    const black = pixels[at + 3] ?? 0;
    pixels[to++] = withoutInk(pixels[at] ?? 0, black);
    pixels[to++] = withoutInk(pixels[at + 1] ?? 0, black);
    pixels[to++] = withoutInk(pixels[at + 2] ?? 0, black);
  }
  return pixels.subarray(0, to);
}

/** A channel that was multiplied with its alpha, as it was before; 0 and 255 of alpha leave it. */
export function unmultiplied(value: number, alpha: number, round = Math.floor): number {
  return alpha === 0 || alpha === 255 ? value : Math.min(255, round((255 * value) / alpha));
}

/**
 * Undoes the multiplication of RGBA with its alpha, in the same memory.
 * @param pixels 4 bytes each
 */
export function unmultiply(pixels: Uint8Array, round = Math.floor): void {
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3] ?? 0;
    for (let i = at; i < at + 3; i++) pixels[i] = unmultiplied(pixels[i] ?? 0, alpha, round);
  }
}

/** A number as 8 bits: cut off at both ends, as Pillow does with whole numbers and floating ones. */
export function clipped(value: number): number {
  return value >= 255 ? 255 : value > 0 ? Math.trunc(value) : 0;
}

/** From luma and two colour differences to red, green and blue, as tables of whole numbers. */
export type YcbcrToRgb = (luma: number, blue: number, red: number, out: Uint8Array, at: number) => void;

/** Pillow's own conversion of its mode YCbCr (JFIF's coefficients with 6 bits behind the point). */
export function pillowYcbcr(): YcbcrToRgb {
  const table = (factor: number): Int32Array =>
    Int32Array.from({ length: 256 }, (_, i) => Math.trunc(factor * 64 * (i - 128) + 0.5));
  const [redOfRed, greenOfBlue, greenOfRed, blueOfBlue] = [
    table(1.402),
    table(-0.34414),
    table(-0.71414),
    table(1.772),
  ];
  return (luma, blue, red, out, at) => {
    out[at] = clipped(luma + ((redOfRed[red] ?? 0) >> 6));
    out[at + 1] = clipped(luma + (((greenOfBlue[blue] ?? 0) + (greenOfRed[red] ?? 0)) >> 6));
    out[at + 2] = clipped(luma + ((blueOfBlue[blue] ?? 0) >> 6));
  };
}

/**
 * The conversion of libtiff, which Pillow uses for compressed TIFFs (TIFF 6.0, section 21, with 16 bits behind the
 * point).
 * @param weights of red, green and blue in luma
 * @param levels black and white of luma, of blue, of red
 */
export function libtiffYcbcr(weights: readonly number[], levels: readonly number[]): YcbcrToRgb {
  const [redWeight = 0.299, greenWeight = 0.587, blueWeight = 0.114] = weights.map(Math.fround);
  const fixed = (value: number): number => Math.trunc(Math.fround(Math.min(Math.max(value, 0), 2)) * 65_536 + 0.5);
  const redRange = Math.fround(2 - 2 * redWeight);
  const blueRange = Math.fround(2 - 2 * blueWeight);
  const redToRed = fixed(redRange);
  const redToGreen = -fixed(Math.fround(Math.fround(redWeight * redRange) / greenWeight));
  const blueToBlue = fixed(blueRange);
  const blueToGreen = -fixed(Math.fround(Math.fround(blueWeight * blueRange) / greenWeight));
  const scaled = (code: number, black: number, white: number, range: number): number => {
    const width = white - black === 0 ? 1 : white - black;
    const value = Math.fround(Math.fround((code - Math.trunc(black)) * range) / width);
    return Math.trunc(Math.min(Math.max(value, -128 * 32), 128 * 32));
  };
  const [blackLuma = 0, whiteLuma = 255, blackBlue = 128, whiteBlue = 255, blackRed = 128, whiteRed = 255] = levels;
  const codes = Array.from({ length: 256 }, (_, i) => i);
  const lumas = Int32Array.from(codes, (i) => scaled(i, blackLuma, whiteLuma, 255));
  const blues = codes.map((i) => scaled(i - 128, blackBlue - 128, whiteBlue - 128, 127));
  const reds = codes.map((i) => scaled(i - 128, blackRed - 128, whiteRed - 128, 127));
  const half = 32_768;
  const redOfRed = Int32Array.from(reds, (red) => (redToRed * red + half) >> 16);
  const greenOfRed = Int32Array.from(reds, (red) => redToGreen * red);
  const greenOfBlue = Int32Array.from(blues, (blue) => blueToGreen * blue + half);
  const blueOfBlue = Int32Array.from(blues, (blue) => (blueToBlue * blue + half) >> 16);
  return (code, blue, red, out, at) => {
    const luma = lumas[code] ?? 0;
    out[at] = clipped(luma + (redOfRed[red] ?? 0));
    out[at + 1] = clipped(luma + (((greenOfBlue[blue] ?? 0) + (greenOfRed[red] ?? 0)) >> 16));
    out[at + 2] = clipped(luma + (blueOfBlue[blue] ?? 0));
  };
}
