import { DecodingError } from '../formats/DecodingError';
import { tiffTag } from './tiffDirectory';
import { tiffCompression, type TiffLayout } from './tiffLayout';
import { unpackXz } from './unpackXz';
import { enough, unpackLzw, unpackPackBits, unpackZlib, unpackZstandard } from '../formats/unpackBytes';

/** A part of a page: a strip or tile, with its samples pixel by pixel. */
export interface TiffPiece {
  /** upper left corner, in pixels */
  x: number;
  y: number;
  /** how many pixels of it lie in the picture */
  width: number;
  height: number;
  /** numbers in the file's order of bytes */
  samples: Uint8Array;
  /** bytes from one row to the next */
  stride: number;
}

/** How long pieces are that are not made of samples pixel by pixel. */
export interface PackedPieces {
  /** in bytes, of a piece with so many pixels across and down */
  length: (width: number, height: number) => number;
  /** bytes from one row to the next in a strip, where a predictor begins anew */
  stride: (width: number) => number;
}

/** Where the data of strips or tiles stand. */
interface Places {
  offsets: readonly number[];
  counts: readonly number[] | undefined;
}

/**
 * Reads a page piece by piece.
 * @param visit gets each piece; its samples are valid until it returns
 * @param packed of pieces whose length is not width x height x samples
 * @throws DecodingError for data that is missing or damaged
 */
export function eachTiffPiece(
  file: Buffer,
  layout: TiffLayout,
  visit: (piece: TiffPiece) => void,
  packed?: PackedPieces,
): void {
  const { width, height, pieceWidth, pieceHeight, tiled, planar, samples, bits } = layout;
  const places = placesOf(file, layout);
  const across = Math.ceil(width / pieceWidth);
  const down = Math.ceil(height / pieceHeight);
  const planes = planar ? samples : 1;
  const inPiece = planar ? 1 : samples;
  const plainStride = Math.ceil((pieceWidth * inPiece * bits) / 8);
  // As in libtiff, a predictor takes tiles for plain ones.
  const stride = packed === undefined || tiled ? plainStride : packed.stride(pieceWidth);
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      const [x, y] = [column * pieceWidth, row * pieceHeight];
      const shown = { x, y, width: Math.min(pieceWidth, width - x), height: Math.min(pieceHeight, height - y) };
      // A strip ends with the picture, a tile goes on.
      const rows = tiled ? pieceHeight : shown.height;
      const length = packed?.length(pieceWidth, rows) ?? stride * rows;
      const rowLength = Math.ceil((shown.width * inPiece * bits) / 8);
      const needed = packed === undefined ? (shown.height - 1) * stride + rowLength : length;
      const read = Array.from({ length: planes }, (_, plane) =>
        pieceData(file, layout, places, plane * across * down + row * across + column, { length, needed, stride }),
      );
      const [first] = read;
      if (first === undefined) continue;
      if (planes === 1) visit({ ...shown, samples: first, stride });
      else visit({ ...shown, samples: interleave(read, shown.height * stride, bits / 8), stride: stride * planes });
    }
  }
}

/**
 * Looks whether all strips or tiles lie in the file.
 * @throws DecodingError
 */
export function checkPieces(file: Buffer, layout: TiffLayout): void {
  const { offsets, counts = [] } = placesOf(file, layout);
  for (const [index, offset] of offsets.entries()) {
    if (offset + (counts[index] ?? 0) > file.length) throw new DecodingError('cut', 'The pixels are cut short.');
  }
}

function placesOf(
  file: Buffer,
  { directory, tiled, planar, pieceWidth, pieceHeight, width, height, compression }: TiffLayout,
): Places {
  const offsets = directory.numbers(tiled ? tiffTag.tileOffsets : tiffTag.stripOffsets) ?? [];
  const counts = directory.numbers(tiled ? tiffTag.tileByteCounts : tiffTag.stripByteCounts);
  if (compression === tiffCompression.none) {
    // As in Pillow: of several strips with all rows the last one counts.
    const isOne = !planar && pieceWidth === width && pieceHeight === height;
    return { offsets: isOne ? offsets.slice(-1) : offsets, counts };
  }
  // Pieces may share data, but not so much that reading them takes much longer than the file and the picture justify.
  const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  if (total > 4 * (file.length + width * height * 8)) {
    throw new DecodingError('damaged', 'The sizes of the strips are wrong.');
  }
  return { offsets, counts };
}

/**
 * The samples of a strip or tile.
 * @param length of all of them, `needed` of those that lie in the picture, in bytes
 */
