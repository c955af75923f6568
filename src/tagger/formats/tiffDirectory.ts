import { DecodingError } from './DecodingError';

/** The tags that are looked at (TIFF 6.0, section 8 and appendix A). */
export const tiffTag = {
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  faxOptions3: 292,
  faxOptions4: 293,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  ycbcrCoefficients: 529,
  ycbcrSubsampling: 530,
  ycbcrPositioning: 531,
  referenceBlackWhite: 532,
  xmp: 700,
  iccProfile: 34_675,
} as const;

interface TiffEntry {
  type: number;
  count: number;
  /** where its values stand, in bytes from the file's start */
  at: number;
  /** where the entry itself stands */
  entryAt: number;
}

/** The first directory of a TIFF: what there is to know of its first page. */
export interface TiffDirectory {
  little: boolean;
  /** whether it is a BigTIFF, with numbers of 64 bits */
  big: boolean;
  /** where the number of entries stands, in bytes from the file's start */
  start: number;
  entries: ReadonlyMap<number, TiffEntry>;
}

/** Bytes of a value, by its type. */
const typeSizes: Readonly<Record<number, number>> = {
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

/** How to read a value, by its type; rational numbers are divided. */
const readers: Readonly<Record<number, (file: DataView, at: number, little: boolean) => number>> = {
  1: (file, at) => file.getUint8(at),
  3: (file, at, little) => file.getUint16(at, little),
  4: (file, at, little) => file.getUint32(at, little),
  5: (file, at, little) => file.getUint32(at, little) / file.getUint32(at + 4, little),
  6: (file, at) => file.getInt8(at),
  7: (file, at) => file.getUint8(at),
  8: (file, at, little) => file.getInt16(at, little),
  9: (file, at, little) => file.getInt32(at, little),
  10: (file, at, little) => file.getInt32(at, little) / file.getInt32(at + 4, little),
  11: (file, at, little) => file.getFloat32(at, little),
  12: (file, at, little) => file.getFloat64(at, little),
  13: (file, at, little) => file.getUint32(at, little),
  16: (file, at, little) => Number(file.getBigUint64(at, little)),
};

/**
 * Reads the first directory of a TIFF (TIFF 6.0 and BigTIFF). As in Pillow, a tag whose values lie beyond the end of
 * the file is missing, and so are those behind it; later directories are not looked at, so they may be damaged.
 * @throws DecodingError for a directory that is not in the file
 */
export function readTiffDirectory(file: Buffer): TiffDirectory {
  const view = viewOf(file);
  const little = file.toString('latin1', 0, 2) === 'II';
  const [headSize, version] = [file.length < 8 ? 0 : 8, file.length < 8 ? 0 : view.getUint16(2, little)];
  const big = version === 43;
  if (headSize === 0 || (big && file.length < 16)) throw new DecodingError('cut', 'The header is cut short.');
  const start = big ? Number(view.getBigUint64(8, little)) : view.getUint32(4, little);
  const entriesAt = start + (big ? 8 : 2);
  const entrySize = big ? 20 : 12;
  if (entriesAt > file.length) throw new DecodingError('cut', 'The directory lies beyond the end of the file.');
  const count = big ? Number(view.getBigUint64(start, little)) : view.getUint16(start, little);
  const entries = new Map<number, TiffEntry>();
  let outOfLine = 0;
  for (let i = 0; i < count; i++) {
    const entryAt = entriesAt + i * entrySize;
    if (entryAt + entrySize > file.length) break;
    const tag = view.getUint16(entryAt, little);
    const type = view.getUint16(entryAt + 2, little);
    const values = big ? Number(view.getBigUint64(entryAt + 4, little)) : view.getUint32(entryAt + 4, little);
    const valueAt = entryAt + (big ? 12 : 8);
    const size = values * (typeSizes[type] ?? 0);
    if (entries.has(tag) || size === 0) continue;
    let at = valueAt;
    if (size > entryAt + entrySize - valueAt) {
      outOfLine += size;
      if (outOfLine > file.length) continue;
      at = big ? Number(view.getBigUint64(valueAt, little)) : view.getUint32(valueAt, little);
      if (at + size > file.length) break;
    }
    entries.set(tag, { type, count: values, at, entryAt });
  }
  return { little, big, start, entries };
}

/** The numbers of a tag; undefined where it is missing or holds a text. */
export function tiffNumbers(file: Buffer, { entries, little }: TiffDirectory, tag: number): number[] | undefined {
  const entry = entries.get(tag);
  const read = entry && readers[entry.type];
  if (read === undefined) return undefined;
  const view = viewOf(file);
  const step = typeSizes[entry?.type ?? 0] ?? 1;
  return Array.from({ length: entry?.count ?? 0 }, (_, i) => read(view, (entry?.at ?? 0) + i * step, little));
}

/** The bytes of a tag. */
export function tiffBytes(file: Buffer, { entries }: TiffDirectory, tag: number): Buffer | undefined {
  const entry = entries.get(tag);
  return entry && file.subarray(entry.at, entry.at + entry.count * (typeSizes[entry.type] ?? 0));
}

/**
 * Writes the directory anew in its old place, with a part of its tags and no directory behind it: what is left out can
 * then stop no other decoder.
 * @param file is changed
 * @param kept in any order
 */
export function keepTags(file: Buffer, directory: TiffDirectory, kept: readonly number[]): void {
  const { little, big, start, entries } = directory;
  const view = viewOf(file);
  const entrySize = big ? 20 : 12;
  const copies = [...entries]
    .filter(([tag]) => kept.includes(tag))
    .sort(([a], [b]) => a - b)
    .map(([, { entryAt }]) => Buffer.from(file.subarray(entryAt, entryAt + entrySize)));
  if (big) view.setBigUint64(start, BigInt(copies.length), little);
  else view.setUint16(start, copies.length, little);
  let at = start + (big ? 8 : 2);
  for (const copy of copies) {
    copy.copy(file, at);
    at += entrySize;
  }
  file.fill(0, at, at + (big ? 8 : 4));
}

function viewOf(file: Buffer): DataView {
  return new DataView(file.buffer, file.byteOffset, file.byteLength);
}
