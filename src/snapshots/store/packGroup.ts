import { promisify } from 'node:util';
import { createInflateRaw, deflateRaw, inflateRaw } from 'node:zlib';
import { keyLength, type CaptionKey } from './captionKey';

/**
 * A pack is a file of groups, one after the other. A group is a head, a table of what it has, and the contents
 * themselves, one after the other and compressed. All numbers are 32 bits, little endian.
 * - head: `DCS1`, the number of contents, the length of the compressed contents, their length before compression
 * - table: for each content its key and its length
 */
export const magic = 'DCS1';
export const headLength = 16;
const rowLength = keyLength + 4;
/** Far more than any group of this program has: a larger value means that the file is damaged. */
const longestGroup = 64 * 1024 * 1024;
/** zlib's second fastest level: the next ones save a tenth of the size, but take half as long again. */
const compression = { level: 2 };

const compress = promisify(deflateRaw);
const decompress = promisify(inflateRaw);

/** A content in a group. */
export interface GroupRow {
  key: CaptionKey;
  /** in bytes */
  length: number;
}

/** What the head of a group says. */
export interface GroupHead {
  count: number;
  compressed: number;
  raw: number;
  tableLength: number;
}

/** The bytes of a group. */
export async function groupBytes(rows: readonly GroupRow[], contents: readonly Uint8Array[]): Promise<Uint8Array> {
  const raw = Buffer.concat(contents);
  const compressed = await compress(raw, compression);
  const bytes = Buffer.alloc(headLength + rows.length * rowLength);
  bytes.write(magic, 'latin1');
  bytes.writeUInt32LE(rows.length, 4);
  bytes.writeUInt32LE(compressed.length, 8);
  bytes.writeUInt32LE(raw.length, 12);
  for (const [index, { key, length }] of rows.entries()) {
    bytes.write(key, headLength + index * rowLength, 'latin1');
    bytes.writeUInt32LE(length, headLength + index * rowLength + keyLength);
  }
  return Buffer.concat([bytes, compressed]);
}

/** The head of a group; undefined for anything else. */
export function groupHead(bytes: Buffer): GroupHead | undefined {
  if (bytes.length < headLength || bytes.toString('latin1', 0, 4) !== magic) return undefined;
  const [count, compressed, raw] = [bytes.readUInt32LE(4), bytes.readUInt32LE(8), bytes.readUInt32LE(12)];
  const tableLength = count * rowLength;
  if (compressed > longestGroup || raw > longestGroup || tableLength > longestGroup) return undefined;
  return { count, compressed, raw, tableLength };
}

/** The rows of the table of a group. */
export function groupRows(table: Buffer): GroupRow[] {
  const rows: GroupRow[] = [];
  for (let at = 0; at + rowLength <= table.length; at += rowLength) {
    rows.push({ key: table.toString('latin1', at, at + keyLength), length: table.readUInt32LE(at + keyLength) });
  }
  return rows;
}

/**
 * The contents of a group; of a damaged one, those before the first bytes that cannot be decompressed. Check the hash
 * of each content.
 */
export async function groupContents(compressed: Uint8Array, raw: number): Promise<Buffer> {
  try {
    return await decompress(compressed, { maxOutputLength: Math.max(1, raw) });
  } catch {
    return beginningOf(compressed, raw);
  }
}

function beginningOf(compressed: Uint8Array, raw: number): Promise<Buffer> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let length = 0;
    const stream = createInflateRaw();
    const end = (): void => {
      stream.destroy();
      resolve(Buffer.concat(pieces).subarray(0, raw));
    };
    stream.on('data', (piece: Buffer) => {
      pieces.push(piece);
      length += piece.length;
      if (length >= raw) end();
    });
    stream.on('error', end).on('end', end);
    stream.end(compressed);
  });
}
