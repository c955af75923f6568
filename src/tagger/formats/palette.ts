/** Whether each colour is the grey of its index. */
export function isGreyPalette(colours: ArrayLike<number>): boolean {
  return Array.from(colours).every((value, i) => value === Math.floor(i / 3));
}

/**
 * Red, green and blue of 256 indices. As in Pillow, an index that a file gives no colour is black; where all colours
 * that it gives are the grey of their index, the picture is a grey one, and so is that index.
 * @param colours red, green and blue of the first indices
 */
export function paletteOf(colours: ArrayLike<number>): Uint8Array {
  const given = Array.from(colours);
  if (isGreyPalette(given)) return Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
  const palette = new Uint8Array(768);
  palette.set(given);
  return palette;
}
