import type { DecodedImage } from './DecodedImage';
import { DecodingError } from './DecodingError';
import { paletteOf } from './palette';

/** The parts of a BMP's headers that matter for its pixels. */
export interface BmpHeader {
  width: number;
  height: number;
  topDown: boolean;
  bitsPerPixel: number;
  compression: number;
  /** where the pixels begin, in bytes from the file's start */
  pixelOffset: number;
  /** bit masks of red, green, blue and alpha (0: no alpha) for 16 and 32 bits per pixel */
  masks: [number, number, number, number];
  /** where the colour table begins, how many entries it has and how long each is, in bytes */
  palette: { offset: number; count: number; entrySize: 3 | 4 };
}

const compressions = { rgb: 0, rle8: 1, rle4: 2, bitFields: 3 };
const infoHeaderSizes = [40, 52, 56, 64, 108, 124];

/**
 * Reads the headers of a BMP file (BITMAPCOREHEADER to BITMAPV5HEADER, [MS-WMF] 2.2.2 and the Windows GDI manual).
 * It does not look at the pixels, so that the size can be checked before anything is allocated.
 * @throws DecodingError
 */
export function readBmpHeader(file: Buffer): BmpHeader {
  if (file.length < 26) throw new DecodingError('cut', 'The headers are cut short.');
  const headerSize = file.readUInt32LE(14);
  const isCore = headerSize === 12;
  if (!isCore && !infoHeaderSizes.includes(headerSize)) {
    throw new DecodingError('unsupported', `header of ${headerSize} bytes`);
  }
  const headerEnd = 14 + headerSize;
  if (file.length < headerEnd) throw new DecodingError('cut', 'The headers are cut short.');

  const width = isCore ? file.readUInt16LE(18) : file.readInt32LE(18);
  const signedHeight = isCore ? file.readUInt16LE(20) : file.readInt32LE(22);
  const bitsPerPixel = file.readUInt16LE(isCore ? 24 : 28);
  const compression = isCore ? compressions.rgb : file.readUInt32LE(30);
  const colorsUsed = isCore ? 0 : file.readUInt32LE(46);
  if (width <= 0 || signedHeight === 0) throw new DecodingError('damaged', 'The size is not positive.');
  checkCompression(compression, bitsPerPixel);

  // With a 40-byte header the masks follow it; the longer headers contain them, at the same place.
  const hasMasks = compression === compressions.bitFields;
  const trailingMasks = hasMasks && headerSize === 40 ? 12 : 0;
  const paletteOffset = headerEnd + trailingMasks;
  if (file.length < paletteOffset) throw new DecodingError('cut', 'The headers are cut short.');
  const masks = readMasks(file, hasMasks, bitsPerPixel, headerSize >= 56);

  const possibleColors = bitsPerPixel <= 8 ? 2 ** bitsPerPixel : 0;
  const count = colorsUsed === 0 ? possibleColors : Math.min(colorsUsed, possibleColors);
  const entrySize = isCore ? 3 : 4;
  if (bitsPerPixel <= 8 && Math.min(colorsUsed, Math.floor((file.length - paletteOffset) / entrySize)) > 256) {
    throw new DecodingError('damaged', `${colorsUsed} colours.`);
  }
  // As in Pillow: some programs leave the place out, or give that of the colour table.
  const statedOffset = file.readUInt32LE(10);
  const isMissing = statedOffset === 0 || (statedOffset === headerEnd && bitsPerPixel <= 8);
  const pixelOffset = isMissing
    ? paletteOffset + (bitsPerPixel <= 8 ? colorsUsed || count : 0) * entrySize
    : statedOffset;
  return {
    width,
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bitsPerPixel,
    compression,
    pixelOffset,
    masks,
    palette: { offset: paletteOffset, count, entrySize },
  };
}

/**
 * Decodes the pixels of a BMP file to RGB, or to RGBA where the header declares an alpha mask. As in Pillow, the fourth
 * byte of plain 32-bit pixels is no alpha. Fields of less than 8 bits are scaled as `floor(value * 255 / largest)`
 * (Pillow's Unpack.c, BGR;15 and BGR;16).
 * @throws DecodingError for a file that holds fewer pixels than it says
 */
