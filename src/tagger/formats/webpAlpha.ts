/** The flag of the extended format that says that some frame has alpha (WebP container specification). */
const alphaFlag = 0x10;

/**
 * Whether a WebP says that it has transparency. One that does not has none, even where its first frame leaves a part of
 * the picture out, which then is black.
 */
export function hasWebpAlpha(file: Buffer): boolean {
  if (file.toString('latin1', 12, 16) !== 'VP8X') return true;
  return ((file[20] ?? 0) & alphaFlag) !== 0;
}
