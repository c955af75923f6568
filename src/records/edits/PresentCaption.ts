/** A caption of the dataset as it is now. */
export interface PresentCaption {
  /** relative to the root of the records */
  caption: string;
  /** with LF line ends */
  text: string;
  /** the file of its picture, absolute */
  picture: string;
}

/** The same with the size of its picture's file, in bytes, as far as that was asked for and is known. */
export interface SizedCaption extends PresentCaption {
  size: number | undefined;
}
