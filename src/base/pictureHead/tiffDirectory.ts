import type { ByteSource } from './ByteSource';

/** The bytes of one value of each type (TIFF 6.0, section 2; 13: Adobe's TIFF Technical Note 1; 16: BigTIFF). */
const valueSizes: Partial<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
};

/** What follows the version of a BigTIFF in the order MM: the 8 bytes of an offset, and 2 bytes of nothing. */
const sizeOfOffsets = 0x0008_0000;

/** Types of fractions and floating numbers. */
const fractionTypes: readonly number[] = [5, 10, 11, 12];

/** An entry of a directory: the type of its values, and where it and they lie. */
interface Entry {
  type: number;
  /** of all values, in bytes */
  length: number;
  at: number;
  entryAt: number;
}

/** The first directory of a TIFF file, or of EXIF, which is one. */
export interface TiffDirectory {
  /** whether numbers begin with their lowest byte */
  little: boolean;
  /** whether it is a BigTIFF, whose entries are longer */
  isBig: boolean;
  /** where the number of entries stands, in bytes from the start */
  start: number;
  /** The first number of an entry; undefined if there is no such entry, NaN if it holds no number. */
  number(tag: number): number | undefined;
  /** The first number of an entry; NaN if its type is not one of whole numbers: Pillow takes no others for sizes. */
  whole(tag: number): number | undefined;
  /** All numbers of an entry; undefined if there is no such entry. */
  numbers(tag: number): number[] | undefined;
  /** The bytes of an entry, at most `most` of them. */
  bytes(tag: number, most: number): Buffer | undefined;
  /** The position of an entry, in bytes from the start; undefined if there is none. */
  entryAt(tag: number): number | undefined;
}

/**
 * Reads some entries of the first directory, wherever it lies. As in Pillow (`ImageFileDirectory_v2.load`), of several
 * entries with one tag the first counts, entries of an unknown type are passed over, and one whose values lie outside
 * ends the directory.
 * @param tags the entries that are asked for
 * @returns undefined for anything that does not begin as TIFF does
 */
export function readTiffDirectory(source: ByteSource, tags: readonly number[]): TiffDirectory | undefined {
  const header = source.bytes(0, 8);
  const order = header?.toString('latin1', 0, 2);
  if (header === undefined || (order !== 'II' && order !== 'MM')) return undefined;
  const little = order === 'II';
  const version = view(header).getUint16(2, little);
  // Pillow reads all files with 43 in the order MM as plain TIFF, unless they begin like a BigTIFF.
  const isBig = version === 43 && (little || view(header).getUint32(4) === sizeOfOffsets);
  // 0x2a00: 42 in the wrong order, which Pillow lets pass.
  if (version !== 42 && version !== 0x2a00 && version !== 43) return undefined;
  const start = isBig ? wideNumber(source.bytes(8, 8), little) : view(header).getUint32(4, little);
  const entries = entriesOf(source, { start, little, isBig }, tags);
  return {
    little,
    isBig,
    start,
    number: (tag) => {
      const entry = entries.get(tag);
      return entry === undefined ? undefined : numberAt(source, entry, 0, little);
    },
    whole: (tag) => {
      const entry = entries.get(tag);
      if (entry === undefined) return undefined;
      return fractionTypes.includes(entry.type) ? NaN : numberAt(source, entry, 0, little);
    },
    numbers: (tag) => {
      const entry = entries.get(tag);
      if (entry === undefined) return undefined;
      const count = entry.length / (valueSizes[entry.type] ?? 1);
      return Array.from({ length: count }, (_, index) => numberAt(source, entry, index, little));
    },
    bytes: (tag, most) => {
      const entry = entries.get(tag);
      return entry === undefined ? undefined : source.bytes(entry.at, Math.min(entry.length, most));
    },
    entryAt: (tag) => entries.get(tag)?.entryAt,
  };
}

function entriesOf(
  source: ByteSource,
  { start, little, isBig }: { start: number; little: boolean; isBig: boolean },
  tags: readonly number[],
): Map<number, Entry> {
  const found = new Map<number, Entry>();
  const layout = isBig ? { count: 8, entry: 20, value: 8 } : { count: 2, entry: 12, value: 4 };
  const counted = source.bytes(start, layout.count);
  if (counted === undefined) return found;
  const count = isBig ? wideNumber(counted, little) : view(counted).getUint16(0, little);
  let outside = 0;
  for (let index = 0; index < count && found.size < tags.length; index++) {
    const at = start + layout.count + index * layout.entry;
    const bytes = source.bytes(at, layout.entry);
    if (bytes === undefined) break;
    const fields = view(bytes);
    const [tag, type] = [fields.getUint16(0, little), fields.getUint16(2, little)];
    const values = isBig ? wideNumber(bytes.subarray(4, 12), little) : fields.getUint32(4, little);
    const length = values * (valueSizes[type] ?? 0);
    if (length === 0) continue;
    let valuesAt = at + layout.entry - layout.value;
    if (length > layout.value) {
      outside += length;
      if (outside > source.size) continue;
      valuesAt = isBig ? wideNumber(bytes.subarray(12), little) : fields.getUint32(8, little);
      if (valuesAt + length > source.size) break;
    }
    if (tags.includes(tag) && !found.has(tag)) found.set(tag, { type, length, at: valuesAt, entryAt: at });
  }
  return found;
}

function numberAt(source: ByteSource, { type, at }: Entry, index: number, little: boolean): number {
  const size = valueSizes[type] ?? 0;
  const bytes = source.bytes(at + index * size, size);
  if (bytes === undefined) return NaN;
  const value = view(bytes);
  switch (type) {
    case 3:
      return value.getUint16(0, little);
    case 4:
    case 13:
      return value.getUint32(0, little);
    case 5:
      return value.getUint32(0, little) / value.getUint32(4, little);
    case 6:
      return value.getInt8(0);
    case 8:
      return value.getInt16(0, little);
    case 9:
      return value.getInt32(0, little);
    case 10:
      return value.getInt32(0, little) / value.getInt32(4, little);
    case 11:
      return value.getFloat32(0, little);
    case 12:
      return value.getFloat64(0, little);
    case 16:
      return wideNumber(bytes, little);
    default:
      return NaN;
  }
}

/** A number of 8 bytes. Positions above 2^53 are rounded: no file is as long. */
function wideNumber(bytes: Buffer | undefined, little: boolean): number {
  return bytes === undefined ? NaN : Number(view(bytes).getBigUint64(0, little));
}

function view(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
