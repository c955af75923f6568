import type { Metadata, Sharp } from 'sharp';
import { isPremultipliedAvif } from '../../base/pictureHead/avifHead';
import { inMemory } from '../../base/pictureHead/ByteSource';
import { headIn } from '../../base/pictureHead/headIn';
import { sniffFormat, type ImageFormat } from '../../base/sniffFormat';
import { checkJpegScan } from '../formats/checkJpegScan';
import { decodeBmp, readBmpHeader } from '../formats/decodeBmp';
import type { DecodedImage } from '../formats/DecodedImage';
import { DecodingError } from '../formats/DecodingError';
import { decodeGif, readGifFrame } from '../formats/decodeGif';
import { mendPng } from '../formats/mendPng';
import { cmykToRgb, unmultiply } from '../formats/pillowColours';
import { pillowPng, withTransparent, type PngColours } from '../formats/pngColours';
import { turnPixels } from '../formats/turnPixels';
import { hasWebpAlpha, tellWebpAlpha } from '../formats/webpAlpha';
import { loadSharp } from '../native/nativePackages';
import type { OpenedImage, SharpImage, SharpOpener } from './OpenedImage';
import { openTiff } from './openTiff';
import { orientationIn } from './orientationIn';
import { checkSize, maximumJpegSide, maximumPixels } from './pictureLimits';
import { notAnImage, refusal } from './refusals';
import { readImageFile } from './readImageFile';

/**
 * Decodes the first frame or page of an image file the way Pillow does, bit for bit: turned as EXIF or XMP say,
 * embedded colour profiles ignored. Deliberate differences: 16-bit grey is scaled to 8 bits (Pillow cuts it off at 255,
 * which is white) and has no transparent colour, 12-bit grey likewise; damage in chunks that only describe a PNG does
 * not stop it, nor in the later pictures of an APNG, and what stands behind a PNG's pixels does not turn it; an AVIF is
 * known by all of its brands, not only by the first, and comes from another decoder (libheif, not libavif), whose
 * colours differ by 1, by 3 where they were multiplied with alpha, and more where the file has colour at half the size.
 * JPEG in a TIFF as of 1992 is not read, as libtiff is built without it.
 * @throws ImageError for anything that cannot be decoded completely; NativePackageError when sharp does not load
 */
export async function decodeImage(path: string): Promise<DecodedImage> {
  return decodeOpened(path, await openImage(path));
}

/**
 * Decodes the pixels of a file that {@link openImage} has opened: the second half of {@link decodeImage}.
 * @param path for errors
 * @param shrink a power of two by which JPEG and WebP are shrunk while they are decoded; not exact then
 * @throws ImageError IMAGE_TRUNCATED, IMAGE_DAMAGED, IMAGE_NOT_AN_IMAGE
 */
export async function decodeOpened(path: string, opened: OpenedImage, shrink = 1): Promise<DecodedImage> {
  if (opened.kind === 'pixels') return opened.decode();
  return fromSharp(path, opened, (open) => rawPixels(open({ ignoreIcc: true, autoOrient: true }), opened, shrink));
}

/**
 * Uses a file through sharp; one that sharp refuses is mended, where that is known.
 * @param path for errors
 * @throws ImageError for what cannot be used
 */
export async function fromSharp<T>(
  path: string,
  image: SharpImage,
  use: (open: SharpOpener) => Promise<T>,
): Promise<T> {
  const { format, bytes, mend } = image;
  try {
    return await use(image.open);
  } catch (error) {
    if (mend === undefined) throw refusal(path, format, error, bytes);
    try {
      return await use(mend());
    } catch (again) {
      throw refusal(path, format, again instanceof DecodingError ? again : error, bytes);
    }
  }
}

/** RGB or RGBA. What sharp throws is passed on. */
async function rawPixels(
  pipeline: Sharp,
  { width, height, isCmyk, isOpaque }: Pick<SharpImage, 'width' | 'height' | 'isCmyk' | 'isOpaque'>,
  shrink: number,
): Promise<DecodedImage> {
  if (shrink > 1) {
    // Where the decoder itself can shrink to this size, sharp resizes no further.
    const side = Math.ceil(Math.max(width, height) / shrink);
    pipeline.resize({ width: side, height: side, fit: 'inside', kernel: 'cubic' });
  }
  if (isCmyk) pipeline.pipelineColourspace('cmyk').toColourspace('cmyk');
  else pipeline.toColourspace('srgb');
  if (isOpaque) pipeline.removeAlpha();
  const { data, info } = await pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const size = { width: info.width, height: info.height };
  if (isCmyk && info.channels === 4) return { pixels: cmykToRgb(data), ...size, channels: 3 };
  if (info.channels !== 3 && info.channels !== 4) throw new DecodingError('unsupported', `${info.channels} channels`);
  return { pixels: data, ...size, channels: info.channels };
}

/**
 * Reads a file and its image header.
 * @throws ImageError for a file that is no image, has a damaged header, or is too large;
 *   NativePackageError when sharp does not load
 */
