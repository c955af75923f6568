import type { DecodedImage } from './DecodedImage';
import { DecodingError } from './DecodingError';
import { isGreyPalette, paletteOf } from './palette';

/** Where the first frame of a GIF is, and how its pixels are coloured. */
export interface GifFrame {
  /** the screen, or the frame where that sticks out of it, in pixels */
  width: number;
  height: number;
  /** where the frame lies on the screen, in pixels */
  left: number;
  top: number;
  frameWidth: number;
  frameHeight: number;
  interlaced: boolean;
  /** red, green and blue of each of the 256 indices */
  palette: Uint8Array;
  /** the index that is transparent */
  transparent: number | undefined;
  /** how many bits a pixel has in the compressed data */
  bits: number;
  /** where the compressed data begins, in bytes from the file's start */
  dataOffset: number;
}

/**
 * Reads what stands before the pixels of a GIF's first frame (GIF89a specification), the way Pillow does: bytes that
 * begin no block are skipped, and a frame larger than the screen makes the screen larger.
 * @throws DecodingError
 */
export function readGifFrame(file: Buffer): GifFrame {
  const reader = new BlockReader(file, 13);
  const hasGlobalPalette = (reader.byteAt(10) & 0x80) !== 0;
  let palette = hasGlobalPalette ? reader.palette(reader.byteAt(10)) : undefined;
  let transparent: number | undefined;
  for (;;) {
    switch (reader.next()) {
      case blockKind.trailer:
        throw new DecodingError('damaged', 'There is no frame.');
      case blockKind.extension:
        transparent = reader.extension() ?? transparent;
        break;
      case blockKind.frame: {
        const at = reader.skip(9);
        const [left, top] = [file.readUInt16LE(at), file.readUInt16LE(at + 2)];
        const [frameWidth, frameHeight] = [file.readUInt16LE(at + 4), file.readUInt16LE(at + 6)];
        const flags = file.readUInt8(at + 8);
        if ((flags & 0x80) !== 0) {
          const own = reader.palette(flags);
          // Pillow takes one whose colours are the greys of their indices for none.
          if (palette === undefined || !isGreyPalette(own)) palette = own;
        }
        const bits = reader.next();
        if (frameWidth === 0 || frameHeight === 0) throw new DecodingError('damaged', 'The frame has no pixels.');
        return {
          width: Math.max(file.readUInt16LE(6), left + frameWidth),
          height: Math.max(file.readUInt16LE(8), top + frameHeight),
          left,
          top,
          frameWidth,
          frameHeight,
          interlaced: (flags & 0x40) !== 0,
          palette: palette ?? paletteOf([]),
          transparent,
          bits,
          dataOffset: reader.position,
        };
      }
    }
  }
}

/**
 * Decodes the first frame of a GIF, bit for bit as Pillow does: what the frame does not cover has the transparent
 * index, else index 0.
 * @returns RGBA where the frame names a transparent index, else RGB
 * @throws DecodingError for a frame that ends early or contradicts itself
 */
export function decodeGif(file: Buffer, frame: GifFrame): DecodedImage {
  const { width, height, palette, transparent } = frame;
  const indices = new Uint8Array(width * height).fill(transparent ?? 0);
  placeRows(unpackFrame(file, frame), frame, indices);
  const channels = transparent === undefined ? 3 : 4;
  const pixels = new Uint8Array(width * height * channels);
  for (let i = 0, to = 0; i < indices.length; i++, to += channels) {
    const index = indices[i] ?? 0;
    pixels[to] = palette[index * 3] ?? 0;
    pixels[to + 1] = palette[index * 3 + 1] ?? 0;
    pixels[to + 2] = palette[index * 3 + 2] ?? 0;
    if (channels === 4) pixels[to + 3] = index === transparent ? 0 : 255;
  }
  return { pixels, width, height, channels };
}

const blockKind = { extension: 0x21, frame: 0x2c, trailer: 0x3b } as const;
const extensionKind = { graphicControl: 0xf9, comment: 0xfe } as const;

/** Reads the blocks before the pixels, one after the other. */
class BlockReader {
  constructor(
    private readonly file: Buffer,
    public position: number,
  ) {}

  byteAt(offset: number): number {
    const byte = this.file[offset];
    if (byte === undefined) throw new DecodingError('cut', 'The file ends before the pixels.');
    return byte;
  }

  next(): number {
    return this.byteAt(this.position++);
  }

