import { HeadReader } from '../../base/pictureHead/HeadReader';
import { readPictureHead } from '../../base/pictureHead/pictureHead';

/** EXIF's number of how metadata turn a picture, as the search has it; not what AVIF's own boxes ask for. */
export function orientationIn(bytes: Buffer): number {
  const reader = new HeadReader(bytes.length, (position, length) => bytes.subarray(position, position + length));
  const head = readPictureHead(reader);
  return head === undefined || head.isOwnTurn ? 1 : head.orientation;
}
