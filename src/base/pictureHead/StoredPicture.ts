/** The size of a picture as its pixels are stored, and how it is turned when it is shown. */
export interface StoredPicture {
  /** in pixels */
  width: number;
  /** in pixels */
  height: number;
  /** EXIF's number, 1..8; 5 and more: by a quarter */
  orientation: number;
  /** whether it is turned by the format's own rules, which decoders apply, and not by metadata; false without */
  isOwnTurn?: boolean;
}
