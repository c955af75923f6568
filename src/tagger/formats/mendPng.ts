import { crc32, deflateSync } from 'node:zlib';
import { DecodingError } from './DecodingError';
import { pngChunk, pngChunkFrame, pngSignatureLength } from './pngChunk';
import { isWrongChecksum, unpackZlib } from './unpackBytes';

/** A PNG of which a checksum is wrong, which is a fault of its own: nothing is missing. */
export class ChecksumError extends DecodingError {
  /** @param part what has the checksum: what comes before the pixels, or the pixels themselves */
  constructor(readonly part: 'head' | 'pixels') {
    super('damaged', `The checksum of the ${part} is wrong.`);
    this.name = 'ChecksumError';
  }
}

/** Samples for each pixel, by the colour type (PNG third edition, 11.2.1). */
const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const depths: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** First column and row, and distances, of the passes of Adam7 (PNG third edition, 8.1). */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

interface Header {
  width: number;
  height: number;
  depth: number;
  colourType: number;
  /** its method: 0 for none, 1 for Adam7, which Pillow takes any other number for */
  interlacing: number;
}

/** What stands in a PNG before its pixels, and all of the compressed pixels. */
interface PngParts {
  header: Header;
  before: { name: string; data: Buffer }[];
  packed: Buffer;
  /** whether more of the pixels stands behind other chunks, where it does not count */
  isApart: boolean;
}

/**
 * Makes a PNG of one that libpng refuses although Pillow reads it: with wrong checksums of the chunks with pixels, the
 * end of the compressed data missing, rows left out at the end, unknown chunks.
 * @param checkSize called with width and height before anything is unpacked
 * @returns a PNG without faults and with the same pixels
 * @throws DecodingError, ChecksumError for one that Pillow refuses as well
 */
