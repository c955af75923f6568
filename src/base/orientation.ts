/**
 * How a picture has to be turned to be upright: the values of EXIF's tag 0x0112 (CIPA DC-008, 4.6.4). 1 as it is, 2
 * flipped left to right, 3 half a turn, 4 flipped top to bottom, 5 flipped along the diagonal from the upper left, 6 a
 * quarter clockwise, 7 flipped along the other diagonal, 8 a quarter counterclockwise.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Whether width and height are exchanged. */
export function swapsSides(orientation: Orientation): boolean {
  return orientation >= 5;
}

/**
 * The orientation as Pillow's `ImageOps.exif_transpose` takes it: from EXIF, and from XMP only where EXIF does not name
 * any. A number that is none of the eight counts as 1.
 * @param exif with or without `Exif\0\0` before it
 */
export function orientationOf(exif: Uint8Array | undefined, xmp: Uint8Array | undefined): Orientation {
  const value = (exif && exifOrientation(exif)) ?? (xmp && xmpOrientation(xmp));
  return isOrientation(value) ? value : 1;
}

/** The number of an attribute or element of XMP; undefined where there is none. */
export function xmpOrientation(xmp: Uint8Array): number | undefined {
  const digit = /tiff:Orientation(?:="|>)([0-9])/.exec(Buffer.from(xmp).toString('latin1'))?.[1];
  return digit === undefined ? undefined : Number(digit);
}

/** What stands in the first directory of EXIF, which is a TIFF; undefined where it has no orientation, or is damaged. */
export function exifOrientation(exif: Uint8Array): number | undefined {
  let data = Buffer.from(exif.buffer, exif.byteOffset, exif.byteLength);
  for (let i = 0; i < 2 && data.toString('latin1', 0, 6) === 'Exif\0\0'; i++) data = data.subarray(6);
  const order = data.toString('latin1', 0, 4);
  const little = order === 'II*\0';
  if ((!little && order !== 'MM\0*') || data.length < 8) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const directory = view.getUint32(4, little);
  if (directory + 2 > data.length) return undefined;
  const count = view.getUint16(directory, little);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > data.length) return undefined;
    if (view.getUint16(entry, little) === orientationTag) return entryNumber(view, entry, little);
  }
  return undefined;
}

const orientationTag = 0x0112;

/** Types of TIFF 6.0 that are no numbers to Pillow. */
const bytesAndTexts = [1, 2, 7];
/** How to read one number, by the types of TIFF 6.0. */
const readers: Readonly<Record<number, (view: DataView, at: number, little: boolean) => number>> = {
  3: (view, at, little) => view.getUint16(at, little),
  4: (view, at, little) => view.getUint32(at, little),
  5: (view, at, little) => view.getUint32(at, little) / view.getUint32(at + 4, little),
  6: (view, at) => view.getInt8(at),
  8: (view, at, little) => view.getInt16(at, little),
  9: (view, at, little) => view.getInt32(at, little),
  10: (view, at, little) => view.getInt32(at, little) / view.getInt32(at + 4, little),
  11: (view, at, little) => view.getFloat32(at, little),
  12: (view, at, little) => view.getFloat64(at, little),
  13: (view, at, little) => view.getUint32(at, little),
};
const typeSizes: Readonly<Record<number, number>> = { 3: 2, 4: 4, 5: 8, 6: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4 };

/** The first number of a directory's entry; NaN where it holds something else, undefined where nothing can be read. */
function entryNumber(view: DataView, entry: number, little: boolean): number | undefined {
  const type = view.getUint16(entry + 2, little);
  const count = view.getUint32(entry + 4, little);
  if (bytesAndTexts.includes(type)) return NaN;
  const [read, size] = [readers[type], typeSizes[type]];
  if (read === undefined || size === undefined) return undefined;
  if (count === 0) return NaN;
  const at = count * size > 4 ? view.getUint32(entry + 8, little) : entry + 8;
  return at + size > view.byteLength ? undefined : read(view, at, little);
}

function isOrientation(value: number | undefined): value is Orientation {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 8;
}