export async function openImage(path: string): Promise<OpenedImage> {
  const bytes = await readImageFile(path);
  const format = sniffFormat(bytes);
  switch (format) {
    case undefined:
      throw notAnImage(path, bytes);
    case 'BMP':
      return ownDecoder(path, format, bytes, readBmpHeader, decodeBmp);
    case 'GIF':
      return ownDecoder(path, format, bytes, readGifFrame, decodeGif);
    case 'TIFF':
      return openTiff(path, bytes);
    default:
      return openWithSharp(path, format, bytes);
  }
}

/** A file of which we read head and pixels ourselves. */
function ownDecoder<T extends { width: number; height: number }>(
  path: string,
  format: ImageFormat,
  bytes: Buffer,
  readHead: (bytes: Buffer) => T,
  decode: (bytes: Buffer, head: T) => DecodedImage,
): OpenedImage {
  try {
    const head = readHead(bytes);
    const { width, height } = head;
    checkSize(path, width, height);
    const decoded = async (): Promise<DecodedImage> => {
      try {
        return await Promise.resolve(decode(bytes, head));
      } catch (error) {
        throw refusal(path, format, error);
      }
    };
    // The indices of a palette are held beside the pixels that they become.
    return {
      kind: 'pixels',
      format,
      width,
      height,
      upright: { width, height },
      decode: decoded,
      copies: 1.5,
    };
  } catch (error) {
    throw refusal(path, format, error);
  }
}

async function openWithSharp(path: string, format: ImageFormat, read: Buffer): Promise<OpenedImage> {
  const sharp = loadSharp();
  const orientation = orientationIn(read);
  const { file: bytes, transparent } = readColours(path, format, read);
  // libvips looks at the first brand alone.
  if (format === 'AVIF') bytes.write('avif', 8, 'latin1');
  if (format === 'WebP') tellWebpAlpha(bytes);
  // 'error' refuses truncated and damaged pixel data, as Pillow does, and lets mere warnings pass.
  const opener =
    (file: Buffer): SharpOpener =>
    (options) =>
      sharp(file, { limitInputPixels: maximumPixels, failOn: 'error', pages: 1, ...options });
  const mend = (): Buffer =>
    mendPng(bytes, (width, height) => {
      checkSize(path, width, height);
    });
  let file = bytes;
  let metadata: Metadata;
  // Without a limit of pixels: only the header is read, and the error names its numbers.
  const readHead = (): Promise<Metadata> => sharp(file, { limitInputPixels: false }).metadata();
  try {
    metadata = await readHead().catch((error: unknown) => {
      if (format !== 'PNG') throw error;
      file = mend();
      return readHead();
    });
    checkSize(path, metadata.width, metadata.height);
    if (format === 'JPEG') checkJpegScan(bytes);
  } catch (error) {
    // libjpeg refuses one that is too large before sharp can tell its size.
    const head = format === 'JPEG' ? headIn(bytes) : undefined;
    if (head !== undefined) checkSize(path, head.width, head.height, maximumJpegSide);
    throw refusal(path, format, error, bytes);
  }
  const { width, height, autoOrient: upright } = metadata;
  const image: SharpImage = {
    kind: 'sharp',
    format,
    width,
    height,
    upright,
    open: opener(file),
    ...(format === 'PNG' && file === bytes ? { mend: () => opener(mend()) } : {}),
    isCmyk: metadata.space === 'cmyk',
    isOpaque: format === 'WebP' && metadata.hasAlpha && !hasWebpAlpha(bytes),
    bytes,
  };
  const change = changeOf(format, bytes, transparent);
  if (change === undefined && orientation === (metadata.orientation ?? 1)) return image;
  return changedImage(path, image, orientation, change);
}

/** What has to be done to pixels that sharp gives otherwise than Pillow; undefined where they are the same. */
function changeOf(
  format: ImageFormat,
  bytes: Buffer,
  transparent: PngColours['transparent'],
): ((stored: DecodedImage) => DecodedImage) | undefined {
  if (transparent !== undefined) return (stored) => withTransparent(stored, transparent);
  if (format !== 'AVIF' || !isPremultipliedAvif(inMemory(bytes))) return undefined;
  return (stored) => {
    if (stored.channels === 4) unmultiply(stored.pixels, Math.round);
    return stored;
  };
}

function readColours(path: string, format: ImageFormat, bytes: Buffer): PngColours {
  if (format !== 'PNG') return { file: bytes };
  try {
    return pillowPng(bytes);
  } catch (error) {
    throw refusal(path, format, error);
  }
}

/** A picture whose pixels sharp gives otherwise than Pillow, or that is turned otherwise than sharp would. */
function changedImage(
  path: string,
  image: SharpImage,
  orientation: number,
  change: (stored: DecodedImage) => DecodedImage = (stored) => stored,
): OpenedImage {
  const { format, width, height } = image;
  const upright = orientation >= 5 ? { width: height, height: width } : { width, height };
  const decode = async (): Promise<DecodedImage> => {
    const stored = await fromSharp(path, image, (open) => rawPixels(open({ ignoreIcc: true }), image, 1));
    return turnPixels(change(stored), orientation);
  };
  return { kind: 'pixels', format, width, height, upright, decode, copies: 3 };
}
