/** Of a shrunk picture so much must be left, in sides of the result: the resizer then still averages several pixels. */
const smallestOversampling = 1.5;

/** The factors worth their loss, largest first: libjpeg's 2 is no faster than a whole JPEG, libwebp's is. */
const factors: Readonly<Record<string, readonly number[]>> = { JPEG: [8, 4], WebP: [8, 4, 2] };

/**
 * By how much a picture is shrunk while it is decoded in `fast` mode, which decoders of JPEG and WebP do at a fraction of
 * the cost. The resizer does the rest as always; other formats are prepared exactly.
 * @param format as messages name it, such as `JPEG`
 * @param side the longer side of the picture, in pixels
 * @param size side of the result, in pixels
 * @returns 1 for a picture that is decoded as a whole
 */
export function fastShrink(format: string, side: number, size: number): number {
  return factors[format]?.find((factor) => side / factor >= smallestOversampling * size) ?? 1;
}