function pieceData(
  file: Buffer,
  layout: TiffLayout,
  { offsets, counts }: Places,
  index: number,
  { length, needed, stride }: { length: number; needed: number; stride: number },
): Uint8Array {
  const offset = offsets[index];
  if (layout.compression === tiffCompression.none) {
    // As in Pillow, strips that are not named are empty, and the sizes do not matter.
    if (offset === undefined) return new Uint8Array(length);
    if (offset + needed > file.length) throw new DecodingError('cut', 'The pixels are cut short.');
    const samples = file.subarray(offset, Math.min(offset + length, file.length));
    return layout.lowBitsFirst ? turned(samples) : samples;
  }
  let count = counts?.[index];
  if ((count === undefined || count === 0) && offsets.length === 1 && offset !== undefined)
    count = file.length - offset;
  if (offset === undefined || count === undefined || count <= 0) {
    throw new DecodingError('damaged', 'A strip has no data.');
  }
  if (offset + count > file.length) throw new DecodingError('cut', 'The pixels are cut short.');
  const stored = file.subarray(offset, offset + count);
  const samples = unpack(layout.lowBitsFirst ? turned(stored) : stored, layout.compression, length);
  return withoutPredictor(samples, layout, stride);
}

function unpack(packed: Uint8Array, compression: number, length: number): Uint8Array {
  switch (compression) {
    case tiffCompression.lzw:
      return unpackLzw(packed, length);
    case tiffCompression.packBits:
      return unpackPackBits(packed, length);
    case tiffCompression.deflate:
    case tiffCompression.oldDeflate:
      return enough(unpackZlib(packed, length).bytes, length);
    case tiffCompression.lzma:
      return unpackXz(packed, length);
    case tiffCompression.zstd:
      return unpackZstandard(packed, length);
    default:
      throw new DecodingError('unsupported', `compression ${compression}`);
  }
}

/** The bytes with their bits in the other order. */
function turned(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => {
    let reversed = 0;
    for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) reversed |= 0x80 >> bit;
    return reversed;
  });
}

/** Undoes differences between neighbours (TIFF 6.0, section 14, and Adobe's technical note 3 for floating numbers). */
function withoutPredictor(samples: Uint8Array, layout: TiffLayout, stride: number): Uint8Array {
  const { predictor, compression, bits, planar, directory } = layout;
  if (predictor === 1 || compression === tiffCompression.packBits) return samples;
  const step = planar ? 1 : layout.samples;
  // Only rows of YCbCr in blocks may not fit.
  if (samples.length % stride !== 0 || (stride * 8) % (step * bits) !== 0) {
    throw new DecodingError('unsupported', `predictor ${predictor} with rows of ${stride} bytes`);
  }
  if (predictor === 2 && [8, 16, 32].includes(bits)) {
    for (let row = 0; row + stride <= samples.length; row += stride) {
      addNeighbours(samples, row, stride, step, bits, directory.little);
    }
    return samples;
  }
  if (predictor === 3 && bits === 32 && layout.numbers === 'floating') {
    for (let row = 0; row + stride <= samples.length; row += stride) {
      addNeighbours(samples, row, stride, step, 8, directory.little);
      joinFloats(samples.subarray(row, row + stride), directory.little);
    }
    return samples;
  }
  throw new DecodingError('unsupported', `predictor ${predictor} with ${bits} bits`);
}

function addNeighbours(
  samples: Uint8Array,
  row: number,
  length: number,
  step: number,
  bits: number,
  little: boolean,
): void {
  if (bits === 8) {
    for (let i = row + step; i < row + length; i++) samples[i] = (samples[i] ?? 0) + (samples[i - step] ?? 0);
    return;
  }
  const view = new DataView(samples.buffer, samples.byteOffset, samples.byteLength);
  const size = bits / 8;
  for (let i = row + step * size; i < row + length; i += size) {
    const before = i - step * size;
    if (bits === 16) view.setUint16(i, view.getUint16(i, little) + view.getUint16(before, little), little);
    else view.setUint32(i, view.getUint32(i, little) + view.getUint32(before, little), little);
  }
}

/** Puts the bytes of numbers together again, which stand by significance: all highest bytes of a row first. */
function joinFloats(row: Uint8Array, little: boolean): void {
  const apart = Uint8Array.from(row);
  const count = row.length / 4;
  for (let i = 0; i < count; i++) {
    for (let byte = 0; byte < 4; byte++) row[i * 4 + (little ? 3 - byte : byte)] = apart[byte * count + i] ?? 0;
  }
}

/**
 * Samples that are stored each on their own, pixel by pixel.
 * @param length of each plane, in bytes
 * @param size of a sample, in bytes
 */
function interleave(planes: readonly Uint8Array[], length: number, size: number): Uint8Array {
  if (size < 1) throw new DecodingError('unsupported', 'planes of less than 8 bits');
  const samples = new Uint8Array(length * planes.length);
  for (const [index, plane] of planes.entries()) {
    let to = index * size;
    for (let from = 0; from < length; from += size, to += size * planes.length) {
      for (let byte = 0; byte < size; byte++) samples[to + byte] = plane[from + byte] ?? 0;
    }
  }
  return samples;
}
