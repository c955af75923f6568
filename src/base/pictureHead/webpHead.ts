import { partOf } from './ByteSource';
import type { HeadReader } from './HeadReader';
import { exifOrientation, mostXmp, orientationOf } from './orientation';
import type { StoredPicture } from './StoredPicture';

/** Flags that say which chunks a file has (WebP container specification, "Extended file format"). */
const [hasExif, hasXmp] = [0x08, 0x04];

/** The size of a WebP, and how it is turned. EXIF and XMP lie behind the pixels, and count where a flag says so. */
export function webpHead(file: HeadReader): StoredPicture | undefined {
  const head = file.bytes(0, Math.min(30, file.size));
  if (head === undefined || head.length < 25) return undefined;
  const kind = head.toString('latin1', 12, 16);
  if (kind === 'VP8L') {
    const bits = head.readUInt32LE(21);
    if (head.readUInt8(20) !== 0x2f) return undefined;
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, orientation: 1 };
  }
  if (head.length < 30) return undefined;
  // A start code is followed by the size (RFC 6386, 9.1), whose upper 2 bits are a scale.
  if (kind === 'VP8 ' && head.readUIntBE(23, 3) === 0x9d012a) {
    return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff, orientation: 1 };
  }
  if (kind !== 'VP8X') return undefined;
  const orientation = extendedOrientation(file, head.readUInt8(20), head.readUInt32LE(4) + 8);
  return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1, orientation };
}

/** @param end of the chunks, in bytes from the start of the file */
function extendedOrientation(file: HeadReader, flags: number, end: number): number {
  const wanted = new Set<string>();
  if ((flags & hasExif) !== 0) wanted.add('EXIF');
  if ((flags & hasXmp) !== 0) wanted.add('XMP ');
  let exif: number | undefined;
  let xmp: (() => Buffer | undefined) | undefined;
  let at = 12;
  while (wanted.size > 0 && at + 8 <= end) {
    const head = file.bytes(at, 8);
    if (head === undefined) break;
    const [type, start, length] = [head.toString('latin1', 0, 4), at + 8, head.readUInt32LE(4)];
    // Of several the first counts.
    if (wanted.delete(type)) {
      if (type === 'EXIF') exif = exifOrientation(partOf(file, start, length));
      else xmp = () => file.bytes(start, Math.min(length, mostXmp));
      if (exif !== undefined) break;
    }
    at = start + length + (length % 2);
  }
  return orientationOf(exif, xmp);
}
