import { HeadReader } from './HeadReader';
import { readPictureHead, type PictureHead } from './pictureHead';

/** The head of a picture in memory, as the search has it. */
export function headIn(bytes: Buffer): PictureHead | undefined {
  const reader = new HeadReader(bytes.length, (position, length) => bytes.subarray(position, position + length));
  return readPictureHead(reader);
}
