import { folderOf } from '../files/datasetPath';

/**
 * The range of the images in the folder of the image at `index`, found by binary search: in the order of names, the
 * images of a folder are contiguous.
 * @param images in the order of their names, ascending or descending
 * @param index from 0 to `images.length - 1`
 * @returns the position of the folder's first image and the one after its last
 */
export function folderRun(images: readonly { path: string }[], index: number): { start: number; end: number } {
  const folder = folderOf(images[index]?.path ?? '');
  const inside = (at: number): boolean => {
    const image = images[at];
    return image !== undefined && folderOf(image.path) === folder;
  };
  return { start: lastInside(index, -1, inside), end: lastInside(index, 1, inside) + 1 };
}

/**
 * The last position, going from `from` in a direction, up to which `inside` holds throughout: an exponential search,
 * then a binary search.
 */
function lastInside(from: number, direction: 1 | -1, inside: (at: number) => boolean): number {
  let step = 1;
  while (inside(from + direction * step)) step *= 2;
  let known = Math.floor(step / 2);
  for (let outside = step; outside - known > 1;) {
    const middle = Math.floor((known + outside) / 2);
    if (inside(from + direction * middle)) known = middle;
    else outside = middle;
  }
  return from + direction * known;
}
