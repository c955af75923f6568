import type { HeadReader } from './HeadReader';
import type { StoredPicture } from './StoredPicture';

const [extension, image, trailer] = [0x21, 0x2c, 0x3b];

/** The size of a GIF: that of its screen (GIF89a, 18), or more where the first image sticks out of it. */
export function gifHead(file: HeadReader): StoredPicture | undefined {
  const screen = file.bytes(6, 7);
  if (screen === undefined) return undefined;
  const [width, height, flags] = [screen.readUInt16LE(0), screen.readUInt16LE(2), screen.readUInt8(4)];
  const first = firstImage(file, 13 + colorTableSize(flags));
  return { width: Math.max(width, first.right), height: Math.max(height, first.bottom), orientation: 1 };
}

function colorTableSize(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1);
}

/** Where the first image ends, in pixels of the screen; 0 if there is none. */
function firstImage(file: HeadReader, start: number): { right: number; bottom: number } {
  let at = start;
  for (;;) {
    const block = file.byte(at);
    if (block === undefined || block === trailer) break;
    if (block === extension) at = afterSubBlocks(file, at + 2);
    else if (block === image) {
      const place = file.bytes(at + 1, 8);
      if (place === undefined) break;
      const [left, top, width, height] = [0, 2, 4, 6].map((offset) => place.readUInt16LE(offset)) as Place;
      return { right: left + width, bottom: top + height };
    } else at++;
  }
  return { right: 0, bottom: 0 };
}

type Place = [left: number, top: number, width: number, height: number];

function afterSubBlocks(file: HeadReader, start: number): number {
  let at = start;
  for (;;) {
    const length = file.byte(at);
    if (length === undefined || length === 0) return at + 1;
    at += 1 + length;
  }
}
