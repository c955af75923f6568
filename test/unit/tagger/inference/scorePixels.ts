import type { Tagger } from '../../../../src/tagger/inference/Tagger';

/** The input that a model gets for a picture, written down plainly: BGR, 0..255. */
export function inputOf(pixels: Uint8Array, channelsLast: boolean): Float32Array {
  const count = pixels.length / 3;
  return Float32Array.from({ length: pixels.length }, (_, i) => {
    const [pixel, channel] = channelsLast ? [Math.floor(i / 3), i % 3] : [i % count, Math.floor(i / count)];
    return pixels[pixel * 3 + 2 - channel]!;
  });
}

/** The scores of a picture, RGB, as large as the model wants it. */
export function scorePixels(tagger: Tagger, pixels: Uint8Array): Promise<Float32Array> {
  return tagger.score(Promise.resolve(inputOf(pixels, tagger.channelsLast)), new AbortController().signal);
}
