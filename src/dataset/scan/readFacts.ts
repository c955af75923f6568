import { closeSync, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { HeadReader } from '../../base/pictureHead/HeadReader';
import { readPictureHead, type PictureHead } from '../../base/pictureHead/pictureHead';
import { readOnly } from './readOnly';
import { unpackPaths, type FactsRead, type ReadFacts } from './scanMessages';

/** For the first bytes of each file, which are not needed any more when the next one is read. */
const firstBytes = Buffer.allocUnsafeSlow(4096);

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
      const { info, head } = pixels ? readImageHead(file) : { info: statSync(file), head: undefined };
      facts.stats[index * 2] = info.mtimeMs;
      facts.stats[index * 2 + 1] = info.size;
      if (head === undefined) continue;
      facts.pixels[index * 2] = head.width;
      facts.pixels[index * 2 + 1] = head.height;
    } catch {
      // The facts of an unreadable file stay unknown; the card of the image in the grid shows the reason.
    }
  }
  return facts;
}

/**
 * Reads the head of an image file, synchronously: its format and its size as shown; undefined if that cannot be read.
 * @throws the error of the system
 */
export function readImageHead(file: string): { info: Stats; head: PictureHead | undefined } {
  const handle = openSync(file, readOnly);
  try {
    const info = fstatSync(handle);
    const reader = new HeadReader(info.size, (position, length) => readAt(handle, position, length));
    return { info, head: info.isFile() ? readPictureHead(reader) : undefined };
  } finally {
    closeSync(handle);
  }
}

function readAt(handle: number, position: number, length: number): Buffer {
  const isFirst = position === 0 && length <= firstBytes.length;
  const bytes = isFirst ? firstBytes.subarray(0, length) : Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = readSync(handle, bytes, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
