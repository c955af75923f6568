import { partOf, type ByteSource } from './ByteSource';
import { readTiffDirectory } from './tiffDirectory';

/** The entry of EXIF and of TIFF that says how the picture is turned. */
export const orientationTag = 274;
/** An XMP packet is searched no further, in bytes: programs write megabytes of history into it. */
export const mostXmp = 1024 * 1024;
/** What stands before EXIF in a JPEG, and sometimes elsewhere. */
export const exifPrefix = Buffer.from('Exif\0\0', 'latin1');

/**
 * How a picture is turned when it is shown: one of EXIF's eight numbers; 5 and more: by a quarter. The rules are those
 * of Pillow (`Image.getexif`, `ImageOps.exif_transpose`): XMP counts only without a number in EXIF, and any other
 * number means 1.
 * @param exif the number in EXIF, or in the directory of a TIFF; undefined if there is none
 * @param xmp gives the XMP packet, if there is one; it is seldom needed
 */
export function orientationOf(exif: number | undefined, xmp?: () => Buffer | undefined): number {
  const value = exif ?? xmpOrientation(xmp?.()) ?? 1;
  return Number.isInteger(value) && value >= 1 && value <= 8 ? value : 1;
}

/** The number in EXIF, whatever it is; undefined if there is none, 1 for EXIF that is damaged. */
export function exifOrientation(exif: ByteSource | undefined): number | undefined {
  let tiff = exif;
  for (let prefix = 0; prefix < 2 && tiff?.bytes(0, exifPrefix.length)?.equals(exifPrefix) === true; prefix++) {
    tiff = partOf(tiff, exifPrefix.length, tiff.size);
  }
  if (tiff === undefined || tiff.size === 0) return undefined;
  const directory = readTiffDirectory(tiff, [orientationTag]);
  return directory === undefined ? 1 : directory.number(orientationTag);
}

/** XMP's `tiff:Orientation`, an attribute or an element; undefined if there is none. */
function xmpOrientation(xmp: Buffer | undefined): number | undefined {
  const digit = xmp && /tiff:Orientation(?:="|>)([0-9])/.exec(xmp.toString('latin1'))?.[1];
  return digit === undefined ? undefined : Number(digit);
}
