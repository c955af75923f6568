import PQueue from 'p-queue';
import type { Sharp } from 'sharp';
import { loadSharp } from '../native/nativePackages';
import { fromSharp } from './decodeImage';
import type { OpenedImage } from './OpenedImage';
import { refusal } from './refusals';

/**
 * Pictures with more pixels may take gigabytes while they are decoded (interlaced, progressive, BMP): they are made one
 * at a time.
 */
const largePicture = 25e6;
const largePictures = new PQueue({ concurrency: 1 });

/**
 * Makes something of an image's first frame: upright, with colours converted to sRGB, as people see it. Where the frame
 * is resized at once, libvips decodes JPEG and WebP at a fraction of their size.
 * @param use gets a fresh pipeline; may be called twice, with a file that was mended
 * @throws ImageError for anything that cannot be decoded completely; NativePackageError when sharp does not load
 */
export async function usePicture<T>(
  imagePath: string,
  opened: OpenedImage,
  use: (source: Sharp) => Promise<T>,
): Promise<T> {
  const make = (): Promise<T> => useNow(imagePath, opened, use);
  return opened.width * opened.height > largePicture ? largePictures.add(make) : make();
}

async function useNow<T>(imagePath: string, opened: OpenedImage, use: (source: Sharp) => Promise<T>): Promise<T> {
  if (opened.kind === 'pixels') {
    const { pixels, width, height, channels } = await opened.decode();
    return use(loadSharp()(pixels, { raw: { width, height, channels } })).catch((error: unknown) => {
      throw refusal(imagePath, opened.format, error);
    });
  }
  return fromSharp(imagePath, opened, (open) => {
    const source = open({ autoOrient: true });
    return use(opened.isOpaque ? source.removeAlpha() : source);
  });
}
