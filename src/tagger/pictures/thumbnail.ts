import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sharp } from 'sharp';
import { ownFileMode, ownFolderMode } from '../../base/machine/ownFolder';
import type { ImageInfo, PictureRegion } from '../../protocol/page/pictureProtocol';
import type { ThumbnailOrder } from '../../protocol/tagging/taggerProtocol';
import { errorCode } from '../../protocol/channel/wireError';
import { openImage } from './decodeImage';
import { usePicture } from './usePicture';

/**
 * Writes a small picture of an image's first frame for people to look at: a WebP, or what the name of the output asks
 * for (`.jpg`, `.jpeg`, `.png`); colours converted to sRGB, upright, transparency kept (white in a JPEG), never
 * enlarged. The file appears under its name only when it is complete; missing folders are made.
 * @returns the picture's width and height in pixels, and the size of its file
 * @throws ImageError for anything that cannot be decoded completely; NativePackageError when sharp does not load
 */
export async function makeThumbnail(order: ThumbnailOrder): Promise<{ width: number; height: number; bytes: number }> {
  const { imagePath, size, outputPath, region, quality } = order;
  const opened = await openImage(imagePath);
  const { data, info } = await usePicture(imagePath, opened, (source) => {
    if (region !== undefined) source.extract(within(region, opened.upright));
    source.resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true });
    return encode(source, outputPath, quality).toBuffer({ resolveWithObject: true });
  });
  await writeAtomically(order, data);
  return { width: info.width, height: info.height, bytes: data.length };
}

/**
 * Reads the size, format and file size of an image; of its content only the header.
 * @throws ImageError for a file that is no image or cannot be read; NativePackageError when sharp does not load
 */
export async function readImageInfo(imagePath: string): Promise<ImageInfo> {
  const opened = await openImage(imagePath);
  const { size } = await stat(imagePath);
  return { ...opened.upright, format: opened.format, fileSize: size };
}

/** The part of a region that lies in the picture, at least one pixel of it, in whole pixels. */
function within(region: PictureRegion, { width, height }: { width: number; height: number }): PictureRegion {
  const left = Math.min(Math.max(0, Math.floor(region.left)), width - 1);
  const top = Math.min(Math.max(0, Math.floor(region.top)), height - 1);
  return {
    left,
    top,
    width: Math.max(1, Math.min(Math.ceil(region.left + region.width), width) - left),
    height: Math.max(1, Math.min(Math.ceil(region.top + region.height), height) - top),
  };
}

function encode(picture: Sharp, outputPath: string, quality?: number): Sharp {
  switch (path.extname(outputPath).toLowerCase()) {
    case '.jpg':
    case '.jpeg':
      return picture.flatten({ background: 'white' }).jpeg({ quality: quality ?? 85 });
    case '.png':
      return picture.png();
    default:
      return picture.webp({ quality: quality ?? 80, effort: 0 });
  }
}

async function writeAtomically({ outputPath: target, ownerOnly = false }: ThumbnailOrder, data: Buffer): Promise<void> {
  const [folderMode, fileMode] = ownerOnly ? [ownFolderMode, ownFileMode] : [0o777, 0o666];
  const folder = path.dirname(target);
  const temporary = path.join(folder, `.${path.basename(target)}.${randomUUID()}.tmp`);
  const write = async (): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: folderMode });
    await writeFile(temporary, data, { mode: fileMode });
    await rename(temporary, target);
  };
  try {
    // Clearing the cache removes empty folders, perhaps this one just after it was made: once more.
    await write().catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return write();
      throw error;
    });
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
