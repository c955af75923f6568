import * as l10n from '@vscode/l10n';
import type { Sharp, SharpOptions } from 'sharp';
import { sniffFormat } from '../../base/sniffFormat';
import { errorMessage } from '../../protocol/channel/wireError';
import { BmpError, decodeBmp, readBmpHeader } from './decodeBmp';
import type { DecodedImage } from './DecodedImage';
import { ImageError } from './ImageError';
import { loadSharp } from '../native/nativePackages';
import { readImageFile } from './readImageFile';

/** Pictures with more pixels are refused before they are decoded: a file of a few kB can ask for gigabytes. */
export const maximumPixels = 1e8;

/** JPEG's largest side. Longer ones make the resampler's intermediate picture large even where the area is small. */
export const maximumSide = 65_535;

/**
 * What a file holds, after its header was read and found acceptable; the pixels are not decoded yet. For all but BMP
 * `open` gives a fresh sharp pipeline on the file's first frame.
 */
export type OpenedImage = {
  /** of the picture as it is stored: an EXIF orientation may exchange them */
  width: number;
  height: number;
  /** as it is shown */
  upright: { width: number; height: number };
} & (
  | { kind: 'bmp'; decode: () => DecodedImage }
  | { kind: 'sharp'; format: string; open: (options: SharpOptions) => Sharp }
);

/**
 * Decodes the first frame or page of an image file the way Pillow does, bit for bit where the format allows it: the
 * EXIF orientation is applied, embedded colour profiles are ignored. Two deliberate differences: 16-bit grey is scaled
 * to 8 bits (Pillow 9 clips it to white), and CMYK is converted by profile.
 * @throws ImageError for anything that cannot be decoded completely; NativePackageError when sharp does not load
 */
export async function decodeImage(path: string): Promise<DecodedImage> {
  return decodeOpened(path, await openImage(path));
}

/**
 * Decodes the pixels of a file that {@link openImage} has opened: the second half of {@link decodeImage}.
 * @param path for errors
 * @param shrink a power of two by which JPEG and WebP are shrunk while they are decoded; not exact then
 * @throws ImageError IMAGE_TRUNCATED, IMAGE_NOT_AN_IMAGE
 */
export async function decodeOpened(path: string, opened: OpenedImage, shrink = 1): Promise<DecodedImage> {
  if (opened.kind === 'bmp') return opened.decode();
  const pipeline = opened.open({ ignoreIcc: true, autoOrient: true });
  if (shrink > 1) {
    // Where the decoder itself can shrink to this size, sharp resizes no further.
    const side = Math.ceil(Math.max(opened.width, opened.height) / shrink);
    pipeline.resize({ width: side, height: side, fit: 'inside', kernel: 'cubic' });
  }
  try {
    const { data, info } = await pipeline
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3 && info.channels !== 4) throw new Error(`Unexpected number of channels: ${info.channels}`);
    return { pixels: data, width: info.width, height: info.height, channels: info.channels };
  } catch (error) {
    throw damaged(path, opened.format, error);
  }
}

/**
 * Reads a file and its image header.
 * @throws ImageError for a file that is no image, has a damaged header, or is larger than {@link maximumPixels};
 *   NativePackageError when sharp does not load
 */
export async function openImage(path: string): Promise<OpenedImage> {
  const bytes = await readImageFile(path);
  const format = sniffFormat(bytes);
  if (format === undefined) {
    throw new ImageError('IMAGE_NOT_AN_IMAGE', path, l10n.t('Not an image, or a format that is not supported.'));
  }
  if (format === 'BMP') return openBmp(path, bytes);

  const sharp = loadSharp();
  let size: { width: number; height: number; autoOrient: { width: number; height: number } };
  try {
    // Without a limit of pixels: only the header is read, and the error names its numbers.
    size = await sharp(bytes, { limitInputPixels: false }).metadata();
    checkSize(path, size.width, size.height);
  } catch (error) {
    throw error instanceof ImageError ? error : damaged(path, format, error);
  }
  // 'error' refuses truncated and damaged pixel data, as Pillow does, and lets mere warnings pass.
  const open = (options: SharpOptions): Sharp =>
    sharp(bytes, { limitInputPixels: maximumPixels, failOn: 'error', pages: 1, ...options });
  return { kind: 'sharp', width: size.width, height: size.height, upright: size.autoOrient, format, open };
}

/** The error for a file that begins like an image and cannot be decoded. */
export function damaged(path: string, format: string, cause: unknown): ImageError {
  if (/compression|codec|not built|unsupported (?!image format)/i.test(errorMessage(cause))) {
    const message = l10n.t('This kind of {0} is not supported.', format);
    return new ImageError('IMAGE_NOT_AN_IMAGE', path, message, cause);
  }
  return new ImageError(
    'IMAGE_TRUNCATED',
    path,
    l10n.t('The {0} ends early: it is truncated or damaged.', format),
    cause,
  );
}

function openBmp(path: string, bytes: Buffer): OpenedImage {
  return orBmpError(path, () => {
    const header = readBmpHeader(bytes);
    checkSize(path, header.width, header.height);
    const decode = (): DecodedImage => orBmpError(path, () => decodeBmp(bytes, header));
    const { width, height } = header;
    return { kind: 'bmp', width, height, upright: { width, height }, decode };
  });
}

function orBmpError<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof BmpError)) throw error;
    if (error.reason === 'unsupported') {
      throw new ImageError(
        'IMAGE_NOT_AN_IMAGE',
        path,
        l10n.t('Not an image, or a kind of BMP that is not supported.'),
        error,
      );
    }
    throw damaged(path, 'BMP', error);
  }
}

function checkSize(path: string, width: number, height: number): void {
  if (width * height > maximumPixels) {
    const limit = maximumPixels / 1e6;
    const message = l10n.t('{0} x {1} pixels are more than the limit of {2} megapixels.', width, height, limit);
    throw new ImageError('IMAGE_TOO_LARGE', path, message);
  }
  if (Math.max(width, height) > maximumSide) {
    const message = l10n.t(
      '{0} x {1} pixels: a side is longer than the limit of {2} pixels.',
      width,
      height,
      maximumSide,
    );
    throw new ImageError('IMAGE_TOO_LARGE', path, message);
  }
}
