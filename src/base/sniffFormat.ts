/** Enough of a file for {@link sniffFormat}, in bytes. */
const signatureLength = 12;

/** The formats of images that are supported. */
export type ImageFormat = 'JPEG' | 'PNG' | 'GIF' | 'WebP' | 'TIFF' | 'AVIF' | 'BMP';

/**
 * The name of the image format that a file begins like, whatever its extension says; undefined for anything that is
 * not one of the supported formats.
 * @param head the first {@link signatureLength} bytes or more
 */
export function sniffFormat(head: Buffer): ImageFormat | undefined {
  const ascii = head.toString('latin1', 0, signatureLength);
  if (ascii.startsWith('\xff\xd8\xff')) return 'JPEG';
  if (ascii.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG';
  if (ascii.startsWith('GIF8')) return 'GIF';
  if (ascii.startsWith('RIFF') && ascii.startsWith('WEBP', 8)) return 'WebP';
  if (ascii.startsWith('II*\0') || ascii.startsWith('MM\0*')) return 'TIFF';
  if (ascii.startsWith('II+\0') || ascii.startsWith('MM\0+')) return 'TIFF';
  if (ascii.startsWith('ftypavif', 4) || ascii.startsWith('ftypavis', 4)) return 'AVIF';
  if (ascii.startsWith('BM')) return 'BMP';
  return undefined;
}
