import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { default as SharpFactory, Sharp } from 'sharp';
import { damaged, openImage, type DecodedImage } from './decodeImage';
import { loadSharp } from './nativePackages';

/**
 * Writes a small picture of an image's first frame for people to look at: a WebP, or what the name of the output asks
 * for (`.jpg`, `.jpeg`, `.png`); colours converted to sRGB, upright, transparency kept
 * (white in a JPEG), never enlarged. The file appears under its name only when it is complete; missing folders are made.
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
  const source = opened.kind === 'sharp' ? opened.open({ autoOrient: true }) : rawPicture(sharp, opened.decode());
  let thumbnail: { data: Buffer; info: { width: number; height: number } };
  try {
    const small = source.resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true });
    thumbnail = await encode(small, outputPath).toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw damaged(imagePath, opened.kind === 'sharp' ? opened.format : 'BMP', error);
  }
  await writeAtomically(outputPath, thumbnail.data);
  return { width: thumbnail.info.width, height: thumbnail.info.height };
}

function rawPicture(sharp: typeof SharpFactory, { pixels, width, height, channels }: DecodedImage): Sharp {
  return sharp(pixels, { raw: { width, height, channels } });
}

function encode(picture: Sharp, outputPath: string): Sharp {
  switch (path.extname(outputPath).toLowerCase()) {
    case '.jpg':
    case '.jpeg':
      return picture.flatten({ background: 'white' }).jpeg({ quality: 85 });
    case '.png':
      return picture.png();
    default:
      return picture.webp({ quality: 80, effort: 0 });
  }
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
