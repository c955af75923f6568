import { closeSync, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { imageSize } from 'image-size';
import { sniffFormat, type ImageFormat } from '../../base/sniffFormat';
import { avifSize } from './avifSize';
import { readOnly } from './readOnly';
import { unpackPaths, type FactsRead, type ReadFacts } from './scanMessages';

/**
 * How many bytes are read from the start of a file: first a few, then more, because large metadata may come before the
 * picture.
 */
const headSizes = [4096, 64 * 1024, 1024 * 1024];
const scratch = Buffer.allocUnsafeSlow(1024 * 1024);

/**
 * Reads the modification time, file size and, if wanted, size in pixels of some image files, synchronously.
 * @param folder of the dataset, absolute
 */
export function readFacts({ images, pixels }: ReadFacts, folder: string): FactsRead {
  const paths = unpackPaths(images);
  const facts: FactsRead = {
    stats: new Float64Array(paths.length * 2).fill(NaN),
    pixels: new Uint32Array(pixels ? paths.length * 2 : 0),
  };
  for (const [index, image] of paths.entries()) {
    const file = `${folder}/${image}`;
    try {
      const { info, size } = pixels ? openedFacts(file) : { info: statSync(file), size: undefined };
      facts.stats[index * 2] = info.mtimeMs;
      facts.stats[index * 2 + 1] = info.size;
      if (size === undefined) continue;
      facts.pixels[index * 2] = size.width;
      facts.pixels[index * 2 + 1] = size.height;
    } catch {
      // The facts of an unreadable file stay unknown; the card of the image in the grid shows the reason.
    }
  }
  return facts;
}

interface PixelSize {
  width: number;
  height: number;
  /** EXIF's number of how the picture is turned; 5 and more: by a quarter */
  orientation?: number;
}

function openedFacts(file: string): { info: Stats; size: PixelSize | undefined } {
  const handle = openSync(file, readOnly);
  try {
    const info = fstatSync(handle);
    return { info, size: info.isFile() ? pixelSize(handle, info.size) : undefined };
  } finally {
    closeSync(handle);
  }
}

function sizeIn(head: Buffer, format: ImageFormat): PixelSize {
  return format === 'AVIF' ? (avifSize(head) ?? { width: 0, height: 0 }) : imageSize(head);
}

/** The size of a picture as shown, with the rotation that the file specifies; undefined if it cannot be read. */
function pixelSize(handle: number, fileSize: number): PixelSize | undefined {
  let length = 0;
  for (const headSize of headSizes) {
    while (length < Math.min(headSize, fileSize)) {
      const count = readSync(handle, scratch, length, headSize - length, length);
      if (count === 0) break;
      length += count;
    }
    const head = scratch.subarray(0, length);
    // The package knows many more formats, some of which nobody shows here, and takes minutes for a crafted AVIF.
    const format = sniffFormat(head);
    if (format === undefined) return undefined;
    try {
      const { width, height, orientation = 1 } = sizeIn(head, format);
      // For an incomplete file, some formats yield invalid numbers.
      if (width > 0 && height > 0) return orientation >= 5 ? { width: height, height: width } : { width, height };
    } catch {
      // More of the file is needed, or it is damaged.
    }
    if (length >= fileSize) return undefined;
  }
  return undefined;
}
