import { type CaptionKey, keyLength } from './captionKey';

/** The images of a snapshot, each with the key of its caption. */
export interface ImageList {
  /** relative to the snapshot's folder, with `/`, in the order of the scan */
  images: readonly string[];
  keys: readonly CaptionKey[];
}

/**
 * The average length of a list. A list ends after an image whose path hashes to 0 modulo this (content-defined
 * chunking), so that a new image changes one list only.
 */
const usualLength = 512;
const longestList = 4096;

/**
 * Divides the images of a snapshot into lists, at places that depend on their paths, so that snapshots with few
 * differences have most lists in common.
 */
export function* dividedLists({ images, keys }: ImageList): Generator<ImageList> {
  let start = 0;
  for (const [index, image] of images.entries()) {
    const isLast = index === images.length - 1;
    if (!isLast && hashOf(image) % usualLength !== 0 && index - start < longestList - 1) continue;
    yield { images: images.slice(start, index + 1), keys: keys.slice(start, index + 1) };
    start = index + 1;
  }
}

/** FNV-1a, 32 bits, of the UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** A list as bytes: the number of its images, their paths separated by U+0000, their keys. */
export function listBytes({ images, keys }: ImageList): Uint8Array {
  const count = Buffer.alloc(4);
  count.writeUInt32LE(images.length);
  return Buffer.concat([count, Buffer.from(images.join('\0')), Buffer.from(keys.join(''), 'latin1')]);
}

/** The list that {@link listBytes} wrote; undefined for anything else. */
export function listOfBytes(bytes: Buffer): ImageList | undefined {
  if (bytes.length < 4) return undefined;
  const count = bytes.readUInt32LE(0);
  const end = bytes.length - count * keyLength;
  if (end < 4) return undefined;
  const paths = bytes.toString('utf8', 4, end);
  const images = count === 0 ? [] : paths.split('\0');
  if (images.length !== count) return undefined;
  const all = bytes.toString('latin1', end);
  return { images, keys: images.map((_, index) => all.slice(index * keyLength, (index + 1) * keyLength)) };
}