export function decodeBmp(file: Buffer, header: BmpHeader): DecodedImage {
  const { bitsPerPixel, compression } = header;
  if (header.pixelOffset > file.length) throw new DecodingError('cut', 'The pixels are missing.');
  if (bitsPerPixel > 8) return decodeDirect(file, header);
  const isRunLength = compression === compressions.rle8 || compression === compressions.rle4;
  return paint(header, readPalette(file, header), isRunLength ? readRuns(file, header) : readIndices(file, header));
}

function checkCompression(compression: number, bitsPerPixel: number): void {
  const allowed: Record<number, number[]> = {
    [compressions.rgb]: [1, 4, 8, 16, 24, 32],
    [compressions.rle8]: [4, 8],
    [compressions.rle4]: [4, 8],
    [compressions.bitFields]: [16, 24, 32],
  };
  if (allowed[compression]?.includes(bitsPerPixel) !== true) {
    throw new DecodingError('unsupported', `${bitsPerPixel} bits for a pixel with compression ${compression}`);
  }
}

/** The bit fields that Pillow reads, by the bits of a pixel. */
const knownMasks: Readonly<Record<number, readonly BmpHeader['masks'][]>> = {
  16: [
    [0xf800, 0x7e0, 0x1f, 0],
    [0x7c00, 0x3e0, 0x1f, 0],
  ],
  24: [[0xff0000, 0xff00, 0xff, 0]],
  32: [
    [0xff0000, 0xff00, 0xff, 0],
    [0xff000000, 0xff0000, 0xff00, 0],
    [0xff000000, 0xff00, 0xff, 0],
    [0xff000000, 0xff0000, 0xff00, 0xff],
    [0xff, 0xff00, 0xff0000, 0xff000000],
    [0xff0000, 0xff00, 0xff, 0xff000000],
    [0xff000000, 0xff00, 0xff, 0xff0000],
  ],
};

function readMasks(file: Buffer, hasMasks: boolean, bitsPerPixel: number, hasAlpha: boolean): BmpHeader['masks'] {
  if (hasMasks) {
    // Only of 32 bits Pillow looks at the alpha.
    const alpha = hasAlpha && bitsPerPixel === 32 ? file.readUInt32LE(66) : 0;
    const masks: BmpHeader['masks'] = [file.readUInt32LE(54), file.readUInt32LE(58), file.readUInt32LE(62), alpha];
    // As in Pillow, 32 bits of which nothing is said have alpha.
    if (bitsPerPixel === 32 && masks.every((mask) => mask === 0)) return [0xff0000, 0xff00, 0xff, 0xff000000];
    const isKnown = knownMasks[bitsPerPixel]?.some((known) => known.every((mask, i) => mask === masks[i])) === true;
    if (isKnown) return masks;
    const fields = masks.map((mask) => mask.toString(16)).join('/');
    throw new DecodingError('unsupported', `${bitsPerPixel} bits for a pixel with the fields ${fields}`);
  }
  return bitsPerPixel === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0xff00, 0xff, 0];
}

/** Red, green and blue of each index. */
function readPalette(file: Buffer, { palette }: BmpHeader): Uint8Array {
  const { offset, count, entrySize } = palette;
  if (offset + count * entrySize > file.length) throw new DecodingError('cut', 'The colour table is cut short.');
  const colors = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const at = offset + i * entrySize;
    colors[i * 3] = file.readUInt8(at + 2);
    colors[i * 3 + 1] = file.readUInt8(at + 1);
    colors[i * 3 + 2] = file.readUInt8(at);
  }
  return paletteOf(colors);
}

/** Bytes of one stored row: rows are padded to multiples of 4 bytes. */
function rowStride({ width, bitsPerPixel }: BmpHeader): number {
  return Math.ceil((width * bitsPerPixel) / 32) * 4;
}

function checkLength(file: Buffer, header: BmpHeader): void {
  // The padding of the last row may be missing.
  const lastRow = Math.ceil((header.width * header.bitsPerPixel) / 8);
  if (header.pixelOffset + (header.height - 1) * rowStride(header) + lastRow > file.length) {
    throw new DecodingError('cut', 'The pixels are cut short.');
  }
}

