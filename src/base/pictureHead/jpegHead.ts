import { inMemory, partOf, type ByteSource } from './ByteSource';
import type { HeadReader } from './HeadReader';
import { exifOrientation, exifPrefix, mostXmp, orientationOf } from './orientation';
import type { StoredPicture } from './StoredPicture';

const xmpPrefix = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');

const [startOfScan, application1] = [0xda, 0xe1];
/** The markers of a frame with its size: SOF0 to SOF15 without DHT, JPG and DAC (ITU-T T.81, table B.1), and DHP. */
const framesWithSize = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf, 0xde]);

interface Part {
  start: number;
  length: number;
}

/**
 * The size of a JPEG, and how it is turned. The segments are read up to the pixels, as Pillow does: several with EXIF
 * are one that was divided.
 */
export function jpegHead(file: HeadReader): StoredPicture | undefined {
  let size: { width: number; height: number } | undefined;
  const exif: Part[] = [];
  let xmp: Part | undefined;
  for (const { marker, start, length } of segments(file)) {
    if (framesWithSize.has(marker)) {
      const frame = file.bytes(start, 5);
      if (frame === undefined) break;
      size = { width: frame.readUInt16BE(3), height: frame.readUInt16BE(1) };
    } else if (marker === application1) {
      const begin = file.bytes(start, Math.min(length, xmpPrefix.length));
      if (begin === undefined) break;
      if (begin.subarray(0, exifPrefix.length).equals(exifPrefix)) {
        // The first keeps what marks it as EXIF: only so much of that is passed over later.
        const skipped = exif.length === 0 ? 0 : exifPrefix.length;
        exif.push({ start: start + skipped, length: length - skipped });
      } else if (begin.equals(xmpPrefix)) {
        xmp = { start: start + xmpPrefix.length, length: length - xmpPrefix.length };
      }
    }
  }
  if (size === undefined) return undefined;
  const packet = xmp;
  const orientation = orientationOf(
    exifOrientation(joined(file, exif)),
    () => packet && file.bytes(packet.start, Math.min(packet.length, mostXmp)),
  );
  return { ...size, orientation };
}

/** The segments before the pixels. Bytes that belong to none are passed over. */
function* segments(file: HeadReader): Generator<Part & { marker: number }> {
  let at: number | undefined = 2;
  for (;;) {
    at = file.find(0xff, at);
    if (at === undefined) return;
    let marker = file.byte(++at);
    while (marker === 0xff) marker = file.byte(++at);
    at++;
    if (marker === undefined || marker === startOfScan) return;
    // A byte FF of pixels, and markers without a segment: restarts, begin and end, extensions.
    if (marker === 0 || (marker >= 0xd0 && marker <= 0xd9) || marker === 0xc8 || (marker >= 0xf0 && marker <= 0xfd)) {
      continue;
    }
    if (marker < 0xc0) return;
    const length = file.bytes(at, 2)?.readUInt16BE();
    if (length === undefined) return;
    yield { marker, start: at + 2, length: Math.max(0, length - 2) };
    at += Math.max(2, length);
  }
}

function joined(file: HeadReader, [first, ...others]: Part[]): ByteSource | undefined {
  if (first === undefined || others.length === 0) return first && partOf(file, first.start, first.length);
  const buffers: Buffer[] = [];
  for (const { start, length } of [first, ...others]) {
    const bytes = file.bytes(start, length);
    if (bytes === undefined) break;
    buffers.push(bytes);
  }
  return inMemory(Buffer.concat(buffers));
}