export function mendPng(file: Buffer, checkSize: (width: number, height: number) => void): Buffer {
  const parts = readParts(file);
  const { header, before } = parts;
  checkSize(header.width, header.height);
  const rows = checkRows(unpackRows(parts), header);
  const others = before.filter(({ name }) => name !== 'IHDR' && name !== 'PLTE');
  return Buffer.concat([
    file.subarray(0, pngSignatureLength),
    pngChunk('IHDR', headerBytes(header)),
    ...palette(before, header),
    ...others.map(({ name, data }) => pngChunk(name, data)),
    pngChunk('IDAT', deflateSync(rows, { level: 0 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Chunks before the pixels that are kept: those that change colours or how the picture is turned. */
const keptChunks = ['IHDR', 'PLTE', 'tRNS', 'iCCP', 'sRGB', 'gAMA', 'cHRM', 'eXIf', 'tEXt', 'zTXt', 'iTXt'];

function readParts(file: Buffer): PngParts {
  const before: { name: string; data: Buffer }[] = [];
  let header: Header | undefined;
  let at = pngSignatureLength;
  for (;;) {
    if (at + 8 > file.length) throw new DecodingError('cut', 'The pixels are missing.');
    const { name, length } = chunkHead(file, at);
    if (name === 'IDAT') break;
    if (name === 'IEND') throw new DecodingError('damaged', 'There are no pixels.');
    const data = file.subarray(at + 8, at + 8 + length);
    const end = at + pngChunkFrame + length;
    if (end > file.length) throw new DecodingError('cut', 'The file ends before the pixels.');
    const isSound = crc32(file.subarray(at + 4, end - 4)) === file.readUInt32BE(end - 4);
    // What only describes the picture, by its small first letter, does not stop it.
    if (!isSound && /^[A-Z]/.test(name)) throw new ChecksumError('head');
    if (name === 'IHDR') header = readHeader(data);
    if (isSound && keptChunks.includes(name)) before.push({ name, data });
    at = end;
  }
  if (header === undefined) throw new DecodingError('damaged', 'The header is missing.');
  const packed: Buffer[] = [];
  for (; at + 8 <= file.length; at += pngChunkFrame) {
    if (file.toString('latin1', at + 4, at + 8) !== 'IDAT') break;
    const length = file.readUInt32BE(at);
    packed.push(file.subarray(at + 8, at + 8 + length));
    at += length;
  }
  return { header, before, packed: Buffer.concat(packed), isApart: hasPixels(file, at) };
}

/** Whether chunks with pixels stand behind a place. */
function hasPixels(file: Buffer, from: number): boolean {
  for (let at = from; at + 8 <= file.length; at += pngChunkFrame + file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT') return true;
  }
  return false;
}

function chunkHead(file: Buffer, at: number): { name: string; length: number } {
  const name = file.toString('latin1', at + 4, at + 8);
  if (!/^\w{4}$/.test(name)) throw new DecodingError('damaged', 'A part has no name.');
  return { name, length: file.readUInt32BE(at) };
}

function readHeader(data: Buffer): Header {
  if (data.length < 13) throw new DecodingError('damaged', 'The header is too short.');
  const [depth, colourType] = [data.readUInt8(8), data.readUInt8(9)];
  if (depths[colourType]?.includes(depth) !== true) {
    throw new DecodingError('unsupported', `colour type ${colourType} with ${depth} bits`);
  }
  if (data.readUInt8(11) !== 0) throw new DecodingError('unsupported', `filter method ${data.readUInt8(11)}`);
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  if (width === 0 || height === 0) throw new DecodingError('damaged', 'The size is not positive.');
  return { width, height, depth, colourType, interlacing: data.readUInt8(12) };
}

function headerBytes({ width, height, depth, colourType, interlacing }: Header): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colourType, 0, 0, interlacing === 0 ? 0 : 1], 8);
  return data;
}

/** The palette; black where a picture needs one and has none. */
function palette(before: PngParts['before'], { colourType, depth }: Header): Buffer[] {
  const found = before.findLast(({ name, data }) => name === 'PLTE' && data.length > 0);
  if (found !== undefined) return colourType === 0 || colourType === 4 ? [] : [pngChunk('PLTE', found.data)];
  if (colourType !== 3) return [];
  return [pngChunk('PLTE', Buffer.alloc(3 * 2 ** depth))];
}

/** How many rows of which length there are, in bytes with the byte of the filter, in the order of the data. */
function rowLengths({ width, height, depth, colourType, interlacing }: Header): { count: number; length: number }[] {
  const bits = depth * (samplesOf[colourType] ?? 1);
  const row = (columns: number): number => 1 + Math.ceil((columns * bits) / 8);
  if (interlacing === 0) return [{ count: height, length: row(width) }];
  return passes
    .map(([left, top, right, down]) => ({
      columns: Math.ceil((width - left) / right),
      rows: Math.ceil((height - top) / down),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0)
    .map(({ columns, rows }) => ({ count: rows, length: row(columns) }));
}

/**
 * Unpacks the rows as far as they are needed.
 * @returns all rows; those that a stream which ends properly leaves out are 0, as in Pillow
 */
function unpackRows({ packed, header, isApart }: PngParts): Buffer {
  const lengths = rowLengths(header);
  const needed = lengths.reduce((sum, { count, length }) => sum + count * length, 0);
  const { bytes, isWhole } = unpackPixels(packed, needed);
  if (bytes.length < needed && !(isWhole && endsWithRow(bytes.length, lengths))) {
    if (header.interlacing > 1) throw new DecodingError('unsupported', `interlace method ${header.interlacing}`);
    if (isApart) throw new DecodingError('damaged', 'Other chunks stand between the pixels.');
    throw new DecodingError('cut', 'The compressed pixels end early.');
  }
  const rows = Buffer.alloc(needed);
  rows.set(bytes.subarray(0, needed));
  return rows;
}

function unpackPixels(packed: Buffer, needed: number): ReturnType<typeof unpackZlib> {
  try {
    return unpackZlib(packed, needed);
  } catch (error) {
    throw error instanceof DecodingError && isWrongChecksum(error) ? new ChecksumError('pixels') : error;
  }
}

function endsWithRow(total: number, lengths: readonly { count: number; length: number }[]): boolean {
  let rest = total;
  for (const { count, length } of lengths) {
    if (rest < count * length) return rest > 0 && rest % length === 0;
    rest -= count * length;
  }
  return rest === 0;
}

/** Rows say how they are filtered; a number that says nothing is damage that a checksum would have shown. */
function checkRows(rows: Buffer, header: Header): Buffer {
  let at = 0;
  for (const { count, length } of rowLengths(header)) {
    for (let row = 0; row < count; row++, at += length) {
      if ((rows[at] ?? 0) > 4) throw new DecodingError('damaged', 'A row has an unknown filter.');
    }
  }
  return rows;
}
