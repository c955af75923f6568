import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { damaged, openImage } from './decodeImage';
import { loadSharp } from './nativePackages';

/**
 * Writes a WebP of an image's first frame for people to look at: colours converted to sRGB, upright, transparency kept,
 * never enlarged. The file appears under its name only when it is complete; missing folders are made.
 * @param size the longest side of the thumbnail, in pixels
 * @returns the thumbnail's width and height, in pixels
 * @throws ImageError for anything that cannot be decoded completely; NativePackageError when sharp does not load
 */
export async function makeThumbnail(
  imagePath: string,
  size: number,
  outputPath: string,
): Promise<{ width: number; height: number }> {
  const sharp = await loadSharp();
  const opened = await openImage(imagePath);
  // Resizing at once lets libvips decode JPEG and WebP at a fraction of their size.
  const source =
    opened.kind === 'sharp'
      ? opened.open({ autoOrient: true })
      : sharp(opened.image.pixels, {
          raw: { width: opened.image.width, height: opened.image.height, channels: opened.image.channels },
        });
  let thumbnail: { data: Buffer; info: { width: number; height: number } };
  try {
    thumbnail = await source
      .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80, effort: 0 })
      .toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw damaged(imagePath, opened.kind === 'sharp' ? opened.format : 'BMP', error);
  }
  await writeAtomically(outputPath, thumbnail.data);
  return { width: thumbnail.info.width, height: thumbnail.info.height };
}

async function writeAtomically(target: string, data: Buffer): Promise<void> {
  const folder = path.dirname(target);
  await mkdir(folder, { recursive: true });
  const temporary = path.join(folder, `.${path.basename(target)}.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, data);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