/** The palette index of each pixel, in the order of the file's rows. */
function readIndices(file: Buffer, header: BmpHeader): Uint8Array {
  checkLength(file, header);
  const { width, height, bitsPerPixel, pixelOffset } = header;
  const stride = rowStride(header);
  const perByte = 8 / bitsPerPixel;
  const mask = 2 ** bitsPerPixel - 1;
  const indices = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const byte = file[pixelOffset + y * stride + Math.floor(x / perByte)] ?? 0;
      indices[y * width + x] = (byte >> (8 - bitsPerPixel * ((x % perByte) + 1))) & mask;
    }
  }
  return indices;
}

/**
 * The palette index of each pixel of an RLE8 or RLE4 picture, as Pillow reads it: a run ends with its row, literal
 * pixels go on in the next one, and what the file skips has index 0. It takes time for the bytes of the file and the
 * pixels that there are, not for what a run claims.
 */
function readRuns(file: Buffer, { width, height, compression, pixelOffset }: BmpHeader): Uint8Array {
  const isBytes = compression === compressions.rle8;
  const indices = new Uint8Array(width * height);
  let at = pixelOffset;
  let to = 0;
  let x = 0;
  const next = (): number => {
    const byte = file[at++];
    if (byte === undefined) throw new DecodingError('cut', 'The pixels are cut short.');
    return byte;
  };
  /** The index at a place of a run, or of literal pixels, whose byte is known. */
  const indexIn = (byte: number, place: number): number => {
    if (isBytes) return byte;
    return place % 2 === 0 ? byte >> 4 : byte & 15;
  };

  while (to < indices.length) {
    const count = next();
    const value = next();
    if (count > 0) {
      const shown = Math.min(count, Math.max(0, width - x));
      for (let i = 0; i < shown; i++) indices[to++] = indexIn(value, i);
      x += shown;
    } else if (value === 0) {
      to = Math.ceil(to / width) * width;
      x = 0;
    } else if (value === 1) {
      // Pillow does not fill up what such a picture leaves out.
      throw new DecodingError('cut', 'The runs end before the last pixel.');
    } else if (value === 2) {
      to += next();
      to += next() * width;
      x = to % width;
    } else {
      const shown = Math.min(value, indices.length - to);
      let byte = 0;
      for (let i = 0; i < shown; i++) {
        if (isBytes || i % 2 === 0) byte = next();
        indices[to++] = indexIn(byte, i);
      }
      x += value;
      at += at % 2;
    }
  }
  return indices;
}

function paint({ width, height, topDown }: BmpHeader, palette: Uint8Array, indices: Uint8Array): DecodedImage {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    let from = (topDown ? y : height - 1 - y) * width;
    for (let to = y * width * 3; to < (y + 1) * width * 3; to += 3) {
      const color = (indices[from++] ?? 0) * 3;
      pixels[to] = palette[color] ?? 0;
      pixels[to + 1] = palette[color + 1] ?? 0;
      pixels[to + 2] = palette[color + 2] ?? 0;
    }
  }
  return { pixels, width, height, channels: 3 };
}

function decodeDirect(file: Buffer, header: BmpHeader): DecodedImage {
  checkLength(file, header);
  const { width, height, topDown, bitsPerPixel, pixelOffset } = header;
  const channels = header.masks[3] === 0 ? 3 : 4;
  const fields = header.masks.slice(0, channels).map(field);
  const stride = rowStride(header);
  const bytesPerPixel = bitsPerPixel / 8;
  const pixels = new Uint8Array(width * height * channels);
  for (const [channel, { shift, largest }] of fields.entries()) {
    let to = channel;
    for (let y = 0; y < height; y++) {
      let from = pixelOffset + (topDown ? y : height - 1 - y) * stride;
      if (largest === 255 && shift % 8 === 0) {
        // A byte of its own, as nearly always.
        from += shift / 8;
        for (let x = 0; x < width; x++, from += bytesPerPixel, to += channels) pixels[to] = file[from] ?? 0;
      } else {
        for (let x = 0; x < width; x++, from += bytesPerPixel, to += channels) {
          const value = (file.readUIntLE(from, bytesPerPixel) >>> shift) & largest;
          pixels[to] = Math.floor((value * 255) / largest);
        }
      }
    }
  }
  return { pixels, width, height, channels };
}

function field(mask: number): { shift: number; largest: number } {
  const shift = 31 - Math.clz32(mask & -mask);
  return { shift, largest: mask >>> shift };
}
