import { HeadReader } from '../../base/pictureHead/HeadReader';
import { readPictureHead, type PictureHead } from '../../base/pictureHead/pictureHead';

/** EXIF's number of how metadata turn a picture, as the search has it; not what AVIF's own boxes ask for. */
export function orientationIn(bytes: Buffer): number {
  const head = headIn(bytes);
  return head === undefined || head.isOwnTurn ? 1 : head.orientation;
}

/** The head of a picture in memory, as the search has it. */
export function headIn(bytes: Buffer): PictureHead | undefined {
  const reader = new HeadReader(bytes.length, (position, length) => bytes.subarray(position, position + length));
  return readPictureHead(reader);
}
