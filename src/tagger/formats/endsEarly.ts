import type { ImageFormat } from '../../base/sniffFormat';

/**
 * Whether a file that a decoder refuses ends before its format says that it ends: the rest was not copied or
 * downloaded. Formats that our own decoders read say so themselves.
 */
export function endsEarly(file: Buffer, format: ImageFormat): boolean {
  switch (format) {
    case 'JPEG':
      return !hasJpegEnd(file);
    case 'PNG':
      return !hasPngEnd(file);
    case 'WebP':
      // The size counts from behind itself.
      return file.length < 12 || file.readUInt32LE(4) + 8 > file.length;
    case 'AVIF':
      return hasCutBox(file);
    case 'GIF':
    case 'TIFF':
    case 'BMP':
      return false;
  }
}

const jpegMarker = { restart0: 0xd0, restart7: 0xd7, end: 0xd9, scan: 0xda, temporary: 0x01 } as const;

/** Whether the end marker comes behind the scans (ITU-T T.81, annex B); pictures in metadata have one of their own. */
function hasJpegEnd(file: Buffer): boolean {
  let at = 2;
  while (at + 1 < file.length) {
    const found = file.indexOf(0xff, at);
    if (found === -1) return false;
    const marker = file[found + 1] ?? 0;
    at = found + (marker === 0xff ? 1 : 2);
    if (marker === jpegMarker.end) return true;
    const hasNoLength =
      marker === 0 ||
      marker === 0xff ||
      marker === jpegMarker.temporary ||
      (marker >= jpegMarker.restart0 && marker <= jpegMarker.restart7);
    if (hasNoLength) continue;
    if (at + 2 > file.length) return false;
    at += file.readUInt16BE(at);
  }
  return false;
}

function hasPngEnd(file: Buffer): boolean {
  let at = 8;
  while (at + 12 <= file.length) {
    const end = at + 12 + file.readUInt32BE(at);
    if (file.toString('latin1', at + 4, at + 8) === 'IEND') return end <= file.length;
    at = end;
  }
  return false;
}

/** Whether a box of the outermost level goes on behind the end of the file (ISO/IEC 14496-12, 4.2). */
function hasCutBox(file: Buffer): boolean {
  let at = 0;
  while (at + 8 <= file.length) {
    const size = file.readUInt32BE(at);
    if (size === 0) return false;
    if (size === 1 && at + 16 > file.length) return true;
    const length = size === 1 ? Number(file.readBigUInt64BE(at + 8)) : size;
    if (length < 8) return false;
    at += length;
  }
  return at !== file.length;
}
