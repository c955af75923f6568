/** Enough of a file for {@link sniffFormat}, in bytes; only an AVIF may need more. */
const signatureLength = 12;

/** The brands of a still AVIF and of a sequence (AV1 Image File Format, 6); either may stand in any place. */
const avifBrands = ['avif', 'avis'];

/** The formats of images that are supported. */
export type ImageFormat = 'JPEG' | 'PNG' | 'GIF' | 'WebP' | 'TIFF' | 'AVIF' | 'BMP';

/**
 * The name of the image format that a file begins like, whatever its extension says; undefined for anything that is
 * not one of the supported formats.
 * @param head the first {@link signatureLength} bytes or more; a longer list of brands than it holds is read in part
 */
export function sniffFormat(head: Buffer): ImageFormat | undefined {
  const ascii = head.toString('latin1', 0, signatureLength);
  if (ascii.startsWith('\xff\xd8\xff')) return 'JPEG';
  if (ascii.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG';
  if (ascii.startsWith('GIF87a') || ascii.startsWith('GIF89a')) return 'GIF';
  if (ascii.startsWith('RIFF') && ascii.startsWith('WEBP', 8)) return 'WebP';
  if (ascii.startsWith('II*\0') || ascii.startsWith('MM\0*')) return 'TIFF';
  if (ascii.startsWith('II+\0') || ascii.startsWith('MM\0+')) return 'TIFF';
  if (ascii.startsWith('ftyp', 4) && brandsIn(head).some((brand) => avifBrands.includes(brand))) return 'AVIF';
  if (ascii.startsWith('BM')) return 'BMP';
  return undefined;
}

/** The brands of a file of boxes: what it is first of all, and what else it can be read as (ISO/IEC 14496-12, 4.3). */
export function brandsIn(head: Buffer): string[] {
  const brand = (at: number): string => head.toString('latin1', at, at + 4);
  const end = Math.min(head.readUInt32BE(0), head.length);
  // Behind the first brand stands its version.
  const others = Array.from({ length: Math.max(0, Math.floor((end - 16) / 4)) }, (_, index) => brand(16 + index * 4));
  return [brand(8), ...others];
}
