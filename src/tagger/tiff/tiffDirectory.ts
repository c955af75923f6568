import { inMemory } from '../../base/pictureHead/ByteSource';
import { readTiffDirectory, type TiffDirectory } from '../../base/pictureHead/tiffDirectory';
import { DecodingError } from '../formats/DecodingError';

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

/**
 * Reads the first directory of a TIFF: what there is to know of its first page. Later directories are not looked at, so
 * they may be damaged.
 * @throws DecodingError for a directory that is not in the file
 */
export function readFirstDirectory(file: Buffer): TiffDirectory {
  const directory = readTiffDirectory(inMemory(file), Object.values(tiffTag));
  if (directory === undefined) throw new DecodingError('cut', 'The header is cut short.');
  if (!(directory.start + 2 <= file.length)) {
    throw new DecodingError('cut', 'The directory lies beyond the end of the file.');
  }
  return directory;
}

/** Whether all entries of a directory are in the file. */
export function isWhole(file: Buffer, { little, isBig, start }: TiffDirectory): boolean {
  const count = file.subarray(start, start + (isBig ? 8 : 2));
  const entries = little ? count.readUIntLE(0, 2) : count.readUIntBE(count.length - 2, 2);
  return start + count.length + entries * (isBig ? 20 : 12) <= file.length;
}

/**
 * Writes the directory anew in its old place, with a part of its tags and no directory behind it: what is left out can
 * then stop no other decoder.
 * @param file is changed
 * @param kept in rising order
 */
export function keepTags(file: Buffer, directory: TiffDirectory, kept: readonly number[]): void {
  const { little, isBig, start } = directory;
  const entrySize = isBig ? 20 : 12;
  const copies = kept
    .map((tag) => directory.entryAt(tag))
    .filter((at) => at !== undefined)
    .map((at) => Buffer.from(file.subarray(at, at + entrySize)));
  const count = Buffer.alloc(isBig ? 8 : 2);
  count.writeUIntLE(copies.length, 0, 2);
  if (!little) count.reverse();
  const end = Buffer.alloc(isBig ? 8 : 4);
  Buffer.concat([count, ...copies, end]).copy(file, start);
}
