import type { DecodedImage } from './DecodedImage';

/**
 * Where a turned picture's pixel comes from: the place in the old picture of the new upper left pixel, and how far it
 * moves for one pixel to the right and one down, in pixels.
 */
function path(orientation: number, width: number, height: number): { start: number; right: number; down: number } {
  const last = width * height - 1;
  const lastRow = last - width + 1;
  switch (orientation) {
    case 2:
      return { start: width - 1, right: -1, down: width };
    case 3:
      return { start: last, right: -1, down: -width };
    case 4:
      return { start: lastRow, right: 1, down: -width };
    case 5:
      return { start: 0, right: width, down: 1 };
    case 6:
      return { start: lastRow, right: -width, down: 1 };
    case 7:
      return { start: last, right: -width, down: -1 };
    case 8:
      return { start: width - 1, right: width, down: -1 };
    default:
      return { start: 0, right: 1, down: width };
  }
}

/**
 * A picture as it is shown: what Pillow's `exif_transpose` makes of it.
 * @param orientation EXIF's number, 1..8
 */
export function turnPixels(image: DecodedImage, orientation: number): DecodedImage {
  if (orientation === 1) return image;
  const { pixels, width, height, channels } = image;
  const { start, right, down } = path(orientation, width, height);
  const [newWidth, newHeight] = orientation >= 5 ? [height, width] : [width, height];
  const turned = new Uint8Array(pixels.length);
  let to = 0;
  for (let y = 0; y < newHeight; y++) {
    let from = (start + y * down) * channels;
    for (let x = 0; x < newWidth; x++, from += right * channels) {
      turned[to++] = pixels[from] ?? 0;
      turned[to++] = pixels[from + 1] ?? 0;
      turned[to++] = pixels[from + 2] ?? 0;
      if (channels === 4) turned[to++] = pixels[from + 3] ?? 0;
    }
  }
  return { pixels: turned, width: newWidth, height: newHeight, channels };
}
