import { folderRun } from './folderRun';

/**
 * How many images each folder has, folder by folder, of images in the order of their names. It looks at a few images of
 * each folder only.
 * @returns undefined where there are more than `maxFolders`
 */
export function folderLengths(images: readonly { path: string }[], maxFolders: number): number[] | undefined {
  const lengths: number[] = [];
  for (let start = 0; start < images.length;) {
    if (lengths.length === maxFolders) return undefined;
    const { end } = folderRun(images, start);
    lengths.push(end - start);
    start = end;
  }
  return lengths;
}