  /** @returns where the skipped bytes begin */
  skip(count: number): number {
    const start = this.position;
    this.position += count;
    if (this.position > this.file.length) throw new DecodingError('cut', 'The file ends before the pixels.');
    return start;
  }

  /** @param flags the byte whose lowest three bits say how many colours there are */
  palette(flags: number): Uint8Array {
    const length = 3 << ((flags & 7) + 1);
    const start = this.skip(length);
    return paletteOf(this.file.subarray(start, start + length));
  }

  /** Passes over an extension. @returns the transparent index, where it names one */
  extension(): number | undefined {
    const kind = this.next();
    const length = this.next();
    const start = this.skip(length);
    let transparent: number | undefined;
    if (kind === extensionKind.graphicControl && length > 0) {
      const isTransparent = (this.byteAt(start) & 1) !== 0;
      if (length < (isTransparent ? 4 : 3)) throw new DecodingError('damaged', 'An extension is too short.');
      if (isTransparent) transparent = this.byteAt(start + 3);
    }
    // An empty first part ends only comments, as in Pillow.
    if (kind === extensionKind.comment && length === 0) return transparent;
    for (let part = this.next(); part !== 0; part = this.next()) this.skip(part);
    return transparent;
  }
}

const tableSize = 4096;
const longestCode = 12;

/**
 * Decompresses the pixels of the frame (GIF89a, appendix F), in the order of the file. Like Pillow, it ends with the
 * last pixel and takes an end code before that for nothing; a part of the data has to be there as a whole.
 */
function unpackFrame(file: Buffer, { bits, frameWidth, frameHeight, dataOffset }: GifFrame): Uint8Array {
  if (bits > longestCode) throw new DecodingError('damaged', `${bits} bits for a pixel.`);
  const total = frameWidth * frameHeight;
  const indices = new Uint8Array(total);
  const clear = 1 << bits;
  const end = clear + 1;
  // A code stands for the pixels of another one and one more; those below `clear` for themselves.
  const suffix = new Uint8Array(tableSize);
  const prefix = new Uint16Array(tableSize);
  const lengths = new Uint16Array(tableSize).fill(1);
  let next = clear + 2;
  let size = bits + 1;
  let last = -1;
  let lastLength = 0;
  let first = 0;
  let position = dataOffset;
  let partEnd = position;
  let held = 0;
  let heldBits = 0;
  let to = 0;
  while (to < total) {
    while (heldBits < size) {
      if (position === partEnd) {
        const length = file[position];
        if (length === undefined || position + 1 + length > file.length) {
          throw new DecodingError('cut', 'The pixels are cut short.');
        }
        position++;
        partEnd = position + length;
      } else {
        held |= (file[position++] ?? 0) << heldBits;
        heldBits += 8;
      }
    }
    const code = held & ((1 << size) - 1);
    held >>>= size;
    heldBits -= size;
    if (code === clear) {
      if (last !== -1) {
        next = clear + 2;
        size = bits + 1;
        last = -1;
      }
      continue;
    }
    if (code === end) continue;
    if (code > (last === -1 ? clear : next)) throw new DecodingError('damaged', 'A code stands for nothing.');

    const length = code === next ? lastLength + 1 : code < clear ? 1 : (lengths[code] ?? 1);
    let at = to + length - 1;
    let rest = code;
    if (code === next) {
      if (at < total) indices[at] = first;
      at--;
      rest = last;
    }
    // From the last pixel to the first.
    while (rest >= clear) {
      if (at < total) indices[at] = suffix[rest] ?? 0;
      at--;
      rest = prefix[rest] ?? 0;
    }
    first = rest & 255;
    indices[at] = first;
    to += length;
    if (last !== -1 && next < tableSize) {
      suffix[next] = first;
      prefix[next] = last;
      lengths[next] = lastLength + 1;
      if (next === (1 << size) - 1 && size < longestCode) size++;
      next++;
    }
    last = code;
    lastLength = length;
  }
  return indices;
}

/** Rows are stored from the top; interlaced ones each eighth, those between, and so on (GIF89a, appendix E). */
function placeRows(indices: Uint8Array, frame: GifFrame, screen: Uint8Array): void {
  const { width, left, top, frameWidth, frameHeight, interlaced } = frame;
  const passes = interlaced ? interlacedPasses : [[0, 1] as const];
  let from = 0;
  for (const [start, step] of passes) {
    for (let y = start; y < frameHeight; y += step, from += frameWidth) {
      screen.set(indices.subarray(from, from + frameWidth), (top + y) * width + left);
    }
  }
}

/** First row and distance of the passes. */
const interlacedPasses = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;
