/** Flags of the extended format: some frame has alpha, there are several frames (WebP container specification). */
const [alphaFlag, animationFlag] = [0x10, 0x02];
const [flagsAt, chunksAt] = [20, 12];

/**
 * Whether a WebP has transparency. Of the extended format the flag counts, as in Pillow: one without it has none, even
 * where its first frame leaves a part of the picture out, which then is black. Only a single lossless picture says by
 * itself that it has alpha.
 */
export function hasWebpAlpha(file: Buffer): boolean {
  if (!isExtended(file)) return true;
  const flags = file[flagsAt] ?? 0;
  return (flags & alphaFlag) !== 0 || ((flags & animationFlag) === 0 && isLosslessWithAlpha(file));
}

/**
 * Sets the flag where {@link hasWebpAlpha} says that there is alpha: other decoders look at nothing else.
 * @param file is changed
 */
export function tellWebpAlpha(file: Buffer): void {
  if (isExtended(file) && hasWebpAlpha(file)) file[flagsAt] = (file[flagsAt] ?? 0) | alphaFlag;
}

function isExtended(file: Buffer): boolean {
  return file.toString('latin1', chunksAt, chunksAt + 4) === 'VP8X';
}

/** Whether the first picture is a lossless one with alpha: bit 28 behind its mark (WebP lossless specification, 3). */
function isLosslessWithAlpha(file: Buffer): boolean {
  for (let at = chunksAt; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4);
    if (name === 'VP8L') return ((file[at + 12] ?? 0) & 0x10) !== 0;
    if (name === 'VP8 ') return false;
    const length = file.readUInt32LE(at + 4);
    at += 8 + length + (length % 2);
  }
  return false;
}
