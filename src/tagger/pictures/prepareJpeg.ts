import type { Sharp } from 'sharp';
import type { JpegOrder, PreparedJpeg } from '../../protocol/tagging/taggerProtocol';
import { loadSharp } from '../native/nativePackages';
import { openImage } from './decodeImage';
import { usePicture } from './usePicture';

/** The quality of what is sent to a model, and what it falls to where that is too large. */
const bestQuality = 90;
const lowerQualities = [80, 70, 60, 50];
/** Where no quality helps, the side becomes so much smaller each time. */
const shrinkage = 0.75;
/** Below this side no picture shows anything, in pixels. */
const smallestSide = 32;

/**
 * The picture of an image that is sent to a vision-language model, which knows JPEG best: upright, in sRGB, on white
 * where it is transparent, never enlarged, without the metadata of the file.
 * @returns a JPEG whose base64 has at most `maximumBytes`, or the smallest that still shows something
 * @throws ImageError for anything that cannot be decoded completely; NativePackageError when sharp does not load
 */
export async function prepareJpeg({ imagePath, side, maximumBytes }: JpegOrder): Promise<PreparedJpeg> {
  const opened = await openImage(imagePath);
  const small = (source: Sharp): Sharp =>
    source
      // A tenth faster than Lanczos, and no model sees a difference.
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true, kernel: 'cubic' })
      .flatten({ background: 'white' })
      .toColourspace('srgb');
  const first = await usePicture(imagePath, opened, (source) =>
    small(source).jpeg({ quality: bestQuality }).toBuffer({ resolveWithObject: true }),
  );
  if (fits(first.data, maximumBytes)) return prepared(first);
  const { data, info } = await usePicture(imagePath, opened, (source) =>
    small(source).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  );
  const { width, height, channels } = info;
  const encode = (longest: number, quality: number): Promise<typeof first> =>
    loadSharp()(data, { raw: { width, height, channels } })
      .resize({ width: longest, height: longest, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality })
      .toBuffer({ resolveWithObject: true });
  const whole = Math.max(width, height);
  for (let longest = whole; ; longest = Math.max(smallestSide, Math.floor(longest * shrinkage))) {
    for (const quality of lowerQualities) {
      const made = await encode(longest, quality);
      const isLast = longest <= smallestSide && quality === lowerQualities.at(-1);
      if (isLast || fits(made.data, maximumBytes)) return prepared(made);
    }
  }
}

/** Whether the base64 of bytes is short enough. */
function fits(jpeg: Buffer, maximumBytes: number): boolean {
  return 4 * Math.ceil(jpeg.length / 3) <= maximumBytes;
}

function prepared({ data, info }: { data: Buffer; info: { width: number; height: number } }): PreparedJpeg {
  // A copy of its own: what is sent to another process must not drag the pool of buffers with it.
  return { jpeg: new Uint8Array(data), width: info.width, height: info.height };
}
