import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isImageName } from '../../dataset/files/imageFiles';

/** Maximum number of pictures whose size is asked for at once: a disk may be far away. */
const picturesAtOnce = 32;

/** The names of the images in folders, by their stems, each folder listed once. */
export type ImagesOfFolders = Map<string, Promise<ReadonlyMap<string, string>>>;

/** The images in a folder, relative to the root, by their names without the extension. */
export function imagesIn(root: string, folder: string, folders: ImagesOfFolders): Promise<ReadonlyMap<string, string>> {
  const known = folders.get(folder);
  if (known !== undefined) return known;
  const listed = readdir(path.join(root, folder)).then(
    (names) => new Map(names.filter(isImageName).map((name) => [stemOf(name), name])),
    () => new Map<string, string>(),
  );
  folders.set(folder, listed);
  return listed;
}

/** The name of a file without its folder and extension. */
export function stemOf(file: string): string {
  return path.posix.parse(file).name;
}

/** The sizes of files in bytes; undefined for what is not there, or not known. */
export async function sizesOf(files: readonly (string | undefined)[]): Promise<(number | undefined)[]> {
  const sizes: (number | undefined)[] = [];
  for (let start = 0; start < files.length; start += picturesAtOnce) {
    sizes.push(...(await Promise.all(files.slice(start, start + picturesAtOnce).map(sizeOf))));
  }
  return sizes;
}

async function sizeOf(file: string | undefined): Promise<number | undefined> {
  return file === undefined ? undefined : (await stat(file).catch(() => undefined))?.size;
}
