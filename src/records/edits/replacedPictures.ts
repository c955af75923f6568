import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { decodeCaption } from '../../dataset/captions/captionContent';
import { folderOf } from '../../dataset/files/datasetPath';
import { isImageName } from '../../dataset/files/imageFiles';
import { textOfRaw } from '../../tags/captionText';
import { textHash } from '../recordEntry';
import type { RecordHistory } from '../RecordHistory';
import type { PresentCaption } from './PresentCaption';

/** Maximum number of concurrent requests for sizes of pictures: a network disk is slow to answer each. */
const picturesAtOnce = 32;

/**
 * Finds captions whose names stood for another image when they were recorded, as after a renumbering, or where a record
 * was copied to other images: neither their texts nor the sizes of their pictures' files are the recorded ones.
 * @returns the sizes of their pictures' files in bytes, by the paths of the captions
 */
export async function replacedPictures(
  history: RecordHistory,
  captions: readonly PresentCaption[],
): Promise<ReadonlyMap<string, number>> {
  const changed = captions.flatMap(({ caption, text, picture }) => {
    if (history.explains(caption, text)) return [];
    const recorded = history.pictureSizeOf(caption);
    return recorded === undefined ? [] : [{ caption, picture, recorded }];
  });
  const sizes = await sizesOf(changed.map(({ picture }) => picture));
  return new Map(
    changed.flatMap(({ caption, recorded }, index): [string, number][] => {
      const size = sizes[index];
      return size === undefined || size === recorded ? [] : [[caption, size]];
    }),
  );
}

/** The names of the images in folders, by their stems, each folder listed once. */
export type ImagesOfFolders = Map<string, Promise<ReadonlyMap<string, string>>>;

/**
 * The same for a single caption, with what is on the disk.
 * @param root of the records, absolute
 * @param states what it may have held last, by hashes
 * @param recorded bytes of its picture's file, as they were recorded last
 */
export async function isReplacedOnDisk(
  root: string,
  caption: string,
  states: readonly string[],
  recorded: number | undefined,
  folders: ImagesOfFolders,
): Promise<boolean> {
  if (recorded === undefined) return false;
  const name = (await imagesIn(root, folderOf(caption), folders)).get(stemOf(caption));
  if (name === undefined) return false;
  const [size] = await sizesOf([path.join(root, folderOf(caption), name)]);
  if (size === undefined || size === recorded) return false;
  const bytes = await readFile(path.join(root, caption)).catch(() => Buffer.alloc(0));
  return !states.includes(textHash(textOfRaw(decodeCaption(bytes).raw)));
}

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

/** The sizes of files in bytes; undefined for what is not there. */
export async function sizesOf(files: readonly string[]): Promise<(number | undefined)[]> {
  const sizes: (number | undefined)[] = [];
  for (let start = 0; start < files.length; start += picturesAtOnce) {
    const some = files.slice(start, start + picturesAtOnce);
    sizes.push(...(await Promise.all(some.map(async (file) => (await stat(file).catch(() => undefined))?.size))));
  }
  return sizes;
}
