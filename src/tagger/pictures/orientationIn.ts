import { headIn } from '../../base/pictureHead/headIn';

/** EXIF's number of how metadata turn a picture, as the search has it; not what AVIF's own boxes ask for. */
export function orientationIn(bytes: Buffer): number {
  const head = headIn(bytes);
  return head === undefined || head.isOwnTurn ? 1 : head.orientation;
}
