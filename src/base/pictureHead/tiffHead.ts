import type { HeadReader } from './HeadReader';
import { mostXmp, orientationOf, orientationTag } from './orientation';
import type { StoredPicture } from './StoredPicture';
import { readTiffDirectory } from './tiffDirectory';

const [widthTag, heightTag, xmpTag] = [256, 257, 700];

/** The size of the first page of a TIFF, and how it is turned. */
export function tiffHead(file: HeadReader): StoredPicture | undefined {
  const directory = readTiffDirectory(file, [widthTag, heightTag, orientationTag, xmpTag]);
  const [width, height] = [directory?.whole(widthTag), directory?.whole(heightTag)];
  if (directory === undefined || !(width !== undefined && width > 0 && height !== undefined && height > 0)) {
    return undefined;
  }
  const orientation = orientationOf(directory.number(orientationTag), () => directory.bytes(xmpTag, mostXmp));
  return { width, height, orientation };
}
