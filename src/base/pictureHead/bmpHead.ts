import type { HeadReader } from './HeadReader';
import type { StoredPicture } from './StoredPicture';

/** The sizes of the headers that there are, in bytes: BITMAPCOREHEADER with sides of 16 bits, and the later ones. */
const [coreHeader, laterHeaders] = [12, [40, 52, 56, 64, 108, 124]];

/** The size of a BMP. A negative height means that the rows are stored from the top. */
export function bmpHead(file: HeadReader): StoredPicture | undefined {
  const header = file.bytes(14, 12);
  if (header === undefined) return undefined;
  const kind = header.readUInt32LE(0);
  if (kind === coreHeader) return { width: header.readUInt16LE(4), height: header.readUInt16LE(6), orientation: 1 };
  if (!laterHeaders.includes(kind)) return undefined;
  return { width: header.readInt32LE(4), height: Math.abs(header.readInt32LE(8)), orientation: 1 };
}
